"""Events over HTTP: a cursor acknowledges, a request waits, one query asks for all who do."""

import asyncio
import re
import time
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from gateway.app import create_app
from gateway.database import Pool
from gateway.settings import Settings

from .conftest import Caller, make_token


@pytest.fixture
async def warehouse(service: Caller) -> str:
    """The code of a new subscription."""
    body = {"code": f"w{uuid4().hex[:8]}", "kinds": ["SPEND", "TOPUP"]}
    answer = await service("POST", "/v1/subscriptions", body)
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["subscription"])


async def read(caller: Caller, subscription: str, **more: Any) -> Any:
    answer = await caller("GET", "/v1/events", params={"subscription": subscription, **more})
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def test_a_cursor_acknowledges_and_goes_on(
    service: Caller, warehouse: str, user: Caller, gold: str
) -> None:
    for amount in (1, 2, 3):
        body = {"asset": gold, "amount": amount, "reference": f"order-{amount}"}
        assert (await user("POST", "/v1/wallets/me/spend", body)).status == 201
    hold = {"asset": gold, "amount": 1, "expires_in": 60}
    await service("POST", f"/v1/wallets/{user.user_id}/holds", hold)

    page = await read(service, warehouse, limit=3)
    assert [(e["kind"], e["amount"], e["seq"]) for e in page["events"]] == [
        ("TOPUP", "100.00", 1),
        ("SPEND", "1.00", 2),
        ("SPEND", "2.00", 3),
    ]
    assert page["events"][2]["user_id"] == user.user_id
    assert page["events"][2]["reference"] == "order-2"
    assert not page["is_last"]
    again = await read(service, warehouse, limit=3)
    assert again == page, "nothing was acknowledged"

    more = await read(service, warehouse, cursor=page["next_cursor"])
    assert [event["amount"] for event in more["events"]] == ["3.00"], "no hold"
    assert more["is_last"]
    assert await read(service, warehouse) == more, "that cursor was acknowledged"
    mine = [s for s in await subscriptions(service) if s["subscription"] == warehouse]
    assert [(s["behind"], s["kinds"], s["acknowledged_cursor"]) for s in mine] == [
        (2, ["SPEND", "TOPUP"], page["next_cursor"])
    ]


async def subscriptions(caller: Caller) -> Any:
    return (await (await caller("GET", "/v1/subscriptions")).json())["items"]


async def test_a_subscription_is_changed_and_ended(service: Caller, warehouse: str) -> None:
    path = f"/v1/subscriptions/{warehouse}"
    changed = await (await service("PATCH", path, {"kinds": ["BONUS"]})).json()
    assert changed["kinds"] == ["BONUS"]
    ended = await service("DELETE", path)
    assert (ended.status, await ended.json()) == (200, {})
    answer = await service("GET", "/v1/events", params={"subscription": warehouse})
    assert (answer.status, (await answer.json())["code"]) == (404, "WA220")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": "0"}, "GW422"),
        ({"limit": "1001"}, "GW422"),
        ({"wait": "21"}, "GW422"),
        ({"cursor": "x"}, "WA108"),
        ({"dry_run": "true"}, "GW422"),
    ],
)
async def test_what_is_wrong_is_refused(
    service: Caller, warehouse: str, query: dict[str, str], code: str
) -> None:
    answer = await service("GET", "/v1/events", params={"subscription": warehouse, **query})
    assert (answer.status, (await answer.json())["code"]) == (422, code)


async def test_who_waits_is_told_at_once(
    service: Caller, warehouse: str, new_user: Any, gold: str
) -> None:
    user = await new_user()
    page = await read(service, warehouse)
    waiting = asyncio.create_task(read(service, warehouse, wait=20, cursor=page["next_cursor"]))
    await asyncio.sleep(0.6)
    assert not waiting.done()
    # A bonus is left out: who waits goes on waiting.
    body = {"asset": gold, "amount": 1}
    await service("POST", f"/v1/wallets/{user.user_id}/bonus", body)
    await asyncio.sleep(0.6)
    assert not waiting.done()
    await service("POST", f"/v1/wallets/{user.user_id}/topup", body)
    page = await asyncio.wait_for(waiting, 10)
    assert [event["kind"] for event in page["events"]] == ["TOPUP"]


async def test_who_waits_is_told_of_an_alert(
    service: Caller, admin: Caller, new_user: Any, gold: str, connect_module: Any
) -> None:
    user, database = await new_user(50), await connect_module()
    alert = {"code": "low", "measure": "balance", "asset": gold, "user_id": user.user_id}
    answer = await admin("POST", "/v1/alerts", alert | {"direction": "below", "threshold": "20.5"})
    assert answer.status == 201, await answer.text()
    body = {"code": "alerts", "kinds": ["ALERT"], "alerts": ["low"]}
    answer = await service("POST", "/v1/subscriptions", body)
    assert (await answer.json())["alerts"] == ["low"]
    waiting = asyncio.create_task(read(service, "alerts", wait=20))
    spend = {"asset": gold, "amount": 30}
    await service("POST", f"/v1/wallets/{user.user_id}/spend", spend)
    await asyncio.sleep(0.6)
    assert not waiting.done()
    await database.execute("SELECT wallet.check_alerts()")
    [event] = (await asyncio.wait_for(waiting, 10))["events"]
    assert (event["kind"], event["reference"], event["user_id"]) == ("ALERT", "low", user.user_id)
    assert (event["balance"], event["details"]["threshold"]) == ("20.00", "20.5")
    answer = await admin("PATCH", "/v1/alerts/low", {"threshold": 10})
    changed = await answer.json()
    assert (changed["threshold"], changed["crossed"]) == ("10", 0)
    assert (await admin("DELETE", "/v1/alerts/low")).status == 200
    answer = await admin("PATCH", "/v1/alerts/low", {"threshold": 5})
    assert (answer.status, (await answer.json())["code"]) == (404, "WA221")


async def test_a_wait_ends(service: Caller, warehouse: str) -> None:
    started = time.monotonic()
    page = await read(service, warehouse, wait=1)
    assert page["events"] == [] and page["is_last"]
    assert 0.9 < time.monotonic() - started < 10


async def test_one_query_asks_for_all_who_wait(
    aiohttp_client: Any, settings: Settings, warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 100 each reads twice at most; one asks again and again whether there is anything new."""
    asked = Counter[str]()
    really_call = Pool.call

    async def spy(self: Pool, sql: str, values: list[Any], **more: Any) -> Any:
        asked.update(re.findall(r"wallet\.(\w+)", sql))
        return await really_call(self, sql, values, **more)

    monkeypatch.setattr(Pool, "call", spy)
    client = await aiohttp_client(create_app(settings))
    caller = Caller(client, make_token("service", "a service"))
    await asyncio.gather(*(read(caller, warehouse, wait=4) for _ in range(100)))
    assert asked["read_events"] <= 300
    assert 4 <= asked["get_feed_position"] <= 40


async def test_who_waits_is_let_go_when_the_gateway_stops(
    aiohttp_client: Any, settings: Settings, warehouse: str
) -> None:
    client = await aiohttp_client(create_app(settings))
    caller = Caller(client, make_token("service", "a service"))
    waiting = asyncio.create_task(read(caller, warehouse, wait=20))
    await asyncio.sleep(0.6)
    started = time.monotonic()
    await client.app.shutdown()
    page = await asyncio.wait_for(waiting, 10)
    assert page["events"] == [] and time.monotonic() - started < 10
