"""Movements that have to wait go together: one call of post_batch instead of many of spend.

A movement goes at once and alone while there are free lanes and nothing else moves its wallet.
Otherwise it waits. All that wait leave in one call as soon as a lane is free, or 5 ms after the
last call left. So groups grow with the load, and a call that hangs holds up only its own wallets.
Nobody sees a difference but the speed: post_batch gives each movement the answer that it would get
alone.
"""

import asyncio
from collections.abc import Mapping
from contextvars import Context, copy_context
from time import monotonic
from typing import Any

import asyncpg
import msgspec

from gateway import metrics
from gateway.database import Call, Database, Row
from gateway.problems import Problem, is_transient, too_late, too_many
from gateway.settings import Settings

GROUPED = frozenset({"topup", "bonus", "spend"})

_MOST = 200  # movements in a call
_PACE = 0.005  # seconds
_REFUSAL = ("ord", "code", "message", "detail", "hint")  # what a receipt doesn't have

Wallet = tuple[str, str]


class _Waiting:
    """A movement that somebody asked for, and its future answer."""

    def __init__(self, call: Call, kind: str, values: Mapping[str, Any]) -> None:
        self.call, self.kind, self.values = call, kind, values
        self.wallet: Wallet = str(values["user_id"]), values["asset"]
        self.answer: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()
        self.since = monotonic()
        self.limit: asyncio.TimerHandle | None = None  # of its wait
        self.context = copy_context()  # log lines about it name its request

    @property
    def request(self) -> tuple[Any, ...]:
        """wallet.request, its fields in order."""
        values = self.values
        return (
            values["user_id"], self.kind, values["asset"], values["amount"],
            values["idempotency_key"], values["reference"], values["metadata"],
        )  # fmt: skip

    def settle(self, row: Row) -> None:
        if self.answer.done():  # the client has gone
            return
        _, code, message, detail, hint = (row.pop(name) for name in _REFUSAL)
        if code is None:
            self.answer.set_result([row])
        else:
            self.answer.set_exception(Problem(code, detail, hint, title=message))

    def fail(self, error: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Groups:
    def __init__(self, settings: Settings, database: Database) -> None:
        self._batch = database.function("post_batch", ("requests", "actors"))
        self.slots = max(1, settings.database_pool // 2)  # lanes; the rest is for other calls
        self._queue, self._patience = settings.database_queue, settings.database_patience
        self.name, self.in_use = "groups", 0  # calls under way
        self._under_way = 0  # movements in them
        self._left_at = 0.0
        self._busy: set[Wallet] = set()  # a call that is under way moves them
        self._waiting: list[_Waiting] = []
        self._alarm: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._waits = metrics.watch(self)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def call(self, function: str, alone: Call) -> Call:
        """Wraps the call of a movement: it may go together with others."""
        kind = function.upper()

        async def call(values: Mapping[str, Any]) -> list[Row]:
            # What says when it expires is rare. A group has no place for it.
            if values.get("expires_at") or _may_spoil(values["reference"], values["metadata"]):
                return await alone(values)
            asked = _Waiting(alone, kind, values)
            if self._waiting or self._under_way >= self.slots or asked.wallet in self._busy:
                self._wait(asked)
            else:
                self._leave([asked])
            return await asked.answer

        return call

    def _wait(self, asked: _Waiting) -> None:
        if len(self._waiting) >= self._queue:
            metrics.sheds.labels(self.name, "full").inc()
            raise too_many()
        self._waiting.append(asked)
        asked.limit = asyncio.get_running_loop().call_later(self._patience, self._give_up, asked)
        self._next()

    def _give_up(self, asked: _Waiting) -> None:
        self._waiting.remove(asked)
        metrics.sheds.labels(self.name, "late").inc()
        asked.fail(too_late())

    def _next(self) -> None:
        """Sends those that may go."""
        while self._waiting and self.in_use < self.slots and self._is_time():
            company: list[_Waiting] = []
            staying: list[_Waiting] = []
            for asked in self._waiting:
                may_go = len(company) < _MOST and asked.wallet not in self._busy
                (company if may_go else staying).append(asked)
            self._waiting = staying
            if not company:
                return
            self._leave(company)

    def _is_time(self) -> bool:
        wait = self._left_at + _PACE - monotonic()
        if self._under_way < self.slots or wait <= 0:
            return True
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(wait, self._wake)
        return False

    def _wake(self) -> None:
        self._alarm = None
        self._next()

    def _leave(self, company: list[_Waiting]) -> None:
        self.in_use += 1
        self._under_way += len(company)
        self._left_at = monotonic()
        metrics.group_sizes.observe(len(company))
        for asked in company:
            self._busy.add(asked.wallet)
            if asked.limit is not None:
                asked.limit.cancel()
                self._waits.observe(monotonic() - asked.since)
        context = company[0].context if len(company) == 1 else Context()
        task = asyncio.create_task(self._do(company), context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, company: list[_Waiting]) -> None:
        try:
            if len(company) == 1:
                await _go_alone(company[0])
            else:
                await self._go_together(company)
        except Exception as error:  # all of them get it
            for asked in company:
                asked.fail(error)
        finally:
            self.in_use -= 1
            self._under_way -= len(company)
            self._busy.difference_update(asked.wallet for asked in company)
            self._next()

    async def _go_together(self, company: list[_Waiting]) -> None:
        requests = [asked.request for asked in company]
        actors = [asked.values["actor"] for asked in company]
        try:
            rows = await self._batch({"requests": requests, "actors": actors})
        except asyncpg.PostgresError as error:
            if is_transient(error):
                raise
            for asked in company:  # one of them spoilt the call, which was rolled back
                await _go_alone(asked)
        else:
            for asked, row in zip(company, rows, strict=True):
                asked.settle(row)


async def _go_alone(asked: _Waiting) -> None:
    try:
        rows = await asked.call(asked.values)
    except Exception as error:
        asked.fail(error)
    else:
        if not asked.answer.done():
            asked.answer.set_result(rows)


def _may_spoil(reference: str | None, metadata: Any) -> bool:
    """Whether it may hold the character NUL, for which the server refuses the whole call."""
    return (reference is not None and "\0" in reference) or (
        metadata is not None and b"\\u0000" in msgspec.json.encode(metadata)
    )
