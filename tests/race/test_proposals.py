"""Several operators decide one proposal at once: its call runs once, or never."""

import json
import random

from tests.race.arena import GOLD, call, fresh
from tests.support.servers import every_version

pytestmark = every_version
ROUNDS = 5
AMOUNT = 7


async def proposed(arena, user):
    arguments = json.dumps({"user_id": str(user), "asset": GOLD, "amount": AMOUNT})
    made = await arena.do("propose", "bonus", arguments, "why", fresh("k"), actor="ada")
    return made["proposal_id"]


def approve(proposal, actor, key=None):
    return call("approve_proposal", proposal, "fine", key or fresh("k"), actor)


def reject(proposal, actor):
    return call("reject_proposal", proposal, "no", fresh("k"), actor)


async def state(arena, proposal):
    """Its status, and how often its call has run, as the ledger says."""
    return tuple(
        await arena.first.fetchrow(
            """SELECT p.status, (SELECT count(*) FROM wallet_private.transfer AS t
                WHERE t.idempotency_key = 'proposal:' || p.proposal_id)
            FROM wallet_private.proposal AS p WHERE p.proposal_id = $1""",
            proposal,
        )
    )


async def test_two_who_approve_at_once_run_it_once(arena):
    user = await arena.user()
    for _ in range(ROUNDS):
        proposal = await proposed(arena, user)
        answers = await arena.together(approve(proposal, f"checker {n % 8}") for n in range(16))
        assert len(answers.receipts) == 1 and answers.refusals == {"WA417": 15}
        assert await state(arena, proposal) == ("approved", 1)


async def test_copies_of_an_approval_answer_as_it_does(arena):
    user = await arena.user()
    proposal = await proposed(arena, user)
    answers = await arena.together([approve(proposal, "bob", "same")] * 16)
    assert len(answers.first_receipts) == 1 and len(answers.receipts) == 16
    assert len({answer["result"] for answer in answers.receipts}) == 1
    assert await state(arena, proposal) == ("approved", 1)


async def test_approved_or_rejected_but_not_both(arena):
    user = await arena.user()
    for number in range(2 * ROUNDS):
        proposal = await proposed(arena, user)
        calls = [
            each for _ in range(4) for each in (approve(proposal, "bob"), reject(proposal, "carol"))
        ]
        answers = await arena.together(calls if number % 2 else reversed(calls))
        assert len(answers.receipts) == 1 and answers.refusals == {"WA417": 7}
        status, runs = await state(arena, proposal)
        assert runs == (status == "approved")


async def test_who_proposes_never_approves(arena):
    """Also while others do."""
    user = await arena.user()
    for _ in range(ROUNDS):
        proposal = await proposed(arena, user)
        answers = await arena.together([approve(proposal, "ada") for _ in range(8)])
        assert answers.refusals == {"WA416": 8}
        calls = [*(approve(proposal, "ada") for _ in range(8)), approve(proposal, "bob")]
        answers = await arena.together(calls)
        assert [answer["decided_by"] for answer in answers.receipts] == ["bob"]
        assert answers.refusals.keys() <= {"WA416", "WA417"}
        assert await state(arena, proposal) == ("approved", 1)


async def test_copies_of_a_proposal_make_one(arena):
    user = await arena.user()
    arguments = json.dumps({"user_id": str(user), "asset": GOLD, "amount": AMOUNT})
    same = call("propose", "bonus", arguments, "why", fresh("k"), actor="ada")
    answers = await arena.together([same] * 16)
    assert len(answers.first_receipts) == 1 and len(answers.receipts) == 16
    assert len({answer["proposal_id"] for answer in answers.receipts}) == 1


async def test_thresholds_that_are_set_at_once_end_as_low_as_the_lowest(arena):
    """Each is compared with the one before it, so none lifts another."""
    for _ in range(ROUNDS):
        asset = await arena.asset()
        amounts = random.sample(range(1, 17), 16)
        answers = await arena.together(
            call("set_threshold", "bonus", asset, most) for most in amounts
        )
        assert answers.receipts and answers.refusals.keys() <= {"WA415"}
        rows = await arena.first.fetch(
            "SELECT most FROM wallet.list_thresholds() WHERE asset = $1", asset
        )
        assert [row["most"] for row in rows] == [1]
