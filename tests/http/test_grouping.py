"""Who goes alone, who goes in company, and that one who hangs holds up nobody else."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from msgspec.structs import replace

from gateway.database import Database, Row
from gateway.grouping import Movements, Reads
from gateway.problems import Problem
from gateway.routes import ROUTES
from gateway.settings import Settings

from .conftest import NOBODY, Held

LANES = 4


class Spends:
    """Spends of 1, and how many of them have left alone."""

    def __init__(self, groups: Movements, database: Database) -> None:
        [names] = [route.arguments for route in ROUTES if route.function == "spend"]
        self._spend, self.alone = database.function("spend", names), 0
        self._call = groups.call("spend", self._count)

    async def _count(self, values: Mapping[str, Any]) -> list[Row]:
        self.alone += 1
        return await self._spend(values)

    def __call__(self, user: Any, **more: Any) -> asyncio.Task[list[Row]]:
        values = {"user_id": user.user_id, "asset": "GOLD", "amount": "1"}
        values |= {"idempotency_key": str(uuid4()), "reference": None, "metadata": None}
        return asyncio.create_task(self._call(values | {"actor": "test"} | more))


@pytest.fixture
async def new_spends(settings: Settings) -> AsyncIterator[Any]:
    opened = []

    async def make(**more: Any) -> Spends:
        chosen = replace(settings, database_pool=2 * LANES, **more)
        database = Database(chosen)
        spends = Spends(Movements(chosen, database), database)
        await database.start()
        opened.append(database)
        return spends

    yield make
    for database in opened:
        await database.stop()


async def test_a_few_go_alone_and_the_others_in_company(new_spends: Any, new_user: Any) -> None:
    spends, users = await new_spends(), [await new_user(100) for _ in range(3 * LANES)]
    await asyncio.gather(*map(spends, users[:LANES]))
    assert spends.alone == LANES
    receipts = await asyncio.gather(*map(spends, users))
    assert spends.alone == 2 * LANES
    for user, [receipt] in zip(users, receipts, strict=True):
        assert str(receipt["user_id"]) == user.user_id
        assert receipt["balance"] in ("98.00", "99.00")


async def test_a_call_that_hangs_holds_up_nobody_else(
    new_spends: Any,
    new_user: Any,
    held: Held,
) -> None:
    """As many movements as there are lanes hang in one call; those who come then go all the same,
    and none of them has to wait for another to come."""
    spends, users = await new_spends(), [await new_user(100) for _ in range(2 * LANES)]
    async with held.locked():
        await asyncio.gather(*map(spends, users))  # every connection is open
        first = [spends(user) for user in users[:LANES]]
        hanging = [spends(user) for user in (held.user, *users[LANES:])]
        await asyncio.gather(*first)
        for user in users[:LANES]:
            async with asyncio.timeout(1):
                await spends(user)
        assert not any(task.done() for task in hanging)
    await asyncio.gather(*hanging)


async def test_who_has_waited_too_long_is_told(new_spends: Any, held: Held) -> None:
    spends = await new_spends(database_patience=0.1)
    async with held.locked():
        first = spends(held.user)
        with pytest.raises(Problem, match="GW503"):
            await spends(held.user)
    assert (await first)[0]["balance"] == "99.00"
    assert await held.balance() == "99.00"


async def test_a_full_queue_lets_nobody_in(new_spends: Any, held: Held) -> None:
    spends = await new_spends(database_queue=1)
    async with held.locked():
        first, second = spends(held.user), spends(held.user)
        with pytest.raises(Problem, match="GW503"):
            await spends(held.user)
    assert [rows[0]["balance"] for rows in await asyncio.gather(first, second)] == [
        "99.00",
        "98.00",
    ]


@pytest.mark.parametrize(
    "bad", [{"reference": "a\0b"}, {"metadata": {"a": ["\0"]}}, {"asset": "GO\0LD"}]
)
async def test_what_the_server_refuses_spoils_nobody_else_s(
    new_spends: Any, new_user: Any, bad: dict[str, Any]
) -> None:
    """A text with a NUL fails the whole statement; no request can have one in its asset, but what
    if something else did so."""
    spends, users = await new_spends(), [await new_user(100) for _ in range(3 * LANES)]
    another = await new_user(100)
    tasks = [spends(user) for user in users[: 2 * LANES]]
    tasks += [spends(another, **bad), *map(spends, users[2 * LANES :])]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    spoilt = results.pop(2 * LANES)
    assert isinstance(spoilt, asyncpg.PostgresError)
    assert spoilt.sqlstate in ("22021", "22P05")
    assert [str(rows[0]["balance"]) for rows in results] == ["99.00"] * len(users)


async def test_a_backslash_is_no_nul(new_spends: Any, new_user: Any) -> None:
    spends, users = await new_spends(), [await new_user(100) for _ in range(3 * LANES)]
    odd = {"reference": "\\u0000", "metadata": {"a": "\\u0000"}}
    receipts = await asyncio.gather(*(spends(user, **odd) for user in users))
    assert {str(rows[0]["balance"]) for rows in receipts} == {"99.00"}


@pytest.fixture
async def reads(settings: Settings) -> AsyncIterator[Any]:
    """A balance as a task, and how many were read alone: `reads.alone`."""
    chosen = replace(settings, database_pool=2 * LANES)
    database = Database(chosen)
    read = database.function("get_balance", ("user_id", "asset"))

    async def count(values: Mapping[str, Any]) -> list[Row]:
        make.alone += 1
        return await read(values)

    call = Reads(chosen, database).call("get_balance", count)

    def make(user_id: Any, asset: str = "GOLD") -> asyncio.Task[list[Row]]:
        return asyncio.create_task(call({"user_id": user_id, "asset": asset}))

    make.alone = 0
    await database.start()
    yield make
    await database.stop()


async def test_balances_that_wait_are_read_together(reads: Any, new_user: Any) -> None:
    users = [await new_user(100 + n) for n in range(2 * LANES)]
    asked = [users[n % len(users)] for n in range(6 * LANES)]  # some of them more than once
    answers = await asyncio.gather(*(reads(user.user_id) for user in asked))
    assert reads.alone == LANES
    for user, [balance] in zip(asked, answers, strict=True):
        assert str(balance["user_id"]) == user.user_id
        assert balance["balance"] == f"{100 + users.index(user)}.00"


async def test_a_balance_that_is_not_there_spoils_no_other(reads: Any, user: Any) -> None:
    tasks = [reads(user.user_id) for _ in range(4 * LANES)]
    tasks[6:6] = [reads(NOBODY), reads(user.user_id, "NONE"), reads(user.user_id, "GO\0LD")]
    tasks[6:6] = [reads(user.user_id, "\ud800")]  # no text that can be sent
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    odd = [answers.pop(6) for _ in range(4)]
    assert [error.sqlstate for error in odd] == ["22000", "WA201", "WA202", "22021"]
    assert [rows[0]["balance"] for rows in answers] == ["100.00"] * 4 * LANES
