"""A database, many sessions on it, and the ways in which calls can meet.

A call is a value, so that a test can send the same one many times. Its answer is a receipt or a
refusal; everything else that a server may say (a deadlock, a broken constraint) is raised.
"""

import asyncio
import itertools
import math
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from tests.support.servers import Database

Row = dict[str, Any]
Amount = int | Decimal

# What all tests share: three assets, two of them with a rate there and back. What has a cap is a
# test's own.
GOLD, SILVER, COPPER = "GOLD", "SILVER", "COPPER"
PRICE = 50  # of one GOLD in SILVER

REFUSAL = re.compile(r"WA[1-5]\d\d")
SESSIONS = 64
NEVER = 30  # seconds: no wait of a test is that long

LOCK_ACCOUNT = "UPDATE wallet_private.user_account SET status = status WHERE user_id = $1"
LOCK_WALLETS = "UPDATE wallet_private.wallet SET held = held WHERE user_id = $1"
LOCK_ITEM = "UPDATE wallet_private.item SET stock = stock WHERE item_id = $1"
LOCK_SUPPLY = """
UPDATE wallet_private.supply SET available = available
WHERE asset_id = (SELECT asset_id FROM wallet_private.asset WHERE code = $1)"""

_numbers = itertools.count(1)


def fresh(name: str) -> str:
    """A name that nothing else has: of a key, an asset, a task."""
    return f"{name}_{next(_numbers)}"


@dataclass(frozen=True)
class Call:
    """A call of a wallet function, ready to be sent."""

    function: str
    arguments: tuple[Any, ...]
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def sql(self) -> str:
        passed = [f"${n}" for n in range(1, len(self.arguments) + 1)]
        passed += [
            f"p_{name} => ${n}" for n, (name, _) in enumerate(self.options, len(self.arguments) + 1)
        ]
        return f"SELECT * FROM wallet.{self.function}({', '.join(passed)})"

    @property
    def values(self) -> list[Any]:
        return [*self.arguments, *(value for _, value in self.options)]

    @property
    def user(self) -> UUID:
        return self.arguments[0]

    @property
    def keys(self) -> list[str]:
        """Its idempotency key, if it has one that fresh("key") made."""
        return [value for value in self.arguments if str(value).startswith("key_")]

    @property
    def key(self) -> str:
        [key] = self.keys
        return key


class Batch(Call):
    """Topups, bonuses and spends in one call. The answer has `results`, as if of single calls."""

    sql = "SELECT * FROM wallet.post_batch($1)"

    @property
    def values(self) -> list[Any]:
        requests = []
        for each in self.arguments:
            user, *rest = each.arguments
            requests.append((user, each.function.upper(), *rest, None, None))
        return [requests]

    def results(self, rows: Iterable[asyncpg.Record]) -> list["Row | Refusal"]:
        surplus = {"ord", "code", "message", "detail", "hint"}
        return [
            Refusal(row["code"], row["detail"])
            if row["code"]
            else {name: value for name, value in row.items() if name not in surplus}
            for row in rows
        ]


def call(function: str, *arguments: Any, **options: Any) -> Call:
    return Call(function, arguments, tuple(options.items()))


def batch(calls: Iterable[Call]) -> Batch:
    return Batch("post_batch", tuple(calls))


def alternate(some: Iterable[Call], others: Iterable[Call]) -> list[Call]:
    return [each for pair in zip(some, others, strict=True) for each in pair]


@dataclass(frozen=True)
class Refusal:
    code: str
    detail: str


class Answers(list[Row | Refusal]):
    """The answers to calls, in their order."""

    @property
    def receipts(self) -> list[Row]:
        return [answer for answer in self if not isinstance(answer, Refusal)]

    @property
    def first_receipts(self) -> list[Row]:
        return [receipt for receipt in self.receipts if not receipt["is_replay"]]

    @property
    def refusals(self) -> Counter[str]:
        return Counter(answer.code for answer in self if isinstance(answer, Refusal))


def without_replay(receipt: Row) -> Row:
    return {name: value for name, value in receipt.items() if name != "is_replay"}


