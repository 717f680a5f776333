"""Batches that meet: as if their movements had come alone, and none blocks another for good."""

import random

from tests.race.arena import GOLD, SILVER, batch, call, fresh


async def test_batches_over_the_same_users_in_opposite_orders_do_not_block_each_other(arena):
    first, last, *between = await arena.users(4)
    orders = ([first, between[0], last], [last, between[1], first])
    async with arena.open_gate() as gate:
        for user in between:
            await gate.do("topup", user, GOLD, 1, fresh("topup"))
        queue = await arena.queue(
            batch(*((user, "TOPUP", GOLD, 1, fresh("topup")) for user in order)) for order in orders
        )
    assert len((await queue).receipts) == 2
    assert [await arena.balance(user, GOLD) for user in (first, last)] == [2, 2]


async def test_a_batch_that_opens_wallets_and_a_freeze_do_not_block_each_other(arena):
    user, between = await arena.users(2)
    asset = await arena.asset()
    async with arena.open_gate() as gate:
        await gate.do("topup", between, GOLD, 1, fresh("topup"))
        opening = batch(
            (user, "TOPUP", GOLD, 1, fresh("topup")),
            (between, "TOPUP", GOLD, 1, fresh("topup")),
            (user, "TOPUP", asset, 1, fresh("topup")),
        )
        queue = await arena.queue([opening, call("set_user_status", user, "frozen")])
    assert len((await queue).receipts) == 2


async def test_random_batches_and_single_movements_do_not_block_each_other(arena):
    capped = await arena.asset(supply=200)
    users = await arena.users(6, SILVER=1000)
    chance = random.Random(5)

    def movement():
        kind, asset = chance.choice(["topup", "spend"]), chance.choice([GOLD, SILVER, capped])
        return chance.choice(users), kind.upper(), asset, chance.randint(1, 9), fresh(kind)

    def many():
        return batch(*(movement() for _ in range(chance.randint(1, 30))))

    def single():
        user, kind, *rest = movement()
        return call(kind.lower(), user, *rest)

    answers = await arena.keep_asking([many] * 6 + [single] * 2, 1.5)

    codes = {row["code"] for each in answers.receipts for row in each.get("results", [])}
    assert codes | answers.refusals.keys() == {None, "WA401", "WA402"}


async def test_copies_of_a_batch_and_of_its_movements_make_each_movement_once(arena):
    users = await arena.users(5, GOLD=10)
    requests = [(user, "SPEND", GOLD, 10, fresh("spend")) for user in users]
    requests += [(user, "TOPUP", SILVER, 3, fresh("topup")) for user in users]
    singles = [call(kind.lower(), user, *rest) for user, kind, *rest in requests]

    answers = await arena.together([batch(*requests)] * 16 + singles * 2)

    batches, receipts = answers[:16], answers[16:]
    assert {row["code"] for each in batches for row in each["results"]} == {None}
    for n, (user, _, _, _, key) in enumerate(requests):
        rows = [each["results"][n] for each in batches] + [receipts[n], receipts[n + 10]]
        assert len({row["transaction_id"] for row in rows}) == 1
        assert sum(not row["is_replay"] for row in rows) == 1
        assert await arena.movements(user, key) == 1
    for user in users:
        assert (await arena.balance(user, GOLD), await arena.balance(user, SILVER)) == (0, 3)
