"""An erasure: once it has returned, nothing moves and nothing is written about the user."""

import asyncio
import random
from datetime import timedelta

import pytest

from tests.race.arena import GOLD, batch, call, fresh

HOUR = timedelta(hours=1)

# What is left to read about users who are erased.
TEXTS = """
SELECT count(*) FROM wallet_private.transfer AS t
JOIN wallet_private.user_account AS u USING (user_id)
WHERE u.status = 'erased' AND (t.reference IS NOT NULL OR t.metadata IS NOT NULL
    OR t.details ? 'reason' OR t.actor LIKE 'name of%')"""


async def spent_up(arena):
    """A user with nothing left, and a debit of his that can be reversed."""
    user = await arena.user(GOLD=5)
    spent = await arena.do("spend", user, GOLD, 5, fresh("spend"), "for somebody", '{"a": 1}')
    return user, spent["transaction_id"]


def movements(user, spent):
    given = {"reference": "about him", "actor": "name of a clerk"}
    return [
        call("topup", user, GOLD, 1, fresh("k"), **given),
        call("bonus", user, GOLD, 1, fresh("k"), **given),
        call("adjust", user, GOLD, 1, fresh("k"), "about him"),
        call("adjust", user, GOLD, 1, fresh("k"), "about him", actor="name of a clerk"),
        call("reverse", user, spent, 1, "he asked", fresh("k")),
        call("reverse", user, spent, 1, "he asked", fresh("k")),
        batch([call("bonus", user, GOLD, 1, fresh("k"))]),
        call("set_user_status", user, "frozen", "he was rude"),
        call("set_user_status", user, "active"),
        call("set_password", user, "hash"),
    ]


async def test_who_waits_with_an_erasure_is_before_it_or_refused(arena):
    chance = random.Random(14)
    for turn in range(12):
        user, spent = await spent_up(arena)
        calls = movements(user, spent)
        chance.shuffle(calls)
        if turn % 4:
            calls.insert(chance.choice([0, 1, 2]), call("erase_user", user, "asked for"))
            answers = await arena.queue_for_user(user, calls)
            assert answers.refusals.keys() <= {"WA350", "WA501", "WA504"}, answers.refusals
        else:
            async with arena.open_gate() as gate:
                await gate.do("erase_user", user, "asked for")
                queue = await arena.queue(calls)
            answers = await queue
            assert answers.refusals == {"WA504": len(answers) - 1}  # a batch answers by itself

        account = await arena.do("get_user", user)
        if account["status"] != "erased":
            assert turn % 4
            assert answers.refusals["WA350"] == 1
            continue
        moved = await arena.movements(user)
        assert await arena.balance(user, GOLD) == 0
        after = await arena.together(movements(user, spent))
        assert after.refusals == {"WA504": len(after) - 1}
        assert await arena.movements(user) == moved
    assert await arena.first.fetchval(TEXTS) == 0


async def test_many_erase_one_user_once(arena):
    user, _ = await spent_up(arena)
    answers = await arena.together(call("erase_user", user, "asked for") for _ in range(20))
    assert len(answers.receipts) == 20
    assert await arena.first.fetchval(
        "SELECT count(*) FROM wallet.operator_action"
        " WHERE name = 'erase_user' AND subject = $1::uuid::text", user,
    ) == 1  # fmt: skip


async def test_an_erasure_meets_the_first_movement_in_a_new_asset(arena):
    for _ in range(5):
        users = [await spent_up(arena) for _ in range(8)]
        asset = await arena.asset()
        calls = [
            each
            for user, _ in users
            for each in (
                call("adjust", user, asset, 1, fresh("k"), "about him"),
                call("erase_user", user, "asked for"),
            )
        ]
        answers = await arena.together(calls)
        assert answers.refusals.keys() <= {"WA350", "WA504"}
        assert len(answers.receipts) == len(users)


async def test_others_go_on_while_one_is_erased(arena):
    """One is erased whose history is long; another one's movements are not held up."""
    user, _ = await spent_up(arena)
    other = await arena.user(GOLD=1_000)
    async with arena.open_gate() as gate:
        await gate.do("erase_user", user, "asked for")
        spends = (call("spend", other, GOLD, 1, fresh("k")) for _ in range(20))
        answers = await asyncio.wait_for(arena.together(spends), 10)
    assert len(answers.receipts) == 20


@pytest.mark.parametrize("function", ["spend", "topup"])
async def test_a_retry_after_an_erasure_is_answered(arena, function):
    user = await arena.user(GOLD=5)
    calls = [
        call("topup", user, GOLD, 2, fresh("k"), "about him", actor="name of a clerk"),
        call("spend", user, GOLD, 7, fresh("k"), "about him", actor="name of a clerk"),
    ]
    first = [await arena.first.send(each) for each in calls]
    await arena.do("erase_user", user, "asked for")
    copies = await arena.together([calls[function == "spend"]] * 20)
    expected = first[function == "spend"] | {"reference": None, "is_replay": True}
    assert [dict(receipt) for receipt in copies.receipts] == [expected] * 20
