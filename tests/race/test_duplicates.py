"""One request with one key, many times at once: one movement, and its receipt for everyone.

Each story prepares what a request needs, for one time only: whoever does it twice is found out.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from tests.race.arena import GOLD, PRICE, SILVER, Answers, Arena, Call, call, fresh, without_replay
from tests.support.servers import every_version

Story = Callable[[Arena], Awaitable[Call]]
STORIES: list[Story] = []

COPIES = 64
ROUNDS = 6


def story(prepare: Story) -> Story:
    STORIES.append(prepare)
    return prepare


every_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)


@story
async def spend(arena):
    return call("spend", await arena.user(GOLD=1000), GOLD, 10, fresh("key"))


@story
async def spend_the_last_units(arena):
    return call("spend", await arena.user(GOLD=10), GOLD, 10, fresh("key"))


@story
async def topup(arena):
    return call("topup", await arena.user(), GOLD, 10, fresh("key"))


@story
async def topup_with_the_first_unit_of_a_new_asset(arena):
    user = await arena.user()
    return call("topup", user, await arena.asset(), 1, fresh("key"), reference="new")


@story
async def topup_with_the_last_unit_of_the_supply(arena):
    capped = await arena.asset(supply=100)
    await arena.user(**{capped: 99})
    return call("topup", await arena.user(), capped, 1, fresh("key"))


@story
async def convert_the_last_units(arena):
    return call("convert", await arena.user(SILVER=PRICE), SILVER, GOLD, PRICE, fresh("key"))


@story
async def convert_into_the_last_unit_of_the_supply(arena):
    capped = await arena.asset(supply=10)
    await arena.do("set_conversion_rate", SILVER, capped, 1, 1)
    await arena.user(**{capped: 9})
    return call("convert", await arena.user(SILVER=5), SILVER, capped, 1, fresh("key"))


@story
async def complete_task_for_the_only_time(arena):
    task = await arena.task(GOLD, 5, max_completions=1)
    return call("complete_task", await arena.user(), task, fresh("key"))


@story
async def complete_task_with_a_cooldown(arena):
    task = await arena.task(GOLD, 5, cooldown=timedelta(hours=1))
    return call("complete_task", await arena.user(), task, fresh("key"))


@story
async def buy_the_last_item(arena):
    item = await arena.item(GOLD, 7, stock=1)
    return call("buy_item", await arena.user(GOLD=100), item, 1, 7, fresh("key"))


@story
async def buy_the_only_item_with_the_last_units(arena):
    item = await arena.item(GOLD, 7, max_per_user=2)
    return call("buy_item", await arena.user(GOLD=14), item, 2, 7, fresh("key"))


@story
async def place_hold_on_the_last_units(arena):
    user, hour = await arena.user(GOLD=10), timedelta(hours=1)
    return call("place_hold", user, GOLD, 10, hour, fresh("key"))


@story
async def capture_the_whole_hold(arena):
    user = await arena.user(GOLD=10)
    hold = await arena.do("place_hold", user, GOLD, 10, timedelta(hours=1), fresh("hold"))
    return call("capture_hold", user, hold["hold_id"], None, fresh("key"))


@story
async def capture_a_part_of_the_hold(arena):
    user = await arena.user(GOLD=10)
    hold = await arena.do("place_hold", user, GOLD, 10, timedelta(hours=1), fresh("hold"))
    return call("capture_hold", user, hold["hold_id"], 4, fresh("key"))


@story
async def release_hold(arena):
    user = await arena.user(GOLD=10)
    hold = await arena.do("place_hold", user, GOLD, 10, timedelta(hours=1), fresh("hold"))
    return call("release_hold", user, hold["hold_id"], fresh("key"))


@story
async def reverse_the_whole_topup(arena):
    user = await arena.user()
    topup = await arena.topup(user, GOLD, 10)
    return call("reverse", user, topup["transaction_id"], None, "mistake", fresh("key"))


@story
async def reverse_a_part_of_a_conversion(arena):
    user = await arena.user(SILVER=2 * PRICE)
    converted = await arena.do("convert", user, SILVER, GOLD, 2 * PRICE, fresh("convert"))
    return call("reverse", user, converted["transaction_id"], PRICE, "mistake", fresh("key"))


@story
async def reverse_a_purchase(arena):
    item = await arena.item(GOLD, 5, stock=3)
    user = await arena.user(GOLD=15)
    bought = await arena.do("buy_item", user, item, 3, 5, fresh("buy"))
    return call("reverse", user, bought["transaction_id"], 10, "returned", fresh("key"))


@every_version
@every_story
async def test_64_copies_make_one_movement(arena, story):
    for _ in range(ROUNDS):
        request = await story(arena)
        answers = await arena.together([request] * COPIES)
        await check_one_movement(arena, request, answers)


@every_story
async def test_64_copies_that_meet_at_the_wallet_make_one_movement(arena, story):
    request = await story(arena)
    answers = await arena.queue_for_user(request.user, [request] * COPIES)
    await check_one_movement(arena, request, answers)


@every_story
async def test_copies_of_a_request_in_progress_get_its_receipt(arena, story):
    request = await story(arena)
    async with arena.open_gate() as gate:
        first = await gate.send(request)
        queue = await arena.queue([request] * (COPIES - 1))
    await check_one_movement(arena, request, Answers([first, *await queue]))


@every_story
async def test_when_the_first_is_rolled_back_a_copy_takes_its_place(arena, story):
    request = await story(arena)
    async with arena.open_gate(commit=False) as gate:
        lost = await gate.send(request)
        queue = await arena.queue([request] * (COPIES - 1))
    answers = await queue
    await check_one_movement(arena, request, answers)
    if "transaction_id" in lost:
        assert lost["transaction_id"] != answers.receipts[0]["transaction_id"]


@pytest.mark.parametrize("change", ["price", "item", "rate", "task", "asset"])
async def test_copies_of_a_request_in_progress_get_its_receipt_though_the_offer_has_changed(
    arena, change
):
    asset = await arena.asset()
    user = await arena.user(SILVER=100)
    if change in ("price", "item"):
        item = await arena.item(SILVER, 10)
        request = call("buy_item", user, item, 1, 10, fresh("key"))
        new = {"price": 20} if change == "price" else {"is_active": False}
        change = call("update_item", item, **new)
    elif change == "rate":
        rate = await arena.do("set_conversion_rate", SILVER, asset, 10, 10)
        request = call("convert", user, SILVER, asset, 10, fresh("key"), rate["rate_id"])
        change = call("set_conversion_rate", SILVER, asset, 10, 1)
    elif change == "task":
        task = await arena.task(SILVER, 10)
        request = call("complete_task", user, task, fresh("key"))
        change = call("update_task", task, is_active=False)
    else:
        request = call("topup", user, asset, 10, fresh("key"))
        change = call("update_asset", asset, is_archived=True)

    async with arena.open_gate() as gate:
        first = await gate.send(request)
        await arena.first.send(change)
        queue = await arena.queue([request] * 10)
    await check_one_movement(arena, request, Answers([first, *await queue]))


async def test_copies_of_many_requests_make_one_movement_each(arena):
    user = await arena.user(GOLD=40)
    for _ in range(ROUNDS):
        spends = [call("spend", user, GOLD, 5, fresh("spend")) for _ in range(8)]
        topups = [call("topup", user, GOLD, 5, fresh("topup")) for _ in range(8)]
        answers = await arena.together((spends + topups) * 4)
        first = {receipt["transaction_id"] for receipt in answers.first_receipts}
        assert answers.refusals.keys() <= {"WA401"}
        assert {receipt["transaction_id"] for receipt in answers.receipts} == first
        await arena.together(spends + topups)  # What was refused has its turn.
        assert await arena.balance(user, GOLD) == 40


async def check_one_movement(arena: Arena, request: Call, answers: Answers) -> None:
    assert not answers.refusals
    assert len(answers.receipts) == len(answers)
    assert len(answers.first_receipts) == 1
    first = without_replay(answers.first_receipts[0])
    assert all(without_replay(receipt) == first for receipt in answers.receipts)
    assert await arena.movements(request.user, request.key) == 1
