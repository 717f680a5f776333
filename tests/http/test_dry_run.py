"""dry_run=true: the answer or refusal that a movement would have, and nothing moved."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from gateway import types as t
from gateway.routes import ROUTES

from .conftest import Caller
from .test_matrix import body_for, catalogue, ids_of, thing

__all__ = ["catalogue", "thing"]

MOVEMENTS = [
    route for route in ROUTES if route.is_movement or route.body in (t.BatchRequest, t.GrantBatch)
]
# All that a movement may change.
TRACES = """
SELECT format('%s', ARRAY[
    (SELECT count(*)::text FROM wallet_private.transfer),
    (SELECT array_agg(w.* ORDER BY user_id, asset_id)::text FROM wallet_private.wallet AS w),
    (SELECT array_agg(h.* ORDER BY hold_id)::text FROM wallet_private.hold AS h),
    (SELECT array_agg(i.* ORDER BY item_id)::text FROM wallet_private.item AS i),
    (SELECT count(*)::text FROM wallet_private.purchase),
    (SELECT count(*)::text FROM wallet_private.task_completion),
    (SELECT count(*)::text FROM wallet_private.reversal),
    (SELECT count(*)::text FROM wallet_private.action),
    (SELECT array_agg(p.* ORDER BY proposal_id)::text FROM wallet_private.proposal AS p)
])"""
NEW = {  # of each movement its own
    "transaction_id", "hold_id", "proposal_id", "created_at", "expires_at", "decided_at"
}  # fmt: skip


def plain(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: plain(value) for name, value in answer.items() if name not in NEW}
    return [plain(each) for each in answer] if isinstance(answer, list) else answer


@pytest.mark.parametrize("route", MOVEMENTS, ids=lambda route: route.function)
async def test_it_answers_as_the_movement_and_moves_nothing(
    route: Any, admin: Caller, new_user: Any, catalogue: Any, thing: Any, connect_module: Any
) -> None:
    database = await connect_module()
    user = await new_user(100)
    ids = await ids_of(user, route.path, thing, catalogue["asset"]) | catalogue
    body, path, key = body_for("POST", route.path, ids), route.path.format_map(ids), uuid4().hex
    before = await database.fetchval(TRACES)
    dry = await admin("POST", path, body, key=key, params={"dry_run": "true"})
    assert dry.status == route.status, await dry.text()
    assert dry.headers["Dry-Run"] == "true" and "Idempotent-Replayed" not in dry.headers
    assert await database.fetchval(TRACES) == before

    real = await admin("POST", path, body, key=key, params={"dry_run": "false"})
    assert real.status == route.status and "Dry-Run" not in real.headers
    assert "Idempotent-Replayed" not in real.headers, "its key was not used"
    assert plain(await dry.json()) == plain(await real.json())
    assert await database.fetchval(TRACES) != before

    replay = await admin("POST", path, body, key=key, params={"dry_run": "true"})
    assert replay.headers["Dry-Run"] == "true"
    if route.is_movement:
        assert replay.headers["Idempotent-Replayed"] == "true"
        assert await replay.json() == await real.json()


async def test_it_refuses_as_the_movement(user: Caller, gold: str) -> None:
    dry = {"dry_run": "true"}
    for amount, code in ((1000, "WA401"), (0, "WA102")):
        body = {"asset": gold, "amount": amount}
        answer = await user("POST", "/v1/wallets/me/spend", body, params=dry)
        assert (await answer.json())["code"] == code
    body = {"asset": gold, "amount": 1}
    for path, status in (("topup", 403), ("spend", 201)):
        answer = await user("POST", f"/v1/wallets/me/{path}", body, params=dry)
        assert answer.status == status
    answer = await user("POST", "/v1/wallets/me/spend", body, params={"dry_run": "perhaps"})
    assert (answer.status, (await answer.json())["code"]) == (422, "GW422")


async def test_many_at_once_move_nothing(user: Caller, gold: str) -> None:
    """None of them goes in a group with one that is meant."""
    body = {"asset": gold, "amount": 1}
    answers = await asyncio.gather(
        *(
            user(
                "POST",
                "/v1/wallets/me/spend",
                body,
                params={"dry_run": "true"} if number % 2 else None,
            )
            for number in range(40)
        )
    )
    assert {answer.status for answer in answers} == {201}
    balance = await (await user("GET", f"/v1/wallets/me/balances/{gold}")).json()
    assert balance["balance"] == "80.00"
