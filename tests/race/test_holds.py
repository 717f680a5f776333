"""Holds: what is set aside is had by one, and what has expired by anyone."""

import asyncio
import itertools
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.race.arena import GOLD, alternate, call, fresh, without_replay

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)

every_meeting = pytest.mark.parametrize("meet", ["at once", "at the wallet"])


async def send(arena, meet, user, calls):
    if meet == "at once":
        return await arena.together(calls)
    return await arena.queue_for_user(user, calls)


async def place(arena, user, amount, expires_in=HOUR):
    hold = await arena.do("place_hold", user, GOLD, amount, expires_in, fresh("hold"))
    return hold["hold_id"]


async def find(arena, user, hold_id):
    holds = await arena.first.fetch("SELECT * FROM wallet.list_holds($1)", user)
    return next(hold for hold in holds if hold["hold_id"] == hold_id)


@every_meeting
async def test_captures_never_exceed_the_hold(arena, meet):
    user = await arena.user(GOLD=150)
    hold = await place(arena, user, 100)

    captures = [call("capture_hold", user, hold, 7, fresh("capture")) for _ in range(40)]
    answers = await send(arena, meet, user, captures)

    assert len(answers.receipts) == 14
    assert answers.refusals == {"WA407": 26}
    assert sorted(receipt["remaining"] for receipt in answers.receipts) == list(range(2, 94, 7))
    assert (await arena.balance(user, GOLD), await arena.held(user, GOLD)) == (52, 2)


@every_meeting
async def test_one_of_many_captures_takes_all_that_remains(arena, meet):
    user = await arena.user(GOLD=150)
    hold = await place(arena, user, 100)

    captures = [call("capture_hold", user, hold, None, fresh("capture")) for _ in range(40)]
    answers = await send(arena, meet, user, captures)

    assert [receipt["amount"] for receipt in answers.receipts] == [100]
    assert answers.refusals == {"WA307": 39}
    assert (await arena.balance(user, GOLD), await arena.held(user, GOLD)) == (50, 0)


@every_meeting
async def test_what_is_released_is_not_captured(arena, meet):
    for _ in range(5):
        user = await arena.user(GOLD=100)
        hold = await place(arena, user, 100)

        captures = [call("capture_hold", user, hold, 10, fresh("capture")) for _ in range(8)]
        releases = [call("release_hold", user, hold, fresh("release")) for _ in range(8)]
        answers = await send(arena, meet, user, alternate(captures, releases))

        [release] = [receipt for receipt in answers.receipts if "status" in receipt]
        captured = 10 * (len(answers.receipts) - 1)
        assert answers.refusals == {"WA307": 16 - len(answers.receipts)}
        assert (release["status"], release["captured"]) == ("released", captured)
        assert await arena.balance(user, GOLD) == 100 - captured
        assert await arena.held(user, GOLD) == 0


@every_meeting
async def test_units_are_either_spent_or_held(arena, meet):
    user = await arena.user(GOLD=100)

    spends = [call("spend", user, GOLD, 10, fresh("spend")) for _ in range(20)]
    holds = [call("place_hold", user, GOLD, 10, HOUR, fresh("hold")) for _ in range(20)]
    answers = await send(arena, meet, user, alternate(spends, holds))

    assert len(answers.receipts) == 10
    assert answers.refusals == {"WA401": 30}
    held = 10 * sum("hold_id" in receipt for receipt in answers.receipts)
    assert (await arena.balance(user, GOLD), await arena.held(user, GOLD)) == (held, held)


async def test_an_expired_hold_stands_in_nobodys_way(arena):
    """Whoever comes first tidies it; those who waited for that have their share too."""
    users = await arena.users(4, GOLD=300)
    for user in users:
        await place(arena, user, 300, SECOND)
    await asyncio.sleep(1.05)
    expired_at = datetime.now(UTC) - SECOND / 20

    for user, meet in zip(users, ["at once", "at the wallet"] * 2, strict=True):
        spends = [call("spend", user, GOLD, 10, fresh("spend")) for _ in range(50)]
        answers = await send(arena, meet, user, spends)
        assert (len(answers.receipts), answers.refusals) == (30, {"WA401": 20})
        assert min(receipt["created_at"] for receipt in answers.receipts) > expired_at
        assert (await arena.balance(user, GOLD), await arena.held(user, GOLD)) == (0, 0)


async def test_copies_of_a_request_for_what_an_expired_hold_held_make_one_movement(arena):
    users = await arena.users(4, GOLD=300)
    for user in users:
        await place(arena, user, 300, SECOND)
    await asyncio.sleep(1.05)

    requests = [
        call("spend", users[0], GOLD, 300, fresh("key")),
        call("place_hold", users[1], GOLD, 300, HOUR, fresh("key")),
        call("spend", users[2], GOLD, 300, fresh("key")),
        call("place_hold", users[3], GOLD, 300, HOUR, fresh("key")),
    ]
    for request, meet in zip(requests, ["at once", "at the wallet"] * 2, strict=True):
        answers = await send(arena, meet, request.user, [request] * 64)
        assert (len(answers.receipts), len(answers.first_receipts)) == (64, 1)
        assert {str(without_replay(receipt)) for receipt in answers.receipts} == {
            str(without_replay(answers.first_receipts[0]))
        }


async def test_capture_release_and_expiry_of_one_hold_agree(arena):
    users = await arena.users(12, GOLD=10000)
    holds = {user: await place(arena, user, 6000, SECOND) for user in users}
    for user in users:
        await place(arena, user, 10)  # It stays.
    chance = random.Random(3)
    turns = itertools.count(1)

    def movement():
        user = chance.choice(users)
        if next(turns) % 25 == 0:
            user = users[chance.randrange(6)]
            return call("release_hold", user, holds[user], fresh("release"))
        function = chance.choices(["capture_hold", "spend", "expire_holds"], [10, 2, 1])[0]
        if function == "spend":
            return call("spend", user, GOLD, 1, fresh("spend"))
        if function == "expire_holds":
            return call("expire_holds")
        return call("capture_hold", user, holds[user], 1, fresh("capture"))

    await asyncio.sleep(0.4)
    async with arena.watch("SELECT min(balance - held) FROM wallet_private.wallet") as seen:
        answers = await arena.keep_asking([movement] * 12, 0.9)

    assert answers.refusals.keys() <= {"WA307"}
    assert all(row["min"] >= 0 for row in seen)
    ends = {user: await find(arena, user, hold) for user, hold in holds.items()}
    for user, hold in ends.items():
        moved = Counter(r.get("kind") for r in answers.receipts if r.get("user_id") == user)
        assert (hold["captured"], hold["remaining"]) == (moved["CAPTURE"], 0)
        assert await arena.balance(user, GOLD) == 10000 - moved["CAPTURE"] - moved["SPEND"]
        assert await arena.held(user, GOLD) == 10
    assert {hold["status"] for hold in ends.values()} == {"expired", "released"}
