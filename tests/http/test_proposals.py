"""What is above a threshold waits for a second operator; services go on as ever."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestClient

from .conftest import Caller, make_token

MOST = 50


@pytest.fixture
async def other(gateway: TestClient) -> Caller:
    """Another admin."""
    return Caller(gateway, make_token("admin", "another"))


@pytest.fixture
async def asset(admin: Caller) -> str:
    """One of the test's own, with a threshold for what admins do with it."""
    code = f"S{uuid4().hex[:8].upper()}"
    await made(await admin("POST", "/v1/admin/assets", {"code": code, "name": "S"}))
    for function in ("bonus", "topup", "reverse"):
        path = f"/v1/admin/thresholds/{function}/{code}"
        set_ = await made(await admin("PUT", path, {"most": MOST}))
        assert set_ == {"function": function, "asset": code, "most": str(MOST)}
    return code


async def made(answer: Any) -> Any:
    assert answer.status in (200, 201), await answer.text()
    return await answer.json()


async def code_of(answer: Any) -> str:
    return str((await answer.json())["code"])


async def balance(admin: Caller, user: Caller, asset: str) -> Decimal:
    balances = (await made(await admin("GET", f"/v1/wallets/{user.user_id}")))["balances"]
    return sum((Decimal(row["balance"]) for row in balances if row["asset"] == asset), Decimal(0))


def batch(user: Caller, asset: str, *amounts: int) -> Any:
    requests = [
        {
            "user_id": user.user_id, "kind": "BONUS", "asset": asset, "amount": amount,
            "idempotency_key": str(uuid4()),
        }
        for amount in amounts
    ]  # fmt: skip
    return {"requests": requests}


async def test_an_admin_waits_and_a_service_does_not(
    admin: Caller, service: Caller, user: Caller, asset: str
) -> None:
    wallet, dry = f"/v1/wallets/{user.user_id}", {"dry_run": "true"}
    for way in ("bonus", "topup"):
        more = {"asset": asset, "amount": MOST + 1}
        for params in (None, dry):
            answer = await admin("POST", f"{wallet}/{way}", more, params=params)
            assert (answer.status, await code_of(answer)) == (409, "WA415")
            assert "Dry-Run" not in answer.headers
    answer = await admin("POST", "/v1/batches", batch(user, asset, 1, MOST + 1))
    assert await code_of(answer) == "WA415"
    assert await balance(admin, user, asset) == 0, "not even the first of the batch"

    # As much as one operator may; and what only a service may. A replay moves nothing.
    await made(await admin("POST", f"{wallet}/bonus", {"asset": asset, "amount": MOST}))
    await made(await admin("POST", "/v1/batches", batch(user, asset, MOST, MOST)))
    body = {"asset": asset, "amount": 1000}
    for way in ("bonus", "topup"):
        key = str(uuid4())
        given = await made(await service("POST", f"{wallet}/{way}", body, key=key))
        await made(await service("POST", f"{wallet}/{way}", body, params=dry))
        replay = await admin("POST", f"{wallet}/{way}", body, key=key)
        assert await made(replay) == given and "Idempotent-Replayed" in replay.headers
    await made(await service("POST", "/v1/batches", batch(user, asset, 1000)))
    assert await balance(admin, user, asset) == 3 * MOST + 3000
    path = f"{wallet}/transactions/{given['transaction_id']}/reverse"
    assert await code_of(await admin("POST", path, {"reason": "why"})) == "WA415"
    await made(await admin("POST", path, {"reason": "why", "amount": MOST}))


