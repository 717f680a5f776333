"""A support agent reads all, and grants and refunds as much at once as a setting says."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from gateway.settings import Settings, SettingsError

from .conftest import Caller

LIMIT = 100  # of GOLD, in the fixture `settings`


@pytest.fixture
async def traces(connect_module: Any) -> Callable[[], Awaitable[Any]]:
    """await traces(): all that a movement leaves."""
    database = await connect_module()

    async def read() -> Any:
        return await database.fetchval(
            """SELECT format('%s %s', (SELECT count(*) FROM wallet_private.transfer),
            (SELECT array_agg(w.* ORDER BY user_id, asset_id) FROM wallet_private.wallet AS w))"""
        )

    return read


async def refused(answer: Any, most: str) -> bool:
    problem = await answer.json()
    return (answer.status, problem["code"], problem["detail"]) == (
        403, "GW403", f"The role support may move at most {most} at once.",
    )  # fmt: skip


async def made(answer: Any) -> Any:
    assert answer.status in (200, 201), await answer.text()
    return await answer.json()


async def test_grants_up_to_the_limit(support: Caller, user: Caller, traces: Any) -> None:
    path = f"/v1/wallets/{user.user_id}/bonus"
    granted = await made(await support("POST", path, {"asset": "GOLD", "amount": LIMIT}))
    assert granted["balance"] == "200.00"
    before = await traces()
    body = {"asset": "GOLD", "amount": f"{LIMIT}.01"}
    assert await refused(await support("POST", path, body), "100 GOLD")
    assert await refused(await support("POST", path, body, params={"dry_run": "true"}), "100 GOLD")
    assert await traces() == before
    allowed = await support(
        "POST", path, {"asset": "GOLD", "amount": 1}, params={"dry_run": "true"}
    )
    assert allowed.status == 201 and await traces() == before


async def test_other_assets_are_not_for_support(
    support: Caller, admin: Caller, user: Caller, traces: Any
) -> None:
    code = f"S{uuid4().hex[:8].upper()}"
    await made(await admin("POST", "/v1/admin/assets", {"code": code, "name": "S"}))
    before = await traces()
    answer = await support(
        "POST", f"/v1/wallets/{user.user_id}/bonus", {"asset": code, "amount": 1}
    )
    assert await refused(answer, f"0 {code}") and await traces() == before


@pytest.mark.parametrize("body", [{}, {"amount": 101}, {"policy": "clamp"}])
async def test_refunds_up_to_the_limit(
    body: Any, support: Caller, service: Caller, new_user: Any, traces: Any
) -> None:
    """Also where the amount is not said, and where less than it could be taken."""
    ann = await new_user(0)
    wallet = f"/v1/wallets/{ann.user_id}"
    bought = await made(await service("POST", f"{wallet}/topup", {"asset": "GOLD", "amount": 150}))
    if body == {"policy": "clamp"}:
        await made(await service("POST", f"{wallet}/spend", {"asset": "GOLD", "amount": 149}))
    path = f"{wallet}/transactions/{bought['transaction_id']}/reverse"
    before = await traces()
    answer = await support("POST", path, {"reason": "by mistake", **body})
    assert await refused(answer, "100 GOLD") and await traces() == before
    if body != {"policy": "clamp"}:
        taken = await made(await support("POST", path, {"reason": "by mistake", "amount": LIMIT}))
        assert taken["balance"] == "50.00"


async def test_both_assets_of_a_conversion_count(
    support: Caller, admin: Caller, user: Caller, traces: Any
) -> None:
    code = f"S{uuid4().hex[:8].upper()}"
    await made(await admin("POST", "/v1/admin/assets", {"code": code, "name": "S"}))
    rate = {"from_amount": 1, "to_amount": 50}
    await made(await admin("PUT", f"/v1/admin/conversion-rates/GOLD/{code}", rate))
    wallet = f"/v1/wallets/{user.user_id}"
    body = {"from_asset": "GOLD", "to_asset": code, "amount": 1}
    converted = await made(await user("POST", f"{wallet}/convert", body))
    before = await traces()
    path = f"{wallet}/transactions/{converted['transaction_id']}/reverse"
    answer = await support("POST", path, {"reason": "by mistake"})
    assert await refused(answer, f"0 {code}") and await traces() == before


async def test_an_account_may_have_the_role(admin: Caller) -> None:
    body = {"email": f"{uuid4().hex}@example.com", "role": "support"}
    assert (await made(await admin("POST", "/v1/admin/users", body)))["role"] == "support"


@pytest.mark.parametrize("given", ["GOLD", "GOLD:", "GOLD:-1", "GOLD:1,", "gold:1", "GOLD:1;X:2"])
def test_a_limit_that_says_nothing_is_refused(given: str) -> None:
    secret = {"PGWALLET_JWT_SECRET": "a secret for tests, 32 bytes or more"}
    with pytest.raises(SettingsError, match="PGWALLET_SUPPORT_LIMITS"):
        Settings.from_env(secret | {"PGWALLET_SUPPORT_LIMITS": given})
