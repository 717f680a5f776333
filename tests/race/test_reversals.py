"""Reversals: never more than there was, and nothing that has been spent meanwhile."""

from datetime import timedelta

import pytest

from tests.race.arena import GOLD, PRICE, SILVER, alternate, call, fresh

every_meeting = pytest.mark.parametrize("meet", ["at once", "at the wallet"])


async def send(arena, meet, user, calls):
    if meet == "at once":
        return await arena.together(calls)
    return await arena.queue_for_user(user, calls)


def reverse(transaction, amount=None, **options):
    return call(
        "reverse",
        transaction["user_id"],
        transaction["transaction_id"],
        amount,
        "mistake",
        fresh("reverse"),
        **options,
    )


@every_meeting
@pytest.mark.parametrize("kind", ["topup", "spend"])
async def test_partial_reversals_never_exceed_the_original(arena, meet, kind):
    user = await arena.user(GOLD=200)
    original = await arena.do(kind, user, GOLD, 100, fresh(kind))

    answers = await send(arena, meet, user, [reverse(original, 7) for _ in range(40)])

    assert len(answers.receipts) == 14
    assert answers.refusals == {"WA408": 26}
    assert await arena.balance(user, GOLD) == (202 if kind == "topup" else 198)


@every_meeting
async def test_one_of_many_reversals_takes_back_all_that_is_left(arena, meet):
    user = await arena.user(GOLD=200)
    original = await arena.topup(user, GOLD, 100)
    await arena.first.send(reverse(original, 30))

    answers = await send(arena, meet, user, [reverse(original) for _ in range(40)])

    assert [receipt["amount"] for receipt in answers.receipts] == [70]
    assert answers.refusals == {"WA408": 39}
    assert await arena.balance(user, GOLD) == 200


@every_meeting
async def test_units_are_either_spent_or_taken_back(arena, meet):
    for _ in range(5):
        user = await arena.user()
        original = await arena.topup(user, GOLD, 100)

        spends = [call("spend", user, GOLD, 10, fresh("spend")) for _ in range(10)]
        answers = await send(arena, meet, user, [*spends[:5], reverse(original), *spends[5:]])

        kinds = {receipt["kind"] for receipt in answers.receipts}
        assert (kinds, answers.refusals) in [
            ({"SPEND"}, {"WA401": 1}),
            ({"REVERSAL"}, {"WA401": 10}),
        ]
        assert await arena.balance(user, GOLD) == 0


@every_meeting
async def test_a_clamped_reversal_takes_what_is_not_spent(arena, meet):
    for _ in range(5):
        user = await arena.user()
        original = await arena.topup(user, GOLD, 100)

        spends = [call("spend", user, GOLD, 15, fresh("spend")) for _ in range(6)]
        clamped = reverse(original, policy="clamp")
        answers = await send(arena, meet, user, [*spends[:3], clamped, *spends[3:]])

        [reversal] = [receipt for receipt in answers.receipts if receipt["kind"] == "REVERSAL"]
        spent = 15 * (len(answers.receipts) - 1)
        assert (reversal["amount"], reversal["shortfall"]) == (100 - spent, spent)
        assert await arena.balance(user, GOLD) == 0


@every_meeting
async def test_a_conversion_is_reversed_in_parts_while_others_convert(arena, meet):
    user = await arena.user(SILVER=100 * PRICE, GOLD=100)
    original = await arena.do("convert", user, SILVER, GOLD, 10 * PRICE, fresh("convert"))

    reversals = [reverse(original, PRICE) for _ in range(20)]
    there = [call("convert", user, SILVER, GOLD, PRICE, fresh("there")) for _ in range(20)]
    back = [call("convert", user, GOLD, SILVER, 1, fresh("back")) for _ in range(20)]
    answers = await send(arena, meet, user, alternate(reversals, there) + back)

    assert len(answers.receipts) == 50
    assert answers.refusals == {"WA408": 10}
    assert await arena.balance(user, SILVER) == 100 * PRICE
    assert await arena.balance(user, GOLD) == 100


@every_meeting
async def test_a_capture_is_reversed_no_further_than_it_went(arena, meet):
    user = await arena.user(GOLD=50)
    hold = await arena.do("place_hold", user, GOLD, 50, timedelta(hours=1), fresh("hold"))
    captured = await arena.do("capture_hold", user, hold["hold_id"], 20, fresh("capture"))

    reversals = [reverse(captured, 8) for _ in range(10)]
    captures = [
        call("capture_hold", user, hold["hold_id"], 10, fresh("capture")) for _ in range(10)
    ]
    answers = await send(arena, meet, user, alternate(reversals, captures))

    assert len(answers.receipts) == 2 + 3
    assert answers.refusals.keys() <= {"WA307", "WA407", "WA408"}
    assert await arena.balance(user, GOLD) == 16
