"""One key for two requests that differ, at once: one wins, and the other is told so."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from tests.race.arena import (
    COPPER,
    GOLD,
    PRICE,
    SILVER,
    Answers,
    Arena,
    Call,
    alternate,
    call,
    fresh,
)

HOUR = timedelta(hours=1)
COPIES = 32  # of each
ROUNDS = 4

# Prepares two requests with one key: either could be met, also after the other.
Pair = Callable[[Arena], Awaitable[tuple[Call, Call]]]
PAIRS: list[Pair] = []


def pair(prepare: Pair) -> Pair:
    PAIRS.append(prepare)
    return prepare


every_pair = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.__name__)
in_either_order = pytest.mark.parametrize("is_turned", [False, True], ids=["ab", "ba"])


@pair
async def spend_and_topup(arena):
    user, key = await arena.user(GOLD=10), fresh("key")
    return call("spend", user, GOLD, 10, key), call("topup", user, GOLD, 10, key)


@pair
async def two_amounts(arena):
    user, key = await arena.user(GOLD=30), fresh("key")
    return call("spend", user, GOLD, 10, key), call("spend", user, GOLD, 20, key)


@pair
async def two_references(arena):
    user, key = await arena.user(), fresh("key")
    topup = ("topup", user, GOLD, 10, key)
    return call(*topup, reference="one"), call(*topup, reference="two")


@pair
async def two_assets(arena):
    user, key = await arena.user(GOLD=10, SILVER=10), fresh("key")
    return call("spend", user, GOLD, 10, key), call("spend", user, SILVER, 10, key)


@pair
async def two_assets_of_which_one_is_capped(arena):
    capped = await arena.asset(supply=10)
    user, key = await arena.user(), fresh("key")
    return call("topup", user, capped, 10, key), call("topup", user, GOLD, 10, key)


@pair
async def convert_and_spend_of_what_it_takes(arena):
    user, key = await arena.user(SILVER=2 * PRICE), fresh("key")
    return call("convert", user, SILVER, GOLD, PRICE, key), call("spend", user, SILVER, PRICE, key)


@pair
async def convert_and_spend_of_what_it_gives(arena):
    user, key = await arena.user(SILVER=PRICE, GOLD=1), fresh("key")
    return call("convert", user, SILVER, GOLD, PRICE, key), call("spend", user, GOLD, 1, key)


@pair
async def convert_and_spend_of_a_third_asset(arena):
    user, key = await arena.user(SILVER=PRICE, COPPER=1), fresh("key")
    return call("convert", user, SILVER, GOLD, PRICE, key), call("spend", user, COPPER, 1, key)


@pair
async def conversions_in_both_directions(arena):
    user, key = await arena.user(SILVER=PRICE, GOLD=1), fresh("key")
    convert = call("convert", user, SILVER, GOLD, PRICE, key)
    return convert, call("convert", user, GOLD, SILVER, 1, key)


@pair
async def hold_and_spend_of_another_asset(arena):
    user, key = await arena.user(GOLD=10, SILVER=10), fresh("key")
    return call("place_hold", user, GOLD, 10, HOUR, key), call("spend", user, SILVER, 10, key)


@pair
async def capture_and_release(arena):
    user, key = await arena.user(GOLD=10), fresh("key")
    hold = await arena.do("place_hold", user, GOLD, 10, HOUR, fresh("hold"))
    capture = call("capture_hold", user, hold["hold_id"], 10, key)
    return capture, call("release_hold", user, hold["hold_id"], key)


@pair
async def captures_of_two_holds(arena):
    user, key = await arena.user(GOLD=10, SILVER=10), fresh("key")
    gold = await arena.do("place_hold", user, GOLD, 10, HOUR, fresh("hold"))
    silver = await arena.do("place_hold", user, SILVER, 10, HOUR, fresh("hold"))
    capture = call("capture_hold", user, gold["hold_id"], 10, key)
    return capture, call("capture_hold", user, silver["hold_id"], 10, key)


@pair
async def reversal_and_bonus_of_another_asset(arena):
    user, key = await arena.user(), fresh("key")
    topup = await arena.topup(user, GOLD, 10)
    reverse = call("reverse", user, topup["transaction_id"], None, "mistake", key)
    return reverse, call("bonus", user, SILVER, 10, key)


@pair
async def reversal_of_a_conversion_and_spend_of_a_third_asset(arena):
    user, key = await arena.user(SILVER=PRICE, COPPER=1), fresh("key")
    converted = await arena.do("convert", user, SILVER, GOLD, PRICE, fresh("convert"))
    reverse = call("reverse", user, converted["transaction_id"], None, "mistake", key)
    return reverse, call("spend", user, COPPER, 1, key)


@pair
async def purchase_and_task(arena):
    user, key = await arena.user(GOLD=10), fresh("key")
    item = await arena.item(GOLD, 10, stock=1)
    task = await arena.task(SILVER, 10, max_completions=1)
    return call("buy_item", user, item, 1, 10, key), call("complete_task", user, task, key)


@every_pair
async def test_one_kind_wins_and_the_other_is_told(arena, pair):
    for _ in range(ROUNDS):
        one, other = await pair(arena)
        answers = await arena.together(alternate([one] * COPIES, [other] * COPIES))
        await check_one_kind_won(arena, answers[::2], answers[1::2], one)


@every_pair
@in_either_order
async def test_who_is_in_progress_wins(arena, pair, is_turned):
    winner, loser = turned(await pair(arena), is_turned)
    async with arena.open_gate() as gate:
        first = await gate.send(winner)
        queue = await arena.queue(alternate([winner] * COPIES, [loser] * COPIES))
    answers = await queue
    assert Answers(answers[1::2]).refusals == {"WA301": COPIES}
    await check_one_kind_won(arena, [first, *answers[::2]], answers[1::2], winner)


@every_pair
@in_either_order
async def test_when_who_was_first_is_rolled_back_the_other_wins(arena, pair, is_turned):
    lost, winner = turned(await pair(arena), is_turned)
    async with arena.open_gate(commit=False) as gate:
        await gate.send(lost)
        queue = await arena.queue([winner] * COPIES)
    await check_one_kind_won(arena, await queue, [await arena.first.ask(lost)], winner)


@every_pair
async def test_both_kinds_that_meet_at_the_wallets(arena, pair):
    one, other = await pair(arena)
    calls = alternate([one] * COPIES, [other] * COPIES)
    answers = await arena.queue_for_user(one.user, calls)
    await check_one_kind_won(arena, answers[::2], answers[1::2], one)


def turned(calls: tuple[Call, Call], is_turned: bool) -> tuple[Call, Call]:
    return calls[::-1] if is_turned else calls


async def check_one_kind_won(arena: Arena, some: list, others: list, request: Call) -> None:
    """All of one kind have the same receipt, the first of them for the first time."""
    winners, losers = Answers(some), Answers(others)
    if not winners.receipts:
        winners, losers = losers, winners
    assert (winners.refusals, losers.refusals) == ({}, {"WA301": len(losers)})
    assert len(winners.first_receipts) == 1
    assert await arena.movements(request.user, request.key) == 1
