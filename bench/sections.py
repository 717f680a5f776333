"""What a section gets to run with, and what it gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cluster import Cluster
from bench.measure import Row, Variant, interleave
from bench.peers import Peer


@dataclass(frozen=True)
class Run:
    """The options of this run."""

    cluster: Cluster
    seconds: float
    rounds: int
    warm_up: float
    workers: int
    connections: Sequence[int]
    growth: int
    stored: int
    say: Callable[[str], None]
    tigerbeetle: Path | None
    peer: Peer | None

    def interleave(self, variants: Sequence[Variant], *, warm_up: bool = True) -> list[Row]:
        return interleave(
            variants,
            self.rounds,
            self.seconds,
            warm_up=self.warm_up if warm_up else 0,
            say=self.say,
        )


@dataclass(frozen=True)
class Section:
    title: str
    rows: Sequence[Row]


Bench = Callable[[Run], Section]
