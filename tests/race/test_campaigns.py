"""Grants of one campaign at once: each user once, and never a unit beyond the budget."""

import random

import pytest

from tests.race.arena import COPPER, GOLD, Refusal, call, fresh
from tests.support.servers import every_version

pytestmark = every_version
ROUNDS = 5


async def campaign(arena, asset=COPPER, budget=None):
    made = await arena.do("create_campaign", fresh("CAMPAIGN"), asset, budget)
    return made["campaign"]


def grant(campaign, grants):
    """A call of grant_batch, of (user, amount)."""
    requests = [(user, None, None, amount, None) for user, amount in grants]
    return call("grant_batch", campaign, requests)


def results(answers):
    assert not [answer for answer in answers if isinstance(answer, Refusal)], answers
    return list(answers)


async def state(arena, code):
    rows = await arena.first.fetch("SELECT * FROM wallet.list_campaigns()")
    [found] = [row for row in rows if row["campaign"] == code]
    return found


async def paid(arena, code):
    """What the ledger says."""
    return await arena.first.fetchval(
        "SELECT coalesce(sum(amount), 0) FROM wallet_private.transfer WHERE idempotency_key = $1",
        f"campaign:{code}",
    )


@pytest.mark.parametrize("asset", [COPPER, "CAPPED"])
async def test_the_same_grants_at_once_pay_each_user_once(arena, asset):
    if asset == "CAPPED":
        asset = await arena.asset(supply=1000)
    users = await arena.users(20)
    for _ in range(ROUNDS):
        code = await campaign(arena, asset, 20)
        calls = []
        for _ in range(16):
            random.shuffle(users)
            calls.append(grant(code, [(user, 1) for user in users]))
        answers = results(await arena.together(calls))
        assert sum(answer["users"] for answer in answers) == 20
        assert sum(answer["replays"] for answer in answers) == 15 * 20
        found = await state(arena, code)
        assert (found["granted"], found["users"], found["remaining"]) == (20, 20, 0)
        assert await paid(arena, code) == 20


async def test_different_users_at_the_edge_of_the_budget(arena):
    """No call gets beyond it, and nothing is left that somebody who was refused could have had."""
    users = await arena.users(64)
    for _ in range(ROUNDS):
        code = await campaign(arena, COPPER, 50)
        calls = [
            grant(code, [(user, random.randint(1, 4)) for user in users[n : n + 4]])
            for n in range(0, len(users), 4)
        ]
        answers = results(await arena.together(calls))
        amounts = [amount for each in calls for *_, amount, _ in each.arguments[1]]
        refused = [
            each.arguments[1][refusal["ord"] - 1][3]
            for each, answer in zip(calls, answers, strict=True)
            for refusal in answer["refusals"]
        ]
        codes = {refusal["code"] for answer in answers for refusal in answer["refusals"]}
        found = await state(arena, code)
        assert codes <= {"WA410"}
        assert found["granted"] == sum(amounts) - sum(refused) == await paid(arena, code)
        assert found["granted"] <= 50
        assert all(amount > found["remaining"] for amount in refused)


async def test_who_is_frozen_meanwhile_is_paid_or_refused_but_not_counted_wrongly(arena):
    for _ in range(ROUNDS):
        users = await arena.users(12)
        code = await campaign(arena, COPPER, 8)
        calls = [grant(code, [(user, 1) for user in users]) for _ in range(4)]
        calls += [call("set_user_status", user, "frozen") for user in users[:4]]
        answers = results(await arena.together(calls))
        granted = sum(answer.get("users", 0) for answer in answers)
        found = await state(arena, code)
        assert granted == found["users"] == found["granted"] == await paid(arena, code) <= 8


@pytest.mark.parametrize("budget", [32, None])
async def test_budget_is_changed_meanwhile(arena, budget):
    users = await arena.users(32)
    for _ in range(ROUNDS):
        code = await campaign(arena, COPPER, budget)
        calls = [grant(code, [(user, 1) for user in users[n : n + 4]]) for n in range(0, 32, 4)]
        changes = [call("change_budget", code, n) for n in (8, 16, 20)]
        answers = await arena.together([*changes, *calls])
        found = await state(arena, code)
        if all(isinstance(answer, Refusal) for answer in answers[:3]):
            assert found["budget"] == budget
        else:
            assert found["granted"] <= found["budget"] == found["granted"] + found["remaining"]
        assert found["granted"] == found["users"] == await paid(arena, code)


async def test_grants_beside_spends_and_batches_of_the_same_users(arena):
    users = await arena.users(16, GOLD=100)
    for _ in range(ROUNDS):
        codes = [await campaign(arena, GOLD, 10) for _ in range(3)]
        calls = []
        for code in codes:
            for _ in range(4):
                random.shuffle(users)
                calls.append(grant(code, [(user, 1) for user in users]))
        calls += [call("spend", user, GOLD, 1, fresh("key")) for user in users for _ in range(2)]
        random.shuffle(calls)
        results(await arena.together(calls))
        for code in codes:
            assert (await state(arena, code))["granted"] == 10 == await paid(arena, code)


async def test_users_are_imported_once(arena):
    for _ in range(ROUNDS):
        name = fresh("import")
        requests = [(f"{name}-{n}", None, f"{name}-{n}@example.com", None) for n in range(30)]
        calls = []
        for _ in range(12):
            random.shuffle(requests)
            calls.append(call("import_users", requests[:]))
        answers = results(await arena.together(calls))
        assert sum(answer["users"] for answer in answers) == 30
        assert all(answer["users"] + answer["replays"] == 30 for answer in answers)
        count = "SELECT count(*) FROM wallet_private.user_account WHERE external_id LIKE $1"
        assert await arena.first.fetchval(count, f"{name}-%") == 30
