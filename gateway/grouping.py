"""Movements that have to wait anyway go together: one call of post_batch, not many of spend.

A movement goes at once, and alone, if a lane is free and nobody is at its wallet. Otherwise it
waits, and whenever a call has ended all that may go by then go in one. So nobody waits for others
to come, and the busier a wallet or the server is, the larger the groups are. The answers are the
same: SQL promises that those of a batch are those of the same calls one by one.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from gateway import metrics
from gateway.database import Call, Database, Row
from gateway.problems import Problem
from gateway.settings import Settings

GROUPED = frozenset({"topup", "bonus", "spend"})

_MOST = 200  # movements in a call
_REFUSAL = ("ord", "code", "message", "detail", "hint")  # what a receipt doesn't have

Wallet = tuple[str, str]


class _Waiting:
    """A movement that is asked for, and its answer to be."""

    def __init__(self, call: Call, kind: str, values: Mapping[str, Any]) -> None:
        self.call, self.kind, self.values = call, kind, values
        self.wallet: Wallet = str(values["user_id"]), values["asset"]
        self.answer: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()

    @property
    def request(self) -> tuple[Any, ...]:
        """wallet.request, its fields in order."""
        values = self.values
        return (
            values["user_id"], self.kind, values["asset"], values["amount"],
            values["idempotency_key"], values["reference"], values["metadata"],
        )  # fmt: skip

    def settle(self, row: Row) -> None:
        if self.answer.done():  # its client has gone
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
        self._free = max(1, settings.database_pool // 2)  # lanes; the rest is for other calls
        self._queue, self._patience = settings.database_queue, settings.database_patience
        self._busy: set[Wallet] = set()  # somebody is at them
        self._waiting: list[_Waiting] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def call(self, function: str, alone: Call) -> Call:
        """The call of a movement, which may go in company."""
        kind = function.upper()

        async def call(values: Mapping[str, Any]) -> list[Row]:
            asked = _Waiting(alone, kind, values)
            if self._free and not self._waiting and asked.wallet not in self._busy:
                self._go([asked])
                return await asked.answer
            if len(self._waiting) >= self._queue:
                raise Problem("GW503", "Too many requests are waiting.")
            self._waiting.append(asked)
            self._next()
            try:
                async with asyncio.timeout(self._patience):
                    return await asked.answer
            except TimeoutError:
                raise Problem("GW503", "The request has waited too long.") from None

        return call

    def _next(self) -> None:
        """Lets go who may."""
        while self._free:
            company: list[_Waiting] = []
            staying: list[_Waiting] = []
            for asked in self._waiting:
                if asked.answer.done():
                    continue
                may_go = len(company) < _MOST and asked.wallet not in self._busy
                (company if may_go else staying).append(asked)
            self._waiting = staying
            if not company:
                return
            self._go(company)

    def _go(self, company: list[_Waiting]) -> None:
        self._free -= 1
        metrics.group_sizes.observe(len(company))
        self._busy.update(asked.wallet for asked in company)
        task = asyncio.create_task(self._do(company))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, company: list[_Waiting]) -> None:
        try:
            if len(company) == 1:
                [asked] = company
                rows = await asked.call(asked.values)
                if not asked.answer.done():
                    asked.answer.set_result(rows)
            else:
                requests = [asked.request for asked in company]
                actors = [asked.values["actor"] for asked in company]
                rows = await self._batch({"requests": requests, "actors": actors})
                for asked, row in zip(company, rows, strict=True):
                    asked.settle(row)
        except Exception as error:  # the answer of all of them
            for asked in company:
                asked.fail(error)
        finally:
            self._free += 1
            self._busy.difference_update(asked.wallet for asked in company)
            self._next()