class Session:
    """One connection."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.fetch = connection.fetch
        self.fetchrow = connection.fetchrow
        self.fetchval = connection.fetchval
        self.execute = connection.execute

    async def send(self, call: Call) -> Row:
        """The receipt; a refusal is raised as the server's error."""
        rows = await self.connection.fetch(call.sql, *call.values)
        if isinstance(call, Batch):
            return {"results": call.results(rows)}
        [row] = rows
        return dict(row)

    async def ask(self, call: Call) -> Row | Refusal:
        try:
            return await self.send(call)
        except asyncpg.PostgresError as error:
            if REFUSAL.fullmatch(error.sqlstate):
                return Refusal(error.sqlstate, error.detail)
            raise

    async def do(self, function: str, *arguments: Any, **options: Any) -> Row:
        return await self.send(call(function, *arguments, **options))


class Arena:
    first: Session  # for what a test prepares and looks at
    gate: Session  # for what others have to wait for

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sessions: list[Session] = []
        self.asked: list[asyncio.Task[Row | Refusal]] = []

    @classmethod
    async def open(cls, database: Database) -> "Arena":
        arena = cls(database)
        arena.first = await arena.connect()
        arena.gate = await arena.connect()
        for asset in (GOLD, SILVER, COPPER):
            await arena.do("create_asset", asset, asset.title())
        await arena.do("set_conversion_rate", SILVER, GOLD, PRICE, 1)
        await arena.do("set_conversion_rate", GOLD, SILVER, 1, PRICE)
        return arena

    async def connect(self) -> Session:
        settings = {"statement_timeout": f"{NEVER}s"}
        return Session(await self.database.connect(server_settings=settings))

    async def close(self) -> None:
        for session in [self.first, self.gate, *self.sessions]:
            session.connection.terminate()
        await asyncio.gather(*self.asked, return_exceptions=True)
        self.database.drop()

    @property
    def is_busy(self) -> bool:
        """Something of a failed test still goes on."""
        return any(not each.done() for each in self.asked)

    async def findings(self) -> list[Row]:
        await self.first.execute("SET statement_timeout = '600s'")  # a long test, much to verify
        return [dict(row) for row in await self.first.fetch("SELECT * FROM wallet.verify()")]

    # What a test prepares.

    async def do(self, function: str, *arguments: Any, **options: Any) -> Row:
        return await self.first.do(function, *arguments, **options)

    async def asset(self, **options: Any) -> str:
        """One more; each makes every user larger by a wallet."""
        return (await self.do("create_asset", fresh("ASSET"), "An asset", **options))["asset"]

    async def user(self, **balances: Amount) -> UUID:
        """A user who has so much of each asset."""
        user = (await self.do("create_user"))["user_id"]
        for asset, amount in balances.items():
            await self.topup(user, asset, amount)
        return user

    async def users(self, count: int, **balances: Amount) -> list[UUID]:
        return [await self.user(**balances) for _ in range(count)]

    async def topup(self, user: UUID, asset: str, amount: Amount) -> Row:
        return await self.do("topup", user, asset, amount, fresh("topup"))

    async def task(self, asset: str, reward: int, **options: Any) -> int:
        task = await self.do("create_task", fresh("task"), "A task", asset, reward, **options)
        return task["task_id"]

    async def item(self, asset: str, price: int, **options: Any) -> int:
        item = await self.do("create_item", fresh("item"), "An item", asset, price, **options)
        return item["item_id"]

    # What a test looks at.

    async def balance(self, user: UUID, asset: str) -> Decimal:
        return (await self.do("get_balance", user, asset))["balance"]

    async def held(self, user: UUID, asset: str) -> Decimal:
        return (await self.do("get_balance", user, asset))["held"]

    async def movements(self, user: UUID, key: str | None = None) -> int:
        """How many requests of a user, or with one key, are in the ledger; holds count too."""
        return await self.first.fetchval(
            """SELECT count(DISTINCT transaction_id) FROM wallet_private.transfer
            WHERE user_id = $1 AND ($2::text IS NULL OR idempotency_key = $2)""",
            user,
            key,
        )

    async def outstanding(self, asset: str) -> Decimal:
        return (await self.do("treasury", asset))["outstanding"]

    # How calls meet.

    async def together(self, calls: Iterable[Call]) -> Answers:
        """All at once, each in a session of its own."""
        return await _answers(await self.ask(calls))

    async def queue(self, calls: Iterable[Call]) -> Awaitable[Answers]:
        """All at once, and goes on when each has been answered or waits for a lock."""
        asked = await self.ask(calls)
        await self.until_blocked(asked)
        return _answers(asked)

    async def until_blocked(self, asked: Sequence[asyncio.Task[Any]]) -> None:
        async with asyncio.timeout(NEVER):
            while True:
                waiting = await self.first.fetchval(
                    """SELECT count(*) FROM pg_stat_activity
                    WHERE datname = ANY ($1) AND wait_event_type = 'Lock'""",
                    [part.name for part in self.database.parts],
                )
                if waiting == sum(not each.done() for each in asked):
                    return
                await asyncio.sleep(0.002)

    @asynccontextmanager
    async def open_gate(self, *, commit: bool = True) -> AsyncIterator[Session]:
        """A transaction that others can queue up behind; it ends with the block."""
        transaction = self.gate.connection.transaction()
        await transaction.start()
        try:
            yield self.gate
        finally:
            await (transaction.commit() if commit else transaction.rollback())

    async def keep_asking(
        self,
        nexts: Sequence[Callable[[], Call]],
        seconds: float,
        *,
        limit: float = math.inf,
        hear: Callable[[Call, Row | Refusal], None] = lambda call, answer: None,
    ) -> Answers:
        """Each in a session of its own: one call after the other, for a time or so many calls.

        Who asks hears the answer before it says what to ask next.
        """
        answers, failures = Answers(), []

        async def ask(session: Session, next_call: Callable[[], Call]) -> None:
            while loop.time() < end and len(answers) < limit and not failures:
                try:
                    call = next_call()
                    answers.append(await session.ask(call))
                    hear(call, answers[-1])
                except Exception as failure:
                    failures.append(failure)

        sessions = await self.open_sessions(len(nexts))
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        await asyncio.gather(*map(ask, sessions, nexts))
        if failures:
            raise failures[0]
        return answers

    async def queue_for_user(self, user: UUID, calls: Iterable[Call]) -> Answers:
        """All get as far as the user's rows, then all go on."""
        async with self.open_gate() as gate:
            await gate.execute(LOCK_ACCOUNT, user)
            await gate.execute(LOCK_WALLETS, user)
            queue = await self.queue(calls)
        return await queue

    @asynccontextmanager
    async def watch(
        self, sql: str, *values: Any, pause: float = 0
    ) -> AsyncIterator[list[asyncpg.Record]]:
        """Looks again and again, in a session of its own, and fills the list with what it saw."""
        session, seen, is_over = await self.connect(), [], False

        async def look() -> None:
            while not is_over:
                seen.append(await session.fetchrow(sql, *values))
                await asyncio.sleep(pause)

        looking = asyncio.ensure_future(look())
        try:
            yield seen
        finally:
            is_over = True
            await looking
            session.connection.terminate()

    async def open_sessions(self, count: int) -> list[Session]:
        assert count <= SESSIONS
        missing = range(len(self.sessions), count)
        self.sessions += await asyncio.gather(*(self.connect() for _ in missing))
        return self.sessions[:count]

    async def ask(self, calls: Iterable[Call]) -> list[asyncio.Task[Row | Refusal]]:
        """Each in a session of its own; the answers are still to come."""
        calls = list(calls)
        pairs = zip(await self.open_sessions(len(calls)), calls, strict=True)
        asked = [asyncio.create_task(session.ask(call)) for session, call in pairs]
        self.asked = [each for each in self.asked if not each.done()] + asked
        return asked


async def _answers(asked: Sequence[asyncio.Task[Row | Refusal]]) -> Answers:
    """Waits for all of them before it raises what one of them raised."""
    await asyncio.wait(asked)
    return Answers([each.result() for each in asked])
