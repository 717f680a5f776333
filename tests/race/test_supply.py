"""A capped asset: never over its cap, and none of it left that could be issued."""

import random

import asyncpg
import pytest

from tests.race.arena import LOCK_SUPPLY, SILVER, Answers, Arena, batch, call, fresh

CAP_AND_OUTSTANDING = """
SELECT a.supply AS cap, (
    SELECT coalesce(sum(w.balance), 0) FROM wallet_private.wallet AS w
    WHERE w.asset_id = a.asset_id
) AS outstanding
FROM wallet_private.asset AS a
WHERE a.code = $1"""

SECONDS = 2


@pytest.mark.parametrize("meet", ["at once", "at the stripes"])
async def test_the_last_unit_goes_to_one_of_50_users(arena, meet):
    capped = await arena.asset(supply=1000)
    await arena.user(**{capped: 999})
    credits = [call("bonus", user, capped, 1, fresh("bonus")) for user in await arena.users(50)]

    if meet == "at once":
        answers = await arena.together(credits)
    else:
        async with arena.open_gate() as gate:
            await gate.execute(LOCK_SUPPLY, capped)
            queue = await arena.queue(credits)
        answers = await queue

    assert len(answers.receipts) == 1
    assert answers.refusals == {"WA402": 49}
    assert await arena.outstanding(capped) == 1000


async def test_what_is_spread_over_the_stripes_is_issued_to_the_last_unit(arena):
    capped = await arena.asset(supply=100)
    users = await arena.users(60)

    answers = await arena.together(call("topup", user, capped, 3, fresh("topup")) for user in users)

    assert len(answers.receipts) == 33
    assert answers.refusals == {"WA402": 27}
    await arena.topup(users[0], capped, 1)
    assert await arena.outstanding(capped) == 100


async def test_sign_ups_at_the_edge_of_the_cap_all_join(arena):
    capped = await arena.asset(supply=100, sign_up_bonus=3)

    answers = await arena.together(
        call("sign_up", "Zoe", f"{fresh('zoe')}@example.com", None, "hash") for _ in range(64)
    )
    await arena.do("update_asset", capped, sign_up_bonus=0)

    joined = {each["user_id"]: each["refused_bonuses"] for each in answers.receipts}
    assert len(joined) == 64
    paid = [user for user, refused in joined.items() if refused == []]
    assert len(paid) == 33
    assert [refused for refused in joined.values() if refused] == [[capped]] * 31
    for user in joined:
        assert await arena.balance(user, capped) == (3 if user in paid else 0)
    assert await arena.outstanding(capped) == 99


async def test_a_duplicate_of_the_credit_that_took_the_last_unit_is_not_refused(arena):
    capped = await arena.asset(supply=10)
    users = await arena.users(16)
    requests = [call("topup", user, capped, 10, fresh("topup")) for user in users]

    answers = await arena.together(requests * 4)

    [first] = answers.first_receipts
    assert all(r["transaction_id"] == first["transaction_id"] for r in answers.receipts)
    assert len(answers.receipts) == 4
    assert answers.refusals == {"WA402": 60}


async def test_users_of_two_stripes_that_are_used_up_meanwhile_do_not_block_each_other(arena):
    """Each waits for its own stripe, finds it empty, and then needs the others'."""
    by_stripe = await users_by_stripe(arena, {3, 9})
    for _ in range(20):
        capped = await arena.asset(supply=16)  # One in each stripe.
        async with arena.open_gate() as gate:
            for stripe in (3, 9):
                await gate.do("topup", by_stripe[stripe][0], capped, 1, fresh("topup"))
            queue = await arena.queue(
                call("topup", by_stripe[stripe][1], capped, 1, fresh("topup")) for stripe in (3, 9)
            )
        answers = await queue
        assert len(answers.receipts) == 2


