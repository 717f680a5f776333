"""Calls that have to wait go together: one call of post_batch instead of many of spend.

A call goes at once and alone while there are free lanes. Otherwise it waits. All that wait leave
in one call as soon as a lane is free, or 5 ms after the last call left. So groups grow with the
load. Nobody sees a difference but the speed: each gets the answer that it would get alone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextvars import Context, copy_context
from time import monotonic
from typing import Any

import asyncpg
import msgspec

from gateway import metrics
from gateway.database import Call, Database, Row
from gateway.problems import Problem, is_transient, too_late, too_many
from gateway.settings import Settings

_MOST = 200  # in a call
_PACE = 0.005  # seconds
_REFUSAL = ("ord", "code", "message", "detail", "hint")  # what a receipt doesn't have

Values = Mapping[str, Any]
Wallet = tuple[str, str]


class _Waiting:
    """What somebody asked for, and its future answer."""

    def __init__(self, call: Call, function: str, values: Values, moves: Wallet | None) -> None:
        self.call, self.function, self.values, self.moves = call, function, values, moves
        self.answer: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()
        self.since = monotonic()
        self.limit: asyncio.TimerHandle | None = None  # of its wait
        self.context = copy_context()  # log lines about it name its request

    def settle(self, answer: Row | Exception) -> None:
        if self.answer.done():  # the client has gone
            return
        if isinstance(answer, Exception):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result([answer])


class Groups:
    """The lanes of calls that may go together. A subclass says how they do."""

    name: str  # in the metrics

    def __init__(self, settings: Settings) -> None:
        self.slots = max(1, settings.database_pool // 2)  # lanes; the rest is for other calls
        self._queue, self._patience = settings.database_queue, settings.database_patience
        self.in_use = 0  # calls under way
        self._under_way = 0  # what is asked for in them
        self._left_at = 0.0
        self._busy: set[Wallet] = set()  # a call that is under way moves them
        self._waiting: list[_Waiting] = []
        self._alarm: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._waits = metrics.watch(self)

    async def _together(self, company: Sequence[_Waiting]) -> Sequence[Row | Exception]:
        """Makes one call for all, and gives the answers in the same order."""
        raise NotImplementedError

    def _moves(self, values: Values) -> Wallet | None:
        """The wallet that nothing else may move meanwhile."""
        return None

    def _has_place(self, values: Values) -> bool:
        """Whether a group has a place for it."""
        return True

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def call(self, function: str, alone: Call) -> Call:
        """Wraps a call: it may go together with others."""

        async def call(values: Values) -> list[Row]:
            if not self._has_place(values):
                return await alone(values)
            asked = _Waiting(alone, function, values, self._moves(values))
            if self._waiting or self._under_way >= self.slots or asked.moves in self._busy:
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
        asked.settle(too_late())

    def _next(self) -> None:
        """Sends those that may go."""
        while self._waiting and self.in_use < self.slots and self._is_time():
            company: list[_Waiting] = []
            staying: list[_Waiting] = []
            for asked in self._waiting:
                may_go = len(company) < _MOST and asked.moves not in self._busy
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
            if asked.moves is not None:
                self._busy.add(asked.moves)
            if asked.limit is not None:
                asked.limit.cancel()
                self._waits.observe(monotonic() - asked.since)
        context = company[0].context if len(company) == 1 else Context()
        task = asyncio.create_task(self._do(company), context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, company: list[_Waiting]) -> None:
        try:
            await self._go(company)
        finally:
            self.in_use -= 1
            self._under_way -= len(company)
            self._busy.difference_update(asked.moves for asked in company if asked.moves)
            self._next()

    async def _go(self, company: Sequence[_Waiting]) -> None:
        answers: Sequence[Row | Exception]
        try:
            if len(company) == 1:
                answers = await company[0].call(company[0].values)
            else:
                answers = await self._together(company)
        except Exception as error:
            half = len(company) // 2
            is_refused = isinstance(error, asyncpg.PostgresError) and not is_transient(error)
            if half and is_refused:  # one of them spoilt the call, which was rolled back
                await self._go(company[:half])
                await self._go(company[half:])
                return
            answers = [error] * len(company)
        for asked, answer in zip(company, answers, strict=True):
            asked.settle(answer)


class Movements(Groups):
    """Topups, bonuses and spends. Post_batch refuses each by itself.

    A wallet is in one call at a time. So a call that hangs holds up only its own wallets.
    """

    name = "groups"
    functions = frozenset({"topup", "bonus", "spend"})

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__(settings)
        self._post = database.function("post_batch", ("requests", "actors"))

    def _moves(self, values: Values) -> Wallet:
        return str(values["user_id"]), values["asset"]

    def _has_place(self, values: Values) -> bool:
        # What says when it expires is rare. The server refuses a whole call that holds a NUL.
        reference, metadata = values["reference"], values["metadata"]
        return not (
            values.get("expires_at")
            or (reference is not None and "\0" in reference)
            or (metadata is not None and b"\\u0000" in msgspec.json.encode(metadata))
        )

    async def _together(self, company: Sequence[_Waiting]) -> Sequence[Row | Exception]:
        requests = [_request(asked.function, asked.values) for asked in company]
        actors = [asked.values["actor"] for asked in company]
        rows = await self._post({"requests": requests, "actors": actors})
        return [_receipt_or_refusal(row) for row in rows]


class Reads(Groups):
    """Balances. One that can't be had spoils the call, so the others ask again without it."""

    name = "reads"
    functions = frozenset({"get_balance"})

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__(settings)
        types = {"user_id": "uuid", "asset": "text"}
        self._names = tuple(types)
        self._read = database.function("get_balance", self._names, is_read=True, each_of=types)

    async def _together(self, company: Sequence[_Waiting]) -> Sequence[Row]:
        names = self._names
        return await self._read({name: [asked.values[name] for asked in company] for name in names})


def _request(function: str, values: Values) -> tuple[Any, ...]:
    """wallet.request, its fields in order."""
    return (
        values["user_id"], function.upper(), values["asset"], values["amount"],
        values["idempotency_key"], values["reference"], values["metadata"],
    )  # fmt: skip


def _receipt_or_refusal(row: Row) -> Row | Problem:
    _, code, message, detail, hint = (row.pop(name) for name in _REFUSAL)
    return row if code is None else Problem(code, detail, hint, title=message)
