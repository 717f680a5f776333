"""Lots: the last one is used by one, and none is used when it has expired."""

import asyncio
import itertools
from datetime import timedelta

import pytest

from tests.race.arena import batch, call, fresh

HOUR = timedelta(hours=1)
SOON = timedelta(seconds=0.4)

every_meeting = pytest.mark.parametrize("meet", ["at once", "at the wallet"])


async def send(arena, meet, user, calls):
    if meet == "at once":
        return await arena.together(calls)
    return await arena.queue_for_user(user, calls)


async def with_lots(arena, **options):
    return await arena.asset(lot_order="expiring_first", **options)


async def bonus(arena, user, asset, amount, expires_in=None):
    """Answers when it expires."""
    if expires_in is None:
        await arena.do("bonus", user, asset, amount, fresh("bonus"))
        return None
    expires_at = await arena.first.fetchval("SELECT clock_timestamp() + $1", expires_in)
    await arena.do("bonus", user, asset, amount, fresh("bonus"), expires_at=expires_at)
    return expires_at


async def moved(arena, user, asset):
    """Amounts by kind, and when the last of each was."""
    rows = await arena.first.fetch(
        """SELECT kind, -sum(amount) AS amount, max(created_at) AS last
        FROM wallet.transaction WHERE user_id = $1 AND asset = $2 GROUP BY kind""",
        user,
        asset,
    )
    return {row["kind"]: (row["amount"], row["last"]) for row in rows}


@every_meeting
async def test_the_last_lot_is_used_once(arena, meet):
    asset = await with_lots(arena)
    for _ in range(5):
        user = await arena.user()
        for amount in (3, 4, 5):
            await bonus(arena, user, asset, amount, HOUR)

        spends = [call("spend", user, asset, 5, fresh("key")) for _ in range(12)]
        answers = await send(arena, meet, user, spends)

        assert len(answers.receipts) == 2
        assert answers.refusals == {"WA401": 10}
        [lot] = await arena.first.fetch("SELECT * FROM wallet.list_lots($1, $2)", user, asset)
        assert lot["remaining"] == 2


async def test_who_waits_until_a_lot_has_expired_does_not_get_it(arena):
    asset = await with_lots(arena)
    user = await arena.user()
    await bonus(arena, user, asset, 5, SOON)
    await bonus(arena, user, asset, 2)
    calls = [
        call("spend", user, asset, 3, fresh("key")),
        call("place_hold", user, asset, 3, HOUR, fresh("key")),
        batch([call("spend", user, asset, 3, fresh("key"))]),
        call("spend", user, asset, 1, fresh("key")),
    ]
    async with arena.open_gate() as gate:
        await gate.execute("UPDATE wallet_private.wallet SET held = held WHERE user_id = $1", user)
        queue = await arena.queue(calls)
        await asyncio.sleep(SOON.total_seconds())
    spent, held, together, little = await queue

    assert (spent.code, held.code) == ("WA401", "WA401")
    assert together["results"][0].code == "WA401"
    assert little["balance"] == 1
    assert {kind: amount for kind, (amount, _) in (await moved(arena, user, asset)).items()} == {
        "BONUS": -7, "EXPIRE": 5, "SPEND": 1,
    }  # fmt: skip


async def test_credits_that_met_live_equally_long(arena):
    asset = await with_lots(arena, expires_in=HOUR)
    user = await arena.user()

    calls = [call("bonus", user, asset, 1, fresh("key")) for _ in range(6)]
    await arena.queue_for_user(user, calls)

    lots = await arena.first.fetch("SELECT * FROM wallet.list_lots($1, $2)", user, asset)
    assert [lot["expires_at"] - lot["created_at"] for lot in lots] == [HOUR] * 6


async def test_a_limit_waits_for_a_spend_that_has_not_locked_its_wallet_yet(arena):
    asset = await with_lots(arena)
    user = await arena.user()
    await bonus(arena, user, asset, 5, HOUR)
    spender, operator = await arena.open_sessions(2)
    limit = call("create_limit", fresh("LIMIT"), asset, "amount", 3, "debit", rolling=HOUR)
    async with arena.open_gate() as gate:
        await gate.execute("LOCK TABLE wallet_private.lot IN ACCESS EXCLUSIVE MODE")
        spend = asyncio.create_task(spender.ask(call("spend", user, asset, 3, fresh("key"))))
        await arena.until_blocked([spend])
        made = asyncio.create_task(operator.ask(limit))
        await arena.until_blocked([spend, made])
        assert not made.done()

    assert (await spend)["balance"] == 2
    assert (await made)["maximum"] == 3
    assert (await arena.do("spend", user, asset, 2, fresh("key")))["balance"] == 0


async def test_spends_meet_an_expiry(arena):
    """They go on over the instant at which it expires, beside sweeps that book it."""
    asset = await with_lots(arena)
    user = await arena.user()
    expires_at = await bonus(arena, user, asset, 100_000, SOON)

    spend = [lambda: call("spend", user, asset, 1, fresh("key"))] * 6
    sweep = [lambda: call("expire_lots")] * 2
    answers = await arena.keep_asking(spend + sweep, 2 * SOON.total_seconds())

    kinds = await moved(arena, user, asset)
    spent, last = kinds["SPEND"]
    expired, booked = kinds["EXPIRE"]
    assert spent > 0 and spent + expired == 100_000
    assert last < expires_at <= booked
    assert set(answers.refusals) == {"WA401"}
    assert await arena.balance(user, asset) == 0


