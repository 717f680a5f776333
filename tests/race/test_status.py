"""A freeze: once it has returned, nothing moves."""

import asyncio
import random
from datetime import timedelta

import pytest

from tests.race.arena import GOLD, PRICE, SILVER, alternate, call, fresh

HOUR = timedelta(hours=1)

# A wallet that does not know of its account's status would let movements through.
WALLETS_OF_ANOTHER_STATUS = """
SELECT count(*) FROM wallet_private.wallet AS w
JOIN wallet_private.user_account AS u USING (user_id)
WHERE w.is_active <> (u.status = 'active')"""


async def test_once_a_freeze_has_returned_no_spend_succeeds(arena):
    user = await arena.user(GOLD=100_000)

    def spend():
        return call("spend", user, GOLD, 1, fresh("spend"))

    async def freeze():
        await asyncio.sleep(0.04)
        await arena.do("set_user_status", user, "frozen")
        return await arena.movements(user)

    for _ in range(15):
        answers, moved = await asyncio.gather(arena.keep_asking([spend] * 8, 0.1), freeze())
        later = await arena.together(spend() for _ in range(8))
        assert answers.receipts
        assert answers.refusals.keys() <= {"WA501"}
        assert later.refusals == {"WA501": 8}
        assert await arena.movements(user) == moved
        await arena.do("set_user_status", user, "active")


async def test_spends_that_wait_with_a_freeze_are_before_or_after_it(arena):
    user = await arena.user(GOLD=100)
    for _ in range(5):
        spends = [call("spend", user, GOLD, 1, fresh("spend")) for _ in range(20)]
        freeze = call("set_user_status", user, "frozen")
        answers = await arena.queue_for_user(user, [*spends[:10], freeze, *spends[10:]])
        assert answers.refusals.keys() <= {"WA501"}
        spent = len(answers.receipts) - 1

        after = await arena.together(call("spend", user, GOLD, 1, fresh("s")) for _ in range(5))
        assert after.refusals == {"WA501": 5}
        await arena.do("set_user_status", user, "active")
        await arena.topup(user, GOLD, max(spent, 1))


async def test_nothing_moves_on_a_frozen_account_but_what_operators_do(arena):
    user = await arena.user(GOLD=100, SILVER=100 * PRICE)
    topup = await arena.topup(user, GOLD, 1)
    task, item = await arena.task(GOLD, 5), await arena.item(GOLD, 5)
    captured, released = [
        await arena.do("place_hold", user, GOLD, 10, HOUR, fresh("hold")) for _ in range(2)
    ]
    refused = [
        call("topup", user, GOLD, 1, fresh("key")),
        call("bonus", user, GOLD, 1, fresh("key")),
        call("spend", user, GOLD, 1, fresh("key")),
        call("convert", user, SILVER, GOLD, PRICE, fresh("key")),
        call("convert", user, GOLD, SILVER, 1, fresh("key")),
        call("complete_task", user, task, fresh("key")),
        call("buy_item", user, item, 1, 5, fresh("key")),
        call("place_hold", user, GOLD, 1, HOUR, fresh("key")),
        call("capture_hold", user, captured["hold_id"], 1, fresh("key")),
    ]
    allowed = [
        call("release_hold", user, released["hold_id"], fresh("key")),
        call("adjust", user, GOLD, -1, fresh("key"), "correction"),
        call("reverse", user, topup["transaction_id"], None, "mistake", fresh("key")),
    ]
    async with arena.open_gate() as gate:
        await gate.do("set_user_status", user, "frozen")
        queue = await arena.queue(refused + allowed)
    answers = await queue
    assert answers.refusals == {"WA501": len(refused)}
    assert len(answers.receipts) == len(allowed)


@pytest.mark.parametrize("status", ["frozen", "closed"])
@pytest.mark.parametrize("is_freeze_first", [True, False])
async def test_a_freeze_and_the_first_movement_in_a_new_asset_know_of_each_other(
    arena, status, is_freeze_first
):
    user = await arena.user()
    asset = await arena.asset()  # After the user, whose wallet in it is still to be opened.
    topup = call("topup", user, asset, 1, fresh("topup"))
    freeze = call("set_user_status", user, status)
    async with arena.open_gate() as gate:
        await gate.send(freeze if is_freeze_first else topup)
        queue = await arena.queue([topup if is_freeze_first else freeze])
    answers = await queue

    assert answers.refusals == ({"WA501": 1} if is_freeze_first else {})
    assert await arena.first.fetchval(WALLETS_OF_ANOTHER_STATUS) == 0
    after = await arena.first.ask(call("topup", user, asset, 1, fresh("topup")))
    assert after.code == "WA501"


async def test_freezes_and_first_movements_at_the_same_time_know_of_each_other(arena):
    for _ in range(5):
        users = await arena.users(10)
        asset = await arena.asset()
        topups = [call("topup", user, asset, 1, fresh("topup")) for user in users]
        freezes = [call("set_user_status", user, "frozen") for user in users]
        answers = await arena.together(alternate(topups, freezes))

        assert answers.refusals.keys() <= {"WA501"}
        assert await arena.first.fetchval(WALLETS_OF_ANOTHER_STATUS) == 0


async def test_freezing_and_reopening_at_random_leaves_account_and_wallets_agreed(arena):
    users = await arena.users(4, GOLD=10_000, SILVER=10_000 * PRICE)
    chance = random.Random(4)

    def change():
        return call("set_user_status", chance.choice(users), chance.choice(["active", "frozen"]))

    def move():
        user = chance.choice(users)
        if chance.random() < 0.5:
            return call("convert", user, SILVER, GOLD, PRICE, fresh("there"))
        return call("convert", user, GOLD, SILVER, 1, fresh("back"))

    async with arena.watch(WALLETS_OF_ANOTHER_STATUS) as seen:
        answers = await arena.keep_asking([change] * 4 + [move] * 8, 1)

    assert answers.refusals.keys() == {"WA501"}
    assert {row["count"] for row in seen} == {0}
