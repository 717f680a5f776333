"""Many movements of one wallet: no unit is spent twice, and none is left that could be had."""

import pytest

from tests.race.arena import GOLD, PRICE, SILVER, Answers, Arena, Call, alternate, call, fresh
from tests.support.servers import every_version

every_meeting = pytest.mark.parametrize("meet", ["at once", "at the wallet"])


async def send(arena: Arena, meet: str, calls: list[Call]) -> Answers:
    if meet == "at once":
        return await arena.together(calls)
    return await arena.queue_for_user(calls[0].user, calls)


@every_version
@every_meeting
async def test_50_spends_of_10_take_300_exactly(arena, meet):
    user = await arena.user(GOLD=300)

    spends = [call("spend", user, GOLD, 10, fresh("spend")) for _ in range(50)]
    answers = await send(arena, meet, spends)

    assert len(answers.first_receipts) == 30
    assert answers.refusals == {"WA401": 20}
    assert await arena.balance(user, GOLD) == 0
    balances = sorted(receipt["balance"] for receipt in answers.receipts)
    assert balances == list(range(0, 300, 10))


@every_meeting
async def test_credits_and_debits_of_one_wallet_all_count(arena, meet):
    user = await arena.user(GOLD=1000)

    credits = [call("topup", user, GOLD, 7, fresh("topup")) for _ in range(30)]
    debits = [call("spend", user, GOLD, 3, fresh("spend")) for _ in range(30)]
    answers = await send(arena, meet, alternate(credits, debits))

    assert len(answers.first_receipts) == 60
    assert await arena.balance(user, GOLD) == 1000 + 30 * 7 - 30 * 3


@every_meeting
async def test_conversions_and_spends_share_what_is_there(arena, meet):
    user = await arena.user(SILVER=30 * PRICE)

    spends = [call("spend", user, SILVER, PRICE, fresh("spend")) for _ in range(30)]
    converts = [call("convert", user, SILVER, GOLD, PRICE, fresh("convert")) for _ in range(30)]
    answers = await send(arena, meet, alternate(spends, converts))

    assert len(answers.first_receipts) == 30
    assert answers.refusals == {"WA401": 30}
    converted = [receipt for receipt in answers.receipts if receipt["kind"] == "CONVERT"]
    assert await arena.balance(user, SILVER) == 0
    assert await arena.balance(user, GOLD) == len(converted)


@every_meeting
async def test_conversions_in_both_directions_all_go_through(arena, meet):
    user = await arena.user(GOLD=1000, SILVER=1000 * PRICE)

    for _ in range(3):
        there = [call("convert", user, SILVER, GOLD, PRICE, fresh("there")) for _ in range(32)]
        back = [call("convert", user, GOLD, SILVER, 1, fresh("back")) for _ in range(32)]
        answers = await send(arena, meet, alternate(there, back))
        assert len(answers.first_receipts) == 64

    assert await arena.balance(user, GOLD) == 1000
    assert await arena.balance(user, SILVER) == 1000 * PRICE
