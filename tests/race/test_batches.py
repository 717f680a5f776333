"""Batches that meet: as if their movements had come alone, and none blocks another for good."""

import asyncio
import random
from collections import Counter

from tests.race.arena import GOLD, LOCK_SUPPLY, SILVER, Answers, batch, call, fresh


def topup(user, asset=GOLD):
    return call("topup", user, asset, 1, fresh("topup"))


async def test_batches_over_the_same_users_in_opposite_orders_do_not_block_each_other(arena):
    first, last, *between = await arena.users(4)
    orders = ([first, between[0], last], [last, between[1], first])
    async with arena.open_gate() as gate:
        for user in between:
            await gate.send(topup(user))
        queue = await arena.queue(batch(map(topup, order)) for order in orders)
    assert len((await queue).receipts) == 2
    assert [await arena.balance(user, GOLD) for user in (first, last)] == [2, 2]


async def test_a_batch_that_opens_wallets_and_a_freeze_do_not_block_each_other(arena):
    user, between = await arena.users(2)
    asset = await arena.asset()
    async with arena.open_gate() as gate:
        await gate.send(topup(between))
        opening = batch([topup(user), topup(between), topup(user, asset)])
        queue = await arena.queue([opening, call("set_user_status", user, "frozen")])
    assert len((await queue).receipts) == 2


async def test_a_batch_and_a_conversion_that_share_a_key_do_not_block_each_other(arena):
    """The conversion has the key and comes to a supply that the batch has, which wants the key."""
    one, other = await arena.asset(supply=100), await arena.asset(supply=100)
    await arena.do("set_conversion_rate", one, other, 1, 1)
    user, neighbour = await arena.user(**{one: 10}), await arena.user()
    convert = call("convert", user, one, other, 1, fresh("key"))
    reused = call("topup", user, GOLD, 1, convert.key)
    async with arena.open_gate() as gate:
        await gate.execute(LOCK_SUPPLY, one)
        converting = await arena.ask([convert])
        await arena.until_blocked(converting)
        [_, session] = await arena.open_sessions(2)
        many = session.ask(batch([reused, reused, topup(neighbour, other)]))
        asked = [*converting, asyncio.ensure_future(many)]
        await arena.until_blocked(asked)
    await asyncio.wait(asked)
    converted, answered = [each.result() for each in asked]

    assert converted["kind"] == "CONVERT"
    assert Answers(answered["results"]).refusals == {"WA301": 2}


async def test_random_batches_and_single_movements_do_not_block_each_other(arena):
    capped = await arena.asset(supply=200)
    users = await arena.users(6, SILVER=1000)
    chance = random.Random(5)

    def single():
        function, asset = chance.choice(["topup", "spend"]), chance.choice([GOLD, SILVER, capped])
        return call(function, chance.choice(users), asset, chance.randint(1, 9), fresh("key"))

    def many():
        return batch(single() for _ in range(chance.randint(1, 30)))

    answers = await arena.keep_asking([many] * 6 + [single] * 2, 1.5)

    results = Answers(each for all in answers.receipts for each in all.get("results", []))
    refusals: Counter[str] = results.refusals + answers.refusals
    assert results.receipts
    assert refusals.keys() == {"WA401", "WA402"}


async def test_copies_of_a_batch_and_of_its_movements_make_each_movement_once(arena):
    users = await arena.users(5, GOLD=10)
    calls = [call("spend", user, GOLD, 6, fresh("key")) for user in users]
    calls += [call("spend", user, GOLD, 4, fresh("key")) for user in users]
    calls += [call("topup", user, SILVER, 3, fresh("key")) for user in users]

    answers = await arena.together([batch(calls)] * 16 + calls * 2)

    for n, each in enumerate(calls):
        said = [many["results"][n] for many in answers[:16]] + answers[16:][n :: len(calls)]
        assert len(Answers(said).first_receipts) == 1
        assert len({receipt["transaction_id"] for receipt in said}) == 1
        assert await arena.movements(each.user, each.key) == 1
    for user in users:
        assert (await arena.balance(user, GOLD), await arena.balance(user, SILVER)) == (0, 3)
