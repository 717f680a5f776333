"""A wallet function is a part of its caller's transaction: with it, or not at all."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
import pytest_asyncio

from tests.race.arena import GOLD, LOCK_ITEM, LOCK_SUPPLY, PRICE, SILVER, call, fresh

HOUR = timedelta(hours=1)

LEDGER = """
SELECT
    (SELECT count(*) FROM wallet_private.transfer) AS transfers,
    (SELECT sum(balance) FROM wallet_private.wallet) AS balances,
    (SELECT sum(held) FROM wallet_private.wallet) AS held,
    (SELECT sum(available) FROM wallet_private.supply) AS available,
    (SELECT sum(stock) FROM wallet_private.item) AS stock,
    (SELECT count(*) FROM wallet_private.hold WHERE status = 'open') AS holds,
    (SELECT count(*) FROM wallet_private.purchase) AS purchases,
    (SELECT count(*) FROM wallet_private.task_completion) AS completions,
    (SELECT count(*) FROM wallet_private.user_account WHERE status = 'frozen') AS frozen"""


@pytest_asyncio.fixture(loop_scope="session")
async def orders(arena):
    """A table of the host application."""
    await arena.first.execute("CREATE TABLE public.app_order (order_id text PRIMARY KEY)")
    yield "INSERT INTO public.app_order VALUES ($1)"
    await arena.first.execute("DROP TABLE public.app_order")


async def count_orders(arena):
    return await arena.first.fetchval("SELECT count(*) FROM public.app_order")


async def test_commit_keeps_the_order_and_its_spend(arena, orders):
    user = await arena.user(GOLD=10)
    async with arena.open_gate() as gate:
        await gate.execute(orders, "one")
        await gate.do("spend", user, GOLD, 10, "one")
        assert await arena.balance(user, GOLD) == 10
    assert await count_orders(arena) == 1
    assert await arena.balance(user, GOLD) == 0


async def test_rollback_keeps_neither_and_the_key_is_free(arena, orders):
    user = await arena.user(GOLD=10)
    async with arena.open_gate(commit=False) as gate:
        await gate.execute(orders, "one")
        await gate.do("spend", user, GOLD, 10, "one")
    assert await count_orders(arena) == 0
    assert await arena.balance(user, GOLD) == 10
    assert await arena.movements(user, "one") == 0
    assert not (await arena.do("topup", user, GOLD, 5, "one"))["is_replay"]


async def test_a_savepoint_takes_back_a_part(arena, orders):
    user = await arena.user(GOLD=10)
    async with arena.open_gate() as gate:
        await gate.execute(orders, "one")
        await gate.do("spend", user, GOLD, 4, "kept")
        await gate.execute("SAVEPOINT part")
        await gate.do("spend", user, GOLD, 6, "lost")
        await gate.execute("ROLLBACK TO part")
        await gate.do("spend", user, GOLD, 1, "after")
    assert await count_orders(arena) == 1
    assert await arena.balance(user, GOLD) == 5
    assert await arena.movements(user) == 3


@pytest.mark.parametrize("commit", [True, False], ids=["committed", "rolled back"])
async def test_other_spends_wait_to_see_how_it_ends(arena, commit):
    user = await arena.user(GOLD=10)
    async with arena.open_gate(commit=commit) as gate:
        await gate.do("spend", user, GOLD, 10, fresh("spend"))
        queue = await arena.queue([call("spend", user, GOLD, 10, fresh("spend"))] * 2)
    answers = await queue
    assert len(answers.receipts) == (0 if commit else 2)
    assert answers.refusals == ({"WA401": 2} if commit else {})


async def test_a_copy_of_a_spend_waits_though_its_money_is_not_committed_yet(arena):
    user = await arena.user()
    spend = call("spend", user, GOLD, 10, fresh("key"))
    async with arena.open_gate() as gate:
        await gate.do("topup", user, GOLD, 10, fresh("topup"))
        first = await gate.send(spend)
        queue = await arena.queue([spend] * 10)
    answers = await queue
    assert not answers.refusals
    assert {r["transaction_id"] for r in answers.receipts} == {first["transaction_id"]}


async def test_of_two_transactions_that_cross_one_goes_through_and_one_leaves_nothing(arena):
    one, other = await arena.users(2, GOLD=10)
    sessions = await arena.open_sessions(2)

    async def spend_both(session, first, second):
        async with session.connection.transaction():
            await session.do("spend", first, GOLD, 1, fresh("spend"))
            await both_have_begun.wait()
            await session.do("spend", second, GOLD, 1, fresh("spend"))

    both_have_begun = asyncio.Barrier(2)
    ends = await asyncio.gather(
        spend_both(sessions[0], one, other),
        spend_both(sessions[1], other, one),
        return_exceptions=True,
    )

    assert sorted(type(end) for end in ends if end) == [asyncpg.DeadlockDetectedError]
    assert [await arena.balance(user, GOLD) for user in (one, other)] == [9, 9]


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
async def test_a_stricter_isolation_level_loses_a_race_with_40001(arena, isolation):
    user, key = await arena.user(GOLD=10), fresh("key")
    late = [
        call("spend", user, GOLD, 1, fresh("late")),
        call("place_hold", user, GOLD, 1, HOUR, fresh("late")),
        call("spend", user, GOLD, 2, key),
        call("topup", user, SILVER, 2, key),
    ]
    sessions = await arena.open_sessions(len(late))
    for session in sessions:
        await session.execute(f"BEGIN ISOLATION LEVEL {isolation}")
        await session.do("get_balance", user, GOLD)
    await arena.do("spend", user, GOLD, 2, key)
    for session, each in zip(sessions, late, strict=True):
        with pytest.raises(asyncpg.SerializationError):
            await session.send(each)
        await session.execute("ROLLBACK")
    assert await arena.balance(user, GOLD) == 8


async def test_who_waits_longer_than_lock_timeout_gets_55p03_and_leaves_nothing(arena):
    users = iter(await arena.users(14, GOLD=100, SILVER=100 * PRICE))
    capped, item = await arena.asset(supply=1000), await arena.item(SILVER, 5, stock=10)
    task, taken = await arena.task(GOLD, 5), fresh("key")
    reversed, captured, released = [next(users) for _ in range(3)]
    topup = await arena.topup(reversed, GOLD, 10)
    captured_hold = await arena.do("place_hold", captured, GOLD, 10, HOUR, fresh("hold"))
    released_hold = await arena.do("place_hold", released, GOLD, 10, HOUR, fresh("hold"))
    for_a_wallet = [
        call("topup", next(users), GOLD, 10, fresh("late")),
        call("adjust", next(users), GOLD, 10, fresh("late"), "late"),
        call("spend", next(users), GOLD, 10, fresh("late")),
        call("convert", next(users), SILVER, GOLD, PRICE, fresh("late")),
        call("convert", next(users), GOLD, SILVER, 1, fresh("late")),
        call("place_hold", next(users), GOLD, 10, HOUR, fresh("late")),
        call("complete_task", next(users), task, fresh("late")),
        call("reverse", reversed, topup["transaction_id"], None, "late", fresh("late")),
        call("capture_hold", captured, captured_hold["hold_id"], None, fresh("late")),
        call("release_hold", released, released_hold["hold_id"], fresh("late")),
        call("set_user_status", next(users), "frozen"),
    ]
    buyer, issued, other = users
    for_an_item = call("buy_item", buyer, item, 1, 5, fresh("late"))
    for_supply = call("topup", issued, capped, 10, fresh("late"))
    for_a_key = call("spend", other, SILVER, 10, taken)
    for_all = call("change_supply", capped, 2000)
    before = await arena.first.fetchrow(LEDGER)

    async with arena.open_gate(commit=False) as gate:
        for each in for_a_wallet:
            await gate.do("spend", each.user, GOLD, 1, fresh("spend"))
        await gate.execute(LOCK_ITEM, item)
        await gate.execute(LOCK_SUPPLY, capped)
        await gate.do("spend", other, GOLD, 1, taken)
        asked = await arena.ask([*for_a_wallet, for_an_item, for_supply, for_a_key])
        started = asyncio.get_running_loop().time()
        await arena.until_blocked(asked)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await arena.first.send(for_all)
        ends = await asyncio.gather(*asked, return_exceptions=True)
        waited = asyncio.get_running_loop().time() - started

    assert {type(end) for end in ends} == {asyncpg.LockNotAvailableError}
    assert 5 <= waited < 8
    assert await arena.first.fetchrow(LEDGER) == before
    again = [*for_a_wallet[:-1], for_an_item, for_supply, for_a_key]
    assert len((await arena.together(again)).first_receipts) == len(again)
