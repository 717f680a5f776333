"""Refunds: notices meet each other, spends, credits and reversals; debts are repaid to the unit."""

from datetime import UTC, datetime, timedelta

from tests.race.arena import GOLD, SILVER, alternate, batch, call, fresh
from tests.race.test_reversals import every_meeting, reverse, send

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def notice(transaction, total, hours, policy="debt"):
    return call(
        "set_refunded",
        transaction["user_id"],
        transaction["transaction_id"],
        total,
        BEGIN + hours * HOUR,
        policy,
    )


async def net(arena, user, asset):
    """What a user has, less what is owed; one of them is nothing."""
    balance = await arena.do("get_balance", user, asset)
    assert 0 in (balance["available"], balance["debt"])
    return balance["balance"] - balance["debt"]


@every_meeting
async def test_one_notice_that_arrives_many_times_takes_once(arena, meet):
    user = await arena.user(GOLD=50)
    paid = await arena.topup(user, GOLD, 100)

    answers = await send(arena, meet, user, [notice(paid, 70, 1) for _ in range(40)])

    outcomes = sorted(receipt["outcome"] for receipt in answers.receipts)
    assert outcomes == ["repeated"] * 39 + ["taken"]
    assert len({receipt["transaction_id"] for receipt in answers.receipts}) == 1
    assert await arena.balance(user, GOLD) == 80


@every_meeting
async def test_the_newest_of_many_notices_counts(arena, meet):
    user = await arena.user()
    paid = await arena.topup(user, GOLD, 100)
    await arena.do("spend", user, GOLD, 60, fresh("key"))

    totals = [(37 * hours) % 101 for hours in range(40)]
    answers = await send(
        arena, meet, user, [notice(paid, total, hours) for hours, total in enumerate(totals)]
    )

    assert len(answers.receipts) == 40
    assert await net(arena, user, GOLD) == 40 - totals[-1]


@every_meeting
async def test_units_are_either_spent_or_refunded_or_owed(arena, meet):
    for policy in ("debt", "clamp", "reject"):
        user = await arena.user()
        paid = await arena.topup(user, GOLD, 100)
        spends = [call("spend", user, GOLD, 30, fresh("key")) for _ in range(6)]

        answers = await send(
            arena, meet, user, [*spends[:3], notice(paid, 80, 1, policy), *spends[3:]]
        )

        spent = sum(answer["amount"] for answer in answers.receipts if answer["kind"] == "SPEND")
        taken = [answer for answer in answers.receipts if answer["kind"] == "REFUND"]
        for receipt in taken:
            assert receipt["amount"] + receipt["owed"] + receipt["shortfall"] == 80
        back = sum(receipt["amount"] + receipt["owed"] for receipt in taken)
        assert set(answers.refusals) <= {"WA401"}
        assert await net(arena, user, GOLD) == 100 - spent - back


@every_meeting
async def test_every_credit_at_that_instant_repays(arena, meet):
    """Credits go the fast way until the very moment at which something is owed."""
    user = await arena.user()
    paid = await arena.topup(user, GOLD, 100)
    await arena.do("spend", user, GOLD, 100, fresh("key"))
    task = await arena.task(GOLD, 3)
    await arena.topup(user, SILVER, 400)
    credits = [
        *(call("topup", user, GOLD, 2, fresh("key")) for _ in range(8)),
        *(call("bonus", user, GOLD, 2, fresh("key")) for _ in range(8)),
        *(call("complete_task", user, task, fresh("key")) for _ in range(4)),
        *(call("convert", user, SILVER, GOLD, 50, fresh("key")) for _ in range(4)),
        *(batch([call("bonus", user, GOLD, 1, fresh("key")) for _ in range(3)]) for _ in range(4)),
    ]

    answers = await send(arena, meet, user, [*credits[:12], notice(paid, 100, 1), *credits[12:]])

    assert answers.refusals == {}
    assert await net(arena, user, GOLD) == 8 * 2 + 8 * 2 + 4 * 3 + 4 + 4 * 3 - 100
    assert await arena.balance(user, GOLD) == 0


@every_meeting
async def test_refunds_and_reversals_never_take_more_than_there_was(arena, meet):
    user = await arena.user(GOLD=500)
    paid = await arena.topup(user, GOLD, 100)

    calls = alternate(
        [notice(paid, 5 * hours, hours, "reject") for hours in range(1, 21)],
        [reverse(paid, 7) for _ in range(20)],
    )
    answers = await send(arena, meet, user, calls)

    assert set(answers.refusals) <= {"WA408"}
    assert await arena.balance(user, GOLD) == 500


async def test_debtors_in_a_crowd(arena):
    """Holds that expire, batches over several debtors, caps: nothing waits in a circle."""
    capped = await arena.asset(supply=100_000)
    lots = await arena.asset(lot_order="paid_first", supply=100_000)
    users = await arena.users(4)
    paid = {
        (user, asset): await arena.topup(user, asset, 1000)
        for user in users
        for asset in (capped, lots)
    }
    hours = iter(range(1, 100_000))

    def some():
        number = next(hours)
        user, asset = users[number // 12 % 4], (capped, lots)[number % 2]
        return [
            lambda: notice(paid[user, asset], 1000, number % 7000),
            lambda: notice(paid[user, asset], 300, number % 7000),
            lambda: call("spend", user, asset, 100, fresh("key")),
            lambda: call("bonus", user, asset, 40, fresh("key")),
            lambda: call("place_hold", user, asset, 15, timedelta(seconds=1), fresh("key")),
            lambda: call("expire_holds", 3),
            lambda: batch(
                [call(kind, each, code, 5, fresh("key"))
                 for each in users for code in (capped, lots) for kind in ("bonus", "spend")]
            ),
            lambda: call("forgive_debt", user, asset, 1, "a gesture", fresh("key")),
            lambda: call("convert", user, capped, lots, 3, fresh("key")),
            lambda: call("convert", user, lots, capped, 3, fresh("key")),
            lambda: reverse(paid[user, asset], 1),
            lambda: call("topup", user, asset, 20, fresh("key")),
        ][number * 5 % 12]()  # fmt: skip

    await arena.do("set_conversion_rate", capped, lots, 1, 1)
    await arena.do("set_conversion_rate", lots, capped, 1, 1)
    answers = await arena.keep_asking([some] * 8, 3.0)

    assert set(answers.refusals) <= {"WA102", "WA109", "WA401", "WA408"}
    while (await arena.do("expire_holds"))["expire_holds"]:
        pass
    kinds = await arena.first.fetchval(
        "SELECT array_agg(DISTINCT kind) FROM wallet.transaction WHERE user_id = ANY ($1)", users
    )
    assert {"REFUND", "REPAY"} <= set(kinds)
