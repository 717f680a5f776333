"""What the wallet is for, over HTTP on the demo's economy, with grouping and without."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestClient
from msgspec.structs import replace

from gateway.app import create_app
from gateway.routes import ROUTES
from pgwallet import DB_DIR

from .conftest import Caller, make_token, problem

PASSWORD = "correct horse"


@pytest.fixture(params=["on", "off"])
async def gateway(request, aiohttp_client, settings, module_database) -> TestClient:
    """The gateway on a database with the demo seed."""
    module_database.psql((DB_DIR / "seed" / "demo.sql").read_text())
    return await aiohttp_client(create_app(replace(settings, grouping=request.param)))


@pytest.fixture
async def eve(gateway: TestClient, anyone: Caller) -> Caller:
    """A user who has just signed up and logged in."""
    email = f"{uuid4()}@example.com"
    body = {"name": "Eve", "email": email, "phone": "+44 20 7946 0000", "password": PASSWORD}
    signed_up = await anyone("POST", "/v1/auth/signup", body, key=None)
    assert signed_up.status == 201
    logged_in = await anyone(
        "POST", "/v1/auth/login", {"email": email, "password": PASSWORD}, key=None
    )
    answer = await logged_in.json()
    assert answer["user_id"] == (await signed_up.json())["user_id"] and answer["role"] == "user"
    return Caller(gateway, answer["token"], answer["user_id"])


async def balance(caller: Caller, asset: str) -> str:
    answer = await caller("GET", f"/v1/wallets/{caller.user_id}/balances/{asset}")
    return (await answer.json())["balance"]


async def credit(service: Caller, user: Caller, asset: str, amount: int, **more: Any) -> Any:
    body = {"asset": asset, "amount": amount}
    return await service("POST", f"/v1/wallets/{user.user_id}/topup", body, **more)


async def assert_sound(admin: Caller) -> None:
    assert (await (await admin("GET", "/v1/admin/verify")).json())["items"] == []


async def test_1_a_user_signs_up_and_gets_a_wallet_in_every_asset(eve, admin):
    answer = await (await eve("GET", "/v1/wallets/me")).json()
    balances = {each["asset"]: each["balance"] for each in answer["balances"]}
    assert balances == {"DIAMOND": "0", "GOLD": "100", "POINTS": "0.00", "SILVER": "0"}
    history = await (await eve("GET", "/v1/wallets/me/transactions")).json()
    assert [(each["kind"], each["amount"]) for each in history["items"]] == [("BONUS", "100")]
    await assert_sound(admin)


async def test_2_a_user_completes_a_task_converts_and_buys(eve, service, admin):
    tasks = (await (await eve("GET", "/v1/tasks")).json())["items"]
    tutorial = next(each["task_id"] for each in tasks if each["code"] == "tutorial")
    path = f"/v1/wallets/{eve.user_id}/tasks/{tutorial}/complete"
    done = await (await service("POST", path)).json()
    assert (done["kind"], done["amount"], done["balance"]) == ("TASK", "100", "100")

    body = {"from_asset": "SILVER", "to_asset": "GOLD", "amount": 50}
    converted = await (await eve("POST", "/v1/wallets/me/convert", body)).json()
    assert (converted["from_balance"], converted["to_amount"], converted["to_balance"]) == (
        "50", "1", "101",
    )  # fmt: skip
    body = {"from_asset": "GOLD", "to_asset": "DIAMOND", "amount": 50}
    converted = await (await eve("POST", "/v1/wallets/me/convert", body)).json()
    assert (converted["from_balance"], converted["to_balance"]) == ("51", "1")

    body = {"from_asset": "SILVER", "to_asset": "GOLD", "amount": 75}
    refused = await eve("POST", "/v1/wallets/me/convert", body)
    assert await problem(refused) == (422, "WA107")
    assert (await refused.json(content_type=None))["hint"] == "Nearest: 50 or 100."
    assert (await balance(eve, "SILVER"), await balance(eve, "GOLD")) == ("50", "51")

    items = (await (await eve("GET", "/v1/items")).json())["items"]
    sword = next(each for each in items if each["code"] == "sword")
    buy = f"/v1/wallets/me/items/{sword['item_id']}/buy"
    body = {"quantity": 1, "expected_price": sword["price"]}
    bought = await (await eve("POST", buy, body)).json()
    assert (bought["kind"], bought["amount"], bought["balance"]) == ("PURCHASE", "30", "21")
    assert (bought["item_id"], bought["quantity"]) == (sword["item_id"], 1)
    refused = await eve("POST", buy, body)
    assert await problem(refused) == (409, "WA401")
    detail = (await refused.json(content_type=None))["detail"]
    assert detail == "30 GOLD is needed, 21 is available: 9 is missing."
    await assert_sound(admin)


async def test_3_a_payment_that_is_delivered_twice_is_credited_once(eve, service, admin):
    body = {"asset": "GOLD", "amount": "500", "reference": "payment 42"}
    path = f"/v1/wallets/{eve.user_id}/topup"
    first = await service("POST", path, body, key="payment-42")
    second = await service("POST", path, body, key="payment-42")
    assert (first.status, second.status) == (201, 201)
    assert await first.read() == await second.read()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    bonus = await service(
        "POST", f"/v1/wallets/{eve.user_id}/bonus", {"asset": "POINTS", "amount": "2.5"}
    )
    assert (await bonus.json())["balance"] == "2.50"
    assert await balance(eve, "GOLD") == "600"
    other = await service("POST", path, body | {"amount": "501"}, key="payment-42")
    assert await problem(other) == (422, "WA301")
    await assert_sound(admin)


async def test_4_history_and_ledger_by_asset_and_kind_newest_first(eve, service):
    for amount in range(1, 8):
        await credit(service, eve, "SILVER", amount)
    await eve("POST", "/v1/wallets/me/spend", {"asset": "SILVER", "amount": 3})

    path, seen = "/v1/wallets/me/transactions?asset=SILVER&limit=3", []
    cursor: str | None = ""
    while cursor is not None:
        page = await (await eve("GET", path + (f"&cursor={cursor}" if cursor else ""))).json()
        seen += [(each["kind"], each["amount"]) for each in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [("SPEND", "3")] + [("TOPUP", str(amount)) for amount in range(7, 0, -1)]

    spends = await (await eve("GET", "/v1/wallets/me/transactions?kind=SPEND")).json()
    [spend] = spends["items"]
    one = await (await eve("GET", f"/v1/wallets/me/transactions/{spend['transaction_id']}")).json()
    entries = [
        (each["entry_type"], each["account"], each["amount"], each["balance_after"])
        for each in one["entries"]
    ]
    assert entries == [("DEBIT", "USER", "3", "25"), ("CREDIT", "TREASURY", "3", None)]
    ledger = await (await eve("GET", "/v1/wallets/me/ledger?asset=SILVER&limit=2")).json()
    assert [each["entry_type"] for each in ledger["items"]] == ["DEBIT", "CREDIT"]


async def test_5_of_50_spends_of_10_from_300_exactly_30_succeed(eve, service, admin):
    await credit(service, eve, "SILVER", 300)
    body = {"asset": "SILVER", "amount": 10}
    answers = await asyncio.gather(*(eve("POST", "/v1/wallets/me/spend", body) for _ in range(50)))
    assert Counter(each.status for each in answers) == {201: 30, 409: 20}
    for each in answers:
        if each.status == 409:
            assert await problem(each) == (409, "WA401")
    assert await balance(eve, "SILVER") == "0"
    await assert_sound(admin)


async def test_5_64_copies_of_a_request_make_one_movement(eve, service, admin):
    await credit(service, eve, "SILVER", 10)
    body = {"asset": "SILVER", "amount": 10}
    answers = await asyncio.gather(
        *(eve("POST", "/v1/wallets/me/spend", body, key="once") for _ in range(64))
    )
    assert {each.status for each in answers} == {201}
    assert len({await each.read() for each in answers}) == 1
    replays = Counter(each.headers.get("Idempotent-Replayed") for each in answers)
    assert replays == {"true": 63, None: 1}
    assert await balance(eve, "SILVER") == "0"
    await assert_sound(admin)


async def test_6_the_last_unit_of_a_capped_asset_is_issued_once(eve, service, admin):
    code = f"CAPPED_{uuid4().hex[:8].upper()}"
    body = {"code": code, "name": "Capped", "supply": 1000}
    assert (await admin("POST", "/v1/admin/assets", body)).status == 201
    assert (await credit(service, eve, code, 999)).status == 201
    answers = await asyncio.gather(*(credit(service, eve, code, 1) for _ in range(50)))
    assert Counter(each.status for each in answers) == {201: 1, 409: 49}
    refusals = {await problem(each) for each in answers if each.status == 409}
    assert refusals == {(409, "WA402")}
    assert await balance(eve, code) == "1000"
    await assert_sound(admin)


async def test_7_no_route_moves_units_between_users(eve, gateway):
    for route in ROUTES:
        names = [*route.path_fields, *(route.body.__struct_fields__ if route.body else ())]
        assert sum("user" in name for name in names) <= 1, route.path
    stranger = Caller(gateway, make_token("user", str(uuid4())))
    body = {"asset": "GOLD", "amount": 1}
    refused = await stranger("POST", f"/v1/wallets/{eve.user_id}/spend", body)
    assert await problem(refused) == (404, "WA201")
