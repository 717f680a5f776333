"""What was asked, under which key, and every answer to it, none at all among them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

now = time.monotonic


@dataclass(frozen=True)
class Accepted:
    receipt: dict[str, Any]
    is_replay: bool


@dataclass(frozen=True)
class Refused:
    code: str


@dataclass(frozen=True)
class Unanswered:
    """Nobody knows what came of it: the connection was lost, or it was a 503."""

    cause: str


@dataclass(frozen=True)
class Wrong:
    """An answer that nobody may get: a deadlock, a broken constraint, a 500."""

    what: str


Answer = Accepted | Refused | Unanswered | Wrong


@dataclass
class Try:
    began: float
    answer: Answer
    ended: float


@dataclass(eq=False)
class Request:
    user: UUID
    function: str
    arguments: dict[str, Any]  # named as the function's, without p_
    key: str
    tries: list[Try] = field(default_factory=list)
    is_settled: bool = False  # it was refused when nothing of it was under way any more

    def answers(self, kind: type[Answer]) -> Iterator[Any]:
        return (each.answer for each in self.tries if isinstance(each.answer, kind))

    @property
    def accepted(self) -> Accepted | None:
        return next(self.answers(Accepted), None)

    @property
    def is_open(self) -> bool:
        """It may have been accepted: by a try that was not answered."""
        if self.accepted is not None or self.is_settled:
            return False
        return not self.tries or any(True for _ in self.answers(Unanswered))

    def __str__(self) -> str:
        return f"{self.function} {self.key} of {self.user} {self.arguments}"