async def test_random_movements_near_the_cap_never_exceed_it(arena):
    capped = await arena.asset(supply=100)
    await arena.do("set_conversion_rate", capped, SILVER, 1, 1)
    await arena.do("set_conversion_rate", SILVER, capped, 1, 1)
    users = await arena.users(12, SILVER=100, **{capped: 8})
    chance = random.Random(1)

    def movement():
        user, amount = chance.choice(users), chance.randint(1, 3)
        kind = chance.choices(["topup", "spend", "there", "back"], [5, 3, 2, 1])[0]
        if kind == "there":
            return call("convert", user, SILVER, capped, amount, fresh("convert"))
        if kind == "back":
            return call("convert", user, capped, SILVER, amount, fresh("convert"))
        return call(kind, user, capped, amount, fresh(kind))

    async with arena.watch(CAP_AND_OUTSTANDING, capped) as seen:
        answers = await arena.keep_asking([movement] * 24, SECONDS)

    assert answers.refusals.keys() == {"WA401", "WA402"}
    assert len(seen) > 50
    assert all(row["outstanding"] <= row["cap"] for row in seen)
    assert max(row["outstanding"] for row in seen) > 95

    left = 100 - await arena.outstanding(capped)
    rest = [call("topup", users[0], capped, 1, fresh("topup")) for _ in range(int(left) + 1)]
    assert (await arena.together(rest)).refusals == {"WA402": 1}


async def test_a_cap_that_is_set_meanwhile_counts_for_those_who_waited_for_it(arena):
    asset = await arena.asset()
    users, task = await arena.users(10, SILVER=10), await arena.task(asset, 1)
    await arena.do("set_conversion_rate", SILVER, asset, 1, 1)

    def credits():
        for user in users:
            yield call("topup", user, asset, 1, fresh("topup"))
            yield call("convert", user, SILVER, asset, 1, fresh("convert"))
            yield call("complete_task", user, task, fresh("task"))
            yield batch([call("bonus", user, asset, 1, fresh("bonus"))])

    await arena.together(credits())
    async with arena.open_gate() as gate:
        await gate.do("change_supply", asset, 50)
        queue = await arena.queue(credits())
    answers = await queue

    batched = Answers(each for answer in answers.receipts for each in answer.get("results", []))
    assert answers.refusals + batched.refusals == {"WA402": 30}
    assert await arena.outstanding(asset) == 50


async def test_a_cap_that_is_set_meanwhile_is_given_back_what_those_who_waited_remove(arena):
    asset = await arena.asset()
    await arena.do("set_conversion_rate", asset, SILVER, 1, 1)
    users, item = await arena.users(10, **{asset: 10}), await arena.item(asset, 1)

    def debits():
        for user in users:
            yield call("spend", user, asset, 1, fresh("spend"))
            yield call("convert", user, asset, SILVER, 1, fresh("convert"))
            yield call("buy_item", user, item, 1, 1, fresh("buy"))
            yield batch([call("spend", user, asset, 1, fresh("spend"))])

    await arena.together(debits())
    async with arena.open_gate() as gate:
        await gate.do("change_supply", asset, 100)
        queue = await arena.queue(debits())

    assert len((await queue).receipts) == 40
    assert await arena.outstanding(asset) == 20
    await arena.topup(users[0], asset, 80)


async def test_a_cap_that_is_lifted_meanwhile_binds_nobody_who_waited_for_it(arena):
    capped = await arena.asset(supply=5)
    users = await arena.users(20)
    async with arena.open_gate() as gate:
        await gate.do("change_supply", capped, None)
        queue = await arena.queue(call("topup", user, capped, 1, fresh("topup")) for user in users)
    answers = await queue

    assert len(answers.receipts) == 20