async def test_another_approves_and_it_runs_once(
    admin: Caller, other: Caller, user: Caller, asset: str
) -> None:
    arguments = {"user_id": user.user_id, "asset": asset, "amount": "51"}
    body = {"function": "bonus", "arguments": arguments, "reason": "the outage"}
    dry = await admin("POST", "/v1/admin/proposals", body, params={"dry_run": "true"})
    assert (await made(dry))["forecast"]["balance"] == "51"
    key = str(uuid4())
    proposal = await made(await admin("POST", "/v1/admin/proposals", body, key=key))
    assert (proposal["status"], proposal["proposed_by"]) == ("pending", "an admin")
    again = await admin("POST", "/v1/admin/proposals", body, key=key)
    assert await made(again) == proposal and "Idempotent-Replayed" in again.headers
    listed = await made(
        await other("GET", "/v1/admin/proposals", params={"status": "pending", "limit": 1})
    )
    assert listed["items"] == [proposal], "the dry run has left none"

    path, fine = f"/v1/admin/proposals/{proposal['proposal_id']}", {"reason": "as agreed"}
    assert await code_of(await admin("POST", f"{path}/approve", fine)) == "WA416"
    before = await made(await other("POST", f"{path}/approve", fine, params={"dry_run": "true"}))
    assert before["result"]["balance"] == "51" and await balance(admin, user, asset) == 0
    approved = await made(await other("POST", f"{path}/approve", fine, key=key))
    assert (approved["status"], approved["decided_by"]) == ("approved", "another")
    assert approved["result"]["amount"] == "51"
    replay = await other("POST", f"{path}/approve", fine, key=key)
    assert await made(replay) == approved and "Idempotent-Replayed" in replay.headers
    assert await code_of(await other("POST", f"{path}/approve", fine)) == "WA417"
    assert await code_of(await other("POST", f"{path}/reject", fine)) == "WA417"
    assert await balance(admin, user, asset) == 51
    transaction = await made(
        await admin(
            "GET", f"/v1/wallets/{user.user_id}/transactions/{approved['result']['transaction_id']}"
        )
    )
    assert transaction["actor"] == "an admin"
    assert transaction["idempotency_key"] == f"proposal:{proposal['proposal_id']}"


async def test_support_proposes_what_it_may_not_do(
    support: Caller, admin: Caller, user: Caller
) -> None:
    amount = {"asset": "GOLD", "amount": 101}
    answer = await support("POST", f"/v1/wallets/{user.user_id}/bonus", amount)
    assert answer.status == 403 and "Propose it" in (await answer.json())["hint"]
    arguments = amount | {"user_id": user.user_id}
    body = {"function": "bonus", "arguments": arguments, "reason": "why"}
    proposal = await made(await support("POST", "/v1/admin/proposals", body))
    path = f"/v1/admin/proposals/{proposal['proposal_id']}"
    assert (await support("POST", f"{path}/approve", {"reason": "me"})).status == 403
    await made(await admin("POST", f"{path}/approve", {"reason": "fine"}))
    assert await balance(admin, user, "GOLD") == 201


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": 5.5}, "GW422"),
        ({"amount": ["1"]}, "GW422"),
        ({"user_id": "ext:eve"}, "WA130"),
        ({"actor": "eve"}, "WA130"),
        ({"amount": "0"}, "WA102"),
    ],
)
async def test_a_call_that_can_not_be_made_is_no_proposal(
    change: Any, code: str, admin: Caller, user: Caller
) -> None:
    arguments = {"user_id": user.user_id, "asset": "GOLD", "amount": 1} | change
    body = {"function": "bonus", "arguments": arguments, "reason": "why"}
    assert await code_of(await admin("POST", "/v1/admin/proposals", body)) == code


async def test_a_threshold_is_lifted_by_two(admin: Caller, other: Caller, asset: str) -> None:
    path = f"/v1/admin/thresholds/bonus/{asset}"
    for body in ({"most": MOST + 1}, {"most": None}, {}):
        assert await code_of(await admin("PUT", path, body)) == "WA415"
    arguments = {"function": "bonus", "asset": asset, "most": None}
    body = {"function": "set_threshold", "arguments": arguments, "reason": "a sale"}
    proposal = await made(await admin("POST", "/v1/admin/proposals", body))
    approve = f"/v1/admin/proposals/{proposal['proposal_id']}/approve"
    await made(await other("POST", approve, {"reason": "fine"}))
    rows = (await made(await admin("GET", "/v1/admin/thresholds")))["items"]
    assert [row["function"] for row in rows if row["asset"] == asset] == ["reverse", "topup"]
