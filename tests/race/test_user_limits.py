"""Limits by amount, count and balance: a crowd at the edge gets exactly what is left."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.race.arena import GOLD, LOCK_WALLETS, SESSIONS, batch, call, fresh

HOUR = timedelta(hours=1)
EDGE = 7  # movements of 10 that a limit leaves
CROWD = 50

every_meeting = pytest.mark.parametrize("meet", ["at once", "at the wallet"])


async def send(arena, meet, user, calls):
    if meet == "at once":
        return await arena.together(calls)
    return await arena.queue_for_user(user, calls)


async def limit(arena, asset, measure, maximum, direction=None, **options):
    options |= {"direction": direction} if direction else {}
    if measure != "balance" and "rolling" not in options:
        options["period"] = "day"
    await arena.do("create_limit", fresh("limit"), asset, measure, maximum, **options)


async def remaining(arena, user, asset):
    row = await arena.first.fetchrow(
        "SELECT remaining FROM wallet.list_limit_use($1, $2)", user, asset
    )
    return row["remaining"]


@every_meeting
@pytest.mark.parametrize(
    ("rule", "has_lots"),
    [
        (("amount", 10 * EDGE + 9, {}), True),
        (("count", EDGE, {}), False),
        (("amount", 10 * EDGE, {"rolling": timedelta(days=1)}), False),
    ],
    ids=["amount of lots", "count", "rolling amount"],
)
async def test_a_crowd_spends_what_a_limit_leaves(arena, meet, rule, has_lots):
    measure, maximum, options = rule
    asset = await arena.asset(**({"lot_order": "expiring_first"} if has_lots else {}))
    await limit(arena, asset, measure, maximum, "debit", **options)
    user = await arena.user(**{asset: 10_000})
    item = await arena.item(asset, 10)
    await arena.do("set_conversion_rate", asset, GOLD, 10, 1)
    ways = [
        lambda: call("spend", user, asset, 10, fresh("key")),
        lambda: call("place_hold", user, asset, 10, HOUR, fresh("key")),
        lambda: call("convert", user, asset, GOLD, 10, fresh("key")),
        lambda: call("buy_item", user, item, 1, 10, fresh("key")),
        lambda: batch([call("spend", user, asset, 10, fresh("key")) for _ in range(2)]),
    ]

    answers = await send(arena, meet, user, [ways[n % len(ways)]() for n in range(CROWD)])

    results = [one for each in answers.receipts for one in each.get("results", [each])]
    refused = [one for one in results if not isinstance(one, dict)]
    assert {one.code for one in refused} | set(answers.refusals) == {"WA412"}
    assert len(results) - len(refused) == EDGE
    assert await remaining(arena, user, asset) == maximum - EDGE * (1 if measure == "count" else 10)


@every_meeting
async def test_the_first_movements_of_a_new_wallet_are_limited(arena, meet):
    """The wallet is opened by one of them."""
    for _ in range(3):
        user = await arena.user()
        asset = await arena.asset()
        await limit(arena, asset, "amount", 10 * EDGE, "credit")
        keys = [fresh("key") for _ in range(CROWD // 2)]
        # Each request is sent twice: a copy is answered like the first, and counts nothing.
        calls = [call("bonus", user, asset, 10, key) for key in keys * 2]

        answers = await send(arena, meet, user, calls)

        assert len(answers.first_receipts) == EDGE
        assert set(answers.refusals) == {"WA412"}
        assert await arena.balance(user, asset) == 10 * EDGE


@every_meeting
async def test_a_crowd_fills_a_balance_and_no_more(arena, meet):
    asset = await arena.asset()
    await limit(arena, asset, "balance", 10 * EDGE + 5, is_clipping=True)
    user = await arena.user()
    calls = [call("topup", user, asset, 10, fresh("key")) for _ in range(CROWD // 2)]
    calls += [call("bonus", user, asset, 10, fresh("key")) for _ in range(CROWD // 2)]

    answers = await send(arena, meet, user, calls)

    # Only gifts fill the rest.
    assert sum(row["amount"] for row in answers.receipts) == await arena.balance(user, asset)
    assert await arena.balance(user, asset) in (10 * EDGE, 10 * EDGE + 5)
    assert set(answers.refusals) == {"WA413"}


async def test_a_copy_is_not_refused_for_what_its_original_used(arena):
    """It waits for the wallet before it looks for its key, and reads what is used after that."""
    asset = await arena.asset(lot_order="expiring_first")
    await limit(arena, asset, "amount", 3, "debit")
    user = await arena.user(**{asset: 10})
    spend = call("spend", user, asset, 3, fresh("key"))
    async with arena.open_gate() as gate:
        await gate.execute(LOCK_WALLETS, user)
        await gate.execute("LOCK TABLE wallet_private.limit_rule IN ACCESS EXCLUSIVE MODE")
        copy = await arena.queue([spend])
        await gate.send(spend)

    [receipt] = await copy
    assert receipt["is_replay"]


async def test_a_limit_begins_between_movements(arena):
    """Those under way are not counted, those that wait for it are: each is one or the other."""
    for _ in range(3):
        asset = await arena.asset()
        user = await arena.user(**{asset: 10_000})
        make = call("create_limit", fresh("limit"), asset, "count", EDGE, direction="debit",
                    period="day")  # fmt: skip
        spends = [call("spend", user, asset, 10, fresh("key")) for _ in range(CROWD)]
        calls = [*spends[: CROWD // 2], make, *spends[CROWD // 2 :]]
        assert len(calls) <= SESSIONS

        answers = await arena.together(calls)

        counted = EDGE - await remaining(arena, user, asset)
        before = await arena.first.fetchval(
            """SELECT count(*) FROM wallet.transaction WHERE user_id = $1 AND asset = $2
            AND kind = 'SPEND' AND details IS NULL""",
            user,
            asset,
        )
        spent = (Decimal(10_000) - await arena.balance(user, asset)) / 10
        assert (before + counted, CROWD) == (spent, spent + answers.refusals.total())
        assert counted == EDGE or not answers.refusals


async def test_a_limit_holds_for_users_who_are_being_made(arena):
    asset = await arena.asset()
    async with arena.open_gate() as gate:
        user = (await gate.do("create_user"))["user_id"]
        queue = await arena.queue(
            [call("create_limit", fresh("limit"), asset, "count", 1, direction="credit",
                  period="day")]
        )  # fmt: skip
    await queue
    answers = await arena.together(
        [call("topup", user, asset, 10, fresh("key")) for _ in range(CROWD)]
    )
    assert (len(answers.receipts), answers.refusals) == (1, {"WA412": CROWD - 1})


async def test_a_hold_is_counted_and_given_back_once(arena):
    """Captures, releases and reversals of one hold, all at once."""
    asset = await arena.asset()
    await limit(arena, asset, "amount", 100, "debit")
    user = await arena.user(**{asset: 1000})
    for _ in range(5):
        hold = (await arena.do("place_hold", user, asset, 60, HOUR, fresh("key")))["hold_id"]
        calls = [call("capture_hold", user, hold, 20, fresh("key")) for _ in range(6)]
        calls += [call("release_hold", user, hold, fresh("key")) for _ in range(3)]
        answers = await arena.queue_for_user(user, calls)
        captures = [row for row in answers.receipts if row.get("kind") == "CAPTURE"]
        assert await remaining(arena, user, asset) == 100 - 20 * len(captures)
        takes = [
            call("reverse", user, row["transaction_id"], None, "a mistake", fresh("key"))
            for row in captures
        ]
        if takes:
            await arena.together(takes * 2)
        assert await remaining(arena, user, asset) == 100


@every_meeting
async def test_a_daily_task_pays_once_whatever_the_zone(arena, meet):
    zones = ["UTC", "Asia/Kolkata", "America/New_York", "Europe/Berlin"]
    task = await arena.task(GOLD, 5, period="day")
    user = await arena.user()
    calls = [
        call("complete_task", user, task, fresh("key"), time_zone=zones[n % len(zones)])
        for n in range(CROWD)
    ]

    answers = await send(arena, meet, user, calls)

    rows = await arena.first.fetch(
        "SELECT period FROM wallet_private.task_completion WHERE user_id = $1", user
    )
    days = {row["period"] for row in rows}
    assert len(answers.receipts) == len(rows) == len(days) <= 2
    assert set(answers.refusals) == {"WA406"}