async def test_a_cap_counts_the_movements_that_were_in_progress(arena):
    asset = await arena.asset()
    user = await arena.user()
    async with arena.open_gate() as gate:
        await gate.do("topup", user, asset, 10, fresh("topup"))
        queue = await arena.queue([call("change_supply", asset, 9)])
    assert (await queue).refusals == {"WA409": 1}

    async with arena.open_gate() as gate:
        await gate.do("topup", user, asset, 10, fresh("topup"))
        queue = await arena.queue([call("change_supply", asset, 21)])
    assert (await queue)[0]["supply"] == 21
    assert (await arena.do("treasury", asset))["remaining"] == 1


@pytest.mark.parametrize("isolation", ["repeatable_read", "serializable"])
@pytest.mark.parametrize("has_wallet", [True, False])
async def test_a_cap_that_an_old_snapshot_does_not_show_binds_it_too(arena, isolation, has_wallet):
    asset = await arena.asset()
    user = await arena.user(**({asset: 1} if has_wallet else {}))
    if not has_wallet:
        await arena.first.execute("DELETE FROM wallet_private.wallet WHERE user_id = $1", user)
    old = await arena.connect()
    transaction = old.connection.transaction(isolation=isolation)
    await transaction.start()
    await old.fetch("SELECT FROM wallet_private.asset")

    await arena.do("change_supply", asset, 5)
    with pytest.raises(asyncpg.SerializationError):
        await old.do("topup", user, asset, 8, fresh("topup"))
    await transaction.rollback()

    with pytest.raises(asyncpg.PostgresError) as refused:
        async with old.connection.transaction(isolation=isolation):
            await old.do("change_supply", asset, 6)
    assert refused.value.sqlstate == "WA502"
    old.connection.terminate()
    assert await arena.outstanding(asset) == (1 if has_wallet else 0)


async def test_a_campaign_and_an_import_in_an_old_snapshot_heed_a_cap_too(arena):
    asset = await arena.asset()
    user = await arena.user()
    await arena.first.execute("DELETE FROM wallet_private.wallet WHERE user_id = $1", user)
    campaign = fresh("CAMPAIGN")
    await arena.do("create_campaign", campaign, asset)
    grant, stranger = (user, None, None, 8, None), (fresh("player"), None, None, None)
    for function, arguments in (
        ("grant_batch", (campaign, [grant])),
        ("import_users", ([stranger],)),
    ):
        old = await arena.connect()
        transaction = old.connection.transaction(isolation="repeatable_read")
        await transaction.start()
        await old.fetch("SELECT FROM wallet_private.asset")
        await arena.do("change_supply", asset, 5)
        with pytest.raises(asyncpg.SerializationError):
            await old.do(function, *arguments)
        await transaction.rollback()
        old.connection.terminate()
    assert await arena.outstanding(asset) == 0


async def test_caps_change_while_units_move(arena):
    asset = await arena.asset()
    users = await arena.users(8, **{asset: 10})
    chance = random.Random(2)

    def move():
        kind = chance.choice(["topup", "spend"])
        return call(kind, chance.choice(users), asset, chance.randint(1, 5), fresh(kind))

    def change():
        return call("change_supply", asset, chance.choice([None, None, 90, 100, 120, 2000]))

    async with arena.watch(CAP_AND_OUTSTANDING, asset) as seen:
        answers = await arena.keep_asking([change, *[move] * 9], 10 * SECONDS, limit=8000)

    assert answers.refusals.keys() <= {"WA401", "WA402", "WA409"}
    assert all(row["cap"] is None or row["outstanding"] <= row["cap"] for row in seen)
    assert len({row["cap"] for row in seen}) > 1


async def users_by_stripe(arena: Arena, stripes: set[int]) -> dict[int, list]:
    """Two users each whose credits of a capped asset come from these stripes first."""
    found: dict[int, list] = {stripe: [] for stripe in stripes}
    while any(len(users) < 2 for users in found.values()):
        user = await arena.user()
        stripe = await arena.first.fetchval("SELECT hashtext($1::text) & 15", str(user))
        found.get(stripe, []).append(user)
    return found