async def test_captures_meet_the_expiry_of_the_lot_and_of_the_hold(arena):
    """The hold outlives the lot; what is left of it expires with the hold."""
    asset = await with_lots(arena)
    user = await arena.user()
    lot_ends = await bonus(arena, user, asset, 100_000, SOON)
    second = timedelta(seconds=1)
    hold = await arena.do("place_hold", user, asset, 60_000, second, fresh("hold"))

    capture = [lambda: call("capture_hold", user, hold["hold_id"], 1, fresh("key"))] * 4
    others = [
        lambda: call("expire_lots"),
        lambda: call("expire_holds"),
        lambda: call("spend", user, asset, 1, fresh("key")),
    ]
    answers = await arena.keep_asking(capture + others, 1.4)
    await arena.do("expire_lots")

    kinds = await moved(arena, user, asset)
    captured, last_capture = kinds["CAPTURE"]
    assert lot_ends < last_capture  # while it was held
    assert kinds["SPEND"][1] < lot_ends
    assert captured + kinds["SPEND"][0] + kinds["EXPIRE"][0] == 100_000
    assert set(answers.refusals) == {"WA307", "WA401"}
    assert (await arena.balance(user, asset), await arena.held(user, asset)) == (0, 0)


async def test_releases_meet_an_expiry(arena):
    asset = await with_lots(arena)
    users = await arena.users(6)
    for user in users:
        await bonus(arena, user, asset, 10, SOON)
    holds = [await arena.do("place_hold", user, asset, 7, HOUR, fresh("key")) for user in users]
    await asyncio.sleep(SOON.total_seconds() * 0.8)

    await arena.together([
        call("release_hold", user, hold["hold_id"], fresh("key"))
        for user, hold in zip(users, holds, strict=True)
    ] + [call("expire_lots") for _ in range(6)])  # fmt: skip
    await asyncio.sleep(SOON.total_seconds())
    while (await arena.do("expire_lots"))["expire_lots"]:
        pass

    for user in users:
        assert (await moved(arena, user, asset))["EXPIRE"][0] == 10


async def test_an_asset_in_use_gets_lots(arena):
    """Each movement is before or after it; none is counted wrong, and none waits in a circle."""
    asset = await arena.asset(supply=100_000)
    users = await arena.users(4)
    for user in users:
        await arena.do("topup", user, asset, 100, fresh("key"))
        await arena.do("bonus", user, asset, 100, fresh("key"))
    numbers = itertools.count()

    def some():
        user, number = users[next(numbers) % 4], next(numbers) % 5
        return [
            lambda: call("spend", user, asset, 1, fresh("key")),
            lambda: call("topup", user, asset, 2, fresh("key")),
            lambda: call("place_hold", user, asset, 1, HOUR, fresh("key")),
            lambda: batch([
                call("spend", each, asset, 1, fresh("key")) for each in users
            ]),
            lambda: call("bonus", user, asset, 1, fresh("key")),
        ][number]()  # fmt: skip

    async def switch():
        await asyncio.sleep(0.3)
        return await arena.do("update_asset", asset, lot_order="paid_first", expires_in=HOUR)

    switched, answers = await asyncio.gather(switch(), arena.keep_asking([some] * 8, 1.0))
    after = await arena.keep_asking([some] * 8, 60.0, limit=40)

    assert switched["lot_order"] == "paid_first"
    assert answers.refusals == after.refusals == {}
    assert await arena.first.fetchval(
        "SELECT count(*) FROM wallet_private.lot WHERE asset_id = "
        "(SELECT asset_id FROM wallet_private.asset WHERE code = $1)", asset
    ) > 8  # fmt: skip


async def test_a_cap_and_expiries_never_wait_in_a_circle(arena):
    """Expiries give back to a capped supply; who needs more than a stripe takes all in order."""
    capped = await arena.asset(supply=1000)  # locked before the others
    one = await with_lots(arena, supply=40, expires_in=timedelta(seconds=1))
    other = await with_lots(arena, supply=40, expires_in=timedelta(seconds=1))
    for pair in itertools.permutations((one, other, capped), 2):
        await arena.do("set_conversion_rate", *pair, 1, 1)
    users = await arena.users(6)
    numbers = itertools.count()

    def some():
        number = next(numbers)
        user = users[number // 10 % 6]
        return [
            lambda: call("bonus", user, one, 5, fresh("key")),
            lambda: call("bonus", user, other, 5, fresh("key")),
            lambda: call("convert", user, one, other, 2, fresh("key")),
            lambda: call("convert", user, other, one, 2, fresh("key")),
            lambda: call("bonus", user, capped, 5, fresh("key")),
            lambda: call("convert", user, capped, one, 2, fresh("key")),
            lambda: call("convert", user, other, capped, 2, fresh("key")),
            lambda: call("spend", user, one, 1, fresh("key")),
            lambda: batch(
                [call("bonus", each, asset, 1, fresh("key"))
                 for each in users if each != user for asset in (one, other, capped)]
            ),
            lambda: call("expire_lots", 3),
        ][number % 10]()  # fmt: skip

    answers = await arena.keep_asking([some] * 8, 4.0)

    assert set(answers.refusals) <= {"WA401", "WA402"}
    expired = [await moved(arena, user, one) for user in users]
    assert sum(kinds["EXPIRE"][0] for kinds in expired if "EXPIRE" in kinds) > 0
