"""Stock, limits for each user, tasks: what is limited is not had more often by asking at once."""

from datetime import timedelta

import pytest

from tests.race.arena import GOLD, LOCK_ITEM, alternate, call, fresh

every_meeting = pytest.mark.parametrize("meet", ["at once", "at the row"])


async def stock(arena, item):
    items = await arena.first.fetch("SELECT * FROM wallet.list_items()")
    return next(each["stock"] for each in items if each["item_id"] == item)


async def send_for_item(arena, meet, item, calls):
    if meet == "at once":
        return await arena.together(calls)
    async with arena.open_gate() as gate:
        await gate.execute(LOCK_ITEM, item)
        queue = await arena.queue(calls)
    return await queue


async def send_for_user(arena, meet, user, calls):
    if meet == "at once":
        return await arena.together(calls)
    return await arena.queue_for_user(user, calls)


@every_meeting
async def test_the_last_item_goes_to_one_of_50_buyers(arena, meet):
    item = await arena.item(GOLD, 7, stock=1)
    users = await arena.users(50, GOLD=10)

    buys = [call("buy_item", user, item, 1, 7, fresh("buy")) for user in users]
    answers = await send_for_item(arena, meet, item, buys)

    assert len(answers.receipts) == 1
    assert answers.refusals == {"WA403": 49}
    assert await stock(arena, item) == 0
    balances = sorted([await arena.balance(user, GOLD) for user in users])
    assert balances == [3] + 49 * [10]


@every_meeting
async def test_stock_is_sold_in_whole_quantities(arena, meet):
    item = await arena.item(GOLD, 1, stock=20)
    users = await arena.users(12, GOLD=100)

    buys = [call("buy_item", users[n % 12], item, 3, 1, fresh("buy")) for n in range(48)]
    answers = await send_for_item(arena, meet, item, buys)

    assert len(answers.receipts) == 6
    assert answers.refusals == {"WA403": 42}
    assert await stock(arena, item) == 2


@every_meeting
async def test_one_user_buys_no_more_than_the_limit(arena, meet):
    item = await arena.item(GOLD, 1, stock=100, max_per_user=5)
    user = await arena.user(GOLD=100)

    buys = [call("buy_item", user, item, 2, 1, fresh("buy")) for _ in range(30)]
    answers = await send_for_user(arena, meet, user, buys)

    assert len(answers.receipts) == 2
    assert answers.refusals == {"WA404": 28}
    assert await stock(arena, item) == 96
    assert await arena.balance(user, GOLD) == 96


@every_meeting
async def test_what_is_returned_can_be_bought_again_once(arena, meet):
    item = await arena.item(GOLD, 5, stock=4, max_per_user=4)
    seller, *buyers = await arena.users(11, GOLD=20)
    bought = await arena.do("buy_item", seller, item, 4, 5, fresh("buy"))

    returns = [
        call("reverse", seller, bought["transaction_id"], 5, "returned", fresh("reverse"))
        for _ in range(10)
    ]
    buys = [call("buy_item", buyer, item, 1, 5, fresh("buy")) for buyer in buyers]
    answers = await send_for_item(arena, meet, item, alternate(returns, buys))

    returned = sum(receipt["kind"] == "REVERSAL" for receipt in answers.receipts)
    sold = sum(receipt["kind"] == "PURCHASE" for receipt in answers.receipts)
    assert returned == 4
    assert await stock(arena, item) == returned - sold
    assert answers.refusals.keys() <= {"WA403", "WA408"}
    assert await arena.balance(seller, GOLD) == 20


@every_meeting
async def test_a_task_pays_no_more_often_than_its_limit(arena, meet):
    task = await arena.task(GOLD, 5, max_completions=3)
    user = await arena.user(GOLD=1)

    completions = [call("complete_task", user, task, fresh("task")) for _ in range(30)]
    answers = await send_for_user(arena, meet, user, completions)

    assert len(answers.receipts) == 3
    assert answers.refusals == {"WA405": 27}
    assert await arena.balance(user, GOLD) == 16


@every_meeting
async def test_a_task_that_cools_down_pays_once(arena, meet):
    task = await arena.task(GOLD, 5, cooldown=timedelta(hours=1))
    user = await arena.user(GOLD=1)

    completions = [call("complete_task", user, task, fresh("task")) for _ in range(30)]
    answers = await send_for_user(arena, meet, user, completions)

    assert len(answers.receipts) == 1
    assert answers.refusals == {"WA406": 29}
    assert await arena.balance(user, GOLD) == 6
