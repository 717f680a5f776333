"""Every route answers, in the shape that it says."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from gateway import types as t
from gateway.routes import ADMIN, RESERVED, ROUTES, SUPPORT, Route, page, results, wallet

from .conftest import Caller, bring_over, problem


def check(route: Route, answer: Any) -> None:
    """An answer has the fields of its type, no more and no fewer."""
    types = {wallet: t.Wallet}
    if route.shape in (page, results):
        assert set(answer) == {"items", "next_cursor"} if route.shape is page else {"items"}
        answers, type_ = answer["items"], route.row
    else:
        answers, type_ = [answer], types.get(route.shape) or route.answer or route.row
    for each in answers:
        assert set(each) == set(type_.__struct_fields__)
        msgspec.convert(each, type_)


@pytest.fixture
async def world(user: Caller, admin: Caller, service: Caller, gold: str) -> dict[str, Any]:
    """What the routes are asked about."""
    tag = uuid4().hex[:8].upper()

    async def made(*arguments: Any, **more: Any) -> Any:
        answer = await admin(*arguments, **more)
        assert answer.status in (200, 201), await answer.text()
        return await answer.json()

    silver = f"S{tag}"
    await made("POST", "/v1/admin/assets", {"code": silver, "name": "Silver"})
    await made(
        "PUT",
        f"/v1/admin/conversion-rates/{gold}/{silver}",
        {"from_amount": 1, "to_amount": "50"},
    )
    task = {"code": f"t{tag.lower()}", "name": "T", "asset": gold, "reward": "5"}
    task = await made("POST", "/v1/admin/tasks", task | {"cooldown": 60, "is_self_service": True})
    item = {"code": f"i{tag.lower()}", "name": "I", "asset": gold, "price": "5.50", "stock": 3}
    item = await made("POST", "/v1/admin/items", item)
    limit = {"code": f"k{tag}", "asset": silver, "measure": "balance", "maximum": 10**9}
    limit = await made("POST", "/v1/admin/limits", limit)
    amount = {"asset": gold, "amount": "2.50"}
    hold = await made("POST", f"/v1/wallets/{user.user_id}/holds", amount | {"expires_in": 60})
    other = await made("POST", f"/v1/wallets/{user.user_id}/holds", amount | {"expires_in": 60})
    spent = await made("POST", f"/v1/wallets/{user.user_id}/spend", amount)
    owed = {"asset": silver, "amount": 3}
    paid = await made("POST", f"/v1/wallets/{user.user_id}/topup", owed)
    await made("POST", f"/v1/wallets/{user.user_id}/spend", owed)
    await made(
        "PUT",
        f"/v1/wallets/{user.user_id}/transactions/{paid['transaction_id']}/refund",
        {"refunded": 3, "signed_at": "2026-01-01T00:00:00Z", "policy": "debt"},
    )
    feed = await made("POST", "/v1/subscriptions", {"code": f"s{tag}", "start": "beginning"})
    await made("POST", "/v1/subscriptions", {"code": f"w{tag}"})
    alert = {"code": f"a{tag}", "measure": "balance", "asset": gold, "direction": "below"}
    await made("POST", "/v1/alerts", alert | {"threshold": 5})
    await made("POST", f"/v1/subscriptions/w{tag}/webhook", {"url": "https://a.example/"})
    await made("POST", "/v1/admin/campaigns", {"code": f"C{tag}", "asset": gold, "budget": 10})
    kept = await made("POST", "/v1/admin/checkpoints")
    return {
        "user_id": user.user_id,
        "asset": gold,
        "from_asset": gold,
        "to_asset": silver,
        "task_id": task["task_id"],
        "item_id": item["item_id"],
        "limit_id": limit["limit_id"],
        "hold_id": hold["hold_id"],
        "other_hold_id": other["hold_id"],
        "transaction_id": spent["transaction_id"],
        "paid_transaction_id": paid["transaction_id"],
        "subscription": feed["subscription"],
        "alert": alert["code"],
        "sent_subscription": f"w{tag}",
        "campaign": f"C{tag}",
        "checkpoint_id": kept["checkpoint_id"],
        "function": "bonus",
        "tag": tag,
    }


def body_for(route: Route, world: dict[str, Any]) -> Any:
    tag, gold = world["tag"], world["asset"]
    amount = {"asset": gold, "amount": "1.25", "reference": "r", "metadata": {"a": 1}}
    return {
        "spend": amount,
        "topup": amount,
        "bonus": amount,
        "convert": {"from_asset": gold, "to_asset": world["to_asset"], "amount": "1.5"},
        "buy_item": {"quantity": 2, "expected_price": "5.5"},
        "place_hold": amount | {"expires_in": 3600},
        "capture_hold": {"amount": "1"},
        "reverse": {"reason": "a mistake"},
        "set_refunded": {"refunded": "2", "signed_at": "2026-01-02T00:00:00Z", "reference": "r"},
        "forgive_debt": {"reason": "a gesture", "amount": 1},
        "post_batch": {
            "requests": [
                {"user_id": world["user_id"], "kind": "BONUS", "idempotency_key": tag, **amount},
                {"user_id": world["user_id"], "kind": "SPEND", "idempotency_key": tag + "!",
                 "asset": gold, "amount": 10**6},
            ]
        },
        "sign_up": {"name": "Zoe", "email": f"{tag}@example.com", "password": "battery staple"},
        "create_asset": {"code": f"A{tag}", "name": "A", "supply": "1000", "scale": 2},
        "update_asset": {"name": "Gold again"},
        "set_conversion_rate": {"from_amount": "1", "to_amount": 49},
        "create_task": {"code": f"u{tag.lower()}", "name": "T", "asset": gold, "reward": 1},
        "update_task": {"reward": "6", "cooldown": 120},
        "create_item": {"code": f"j{tag.lower()}", "name": "I", "asset": gold, "price": 1},
        "update_item": {"stock": 10},
        "create_limit": {
            "code": f"l{tag}", "asset": world["to_asset"], "measure": "amount", "maximum": "500",
            "direction": "credit", "kinds": ["BONUS"], "period": "week",
            "time_zone": "Asia/Kolkata",
        },
        "update_limit": {"maximum": 400},
        "create_campaign": {"code": f"D{tag}", "asset": gold, "budget": "99.5"},
        "change_budget": {"budget": None},
        "change_supply": {"supply": "1000000000", "reason": "more users"},
        "grant_batch": {
            "grants": [{"user_id": world["user_id"], "amount": "2.5"}, {"email": tag, "amount": 1}]
        },
        "propose": {
            "function": "bonus", "reason": "a gift",
            "arguments": {"user_id": world["user_id"], "asset": gold, "amount": "1.5"},
        },
        "approve_proposal": {"reason": "as agreed"},
        "reject_proposal": {"reason": "too much"},
        "set_threshold": {"most": "1000.5", "reason": "what one may do"},
        "record_verification": {"users": 3, "findings": 0},
        "create_user": {"external_id": tag, "role": "service"},
        "set_user_status": {"status": "active", "reason": "why not"},
        "erase_user": {"reason": "asked for"},
        "create_subscription": {"code": f"n{tag}", "assets": [gold], "kinds": ["SPEND"]},
        "update_subscription": {"kinds": []},
        "create_alert": {
            "code": f"b{tag}", "measure": "supply", "asset": gold, "direction": "below",
            "threshold": "0.1", "margin": "0.05", "is_share": True,
        },
        "update_alert": {"threshold": "7.5", "margin": 1},
        "create_webhook": {"url": "https://b.example/hook", "is_ordered": False},
        "update_webhook": {"status": "paused"},
        "rotate_webhook_secret": {"overlap": 60},
        "resend_webhook_events": {},
    }.get(route.function)  # fmt: skip


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.answer is not t.Token],  # see test_accounts.py
    ids=lambda route: f"{route.method} {route.path}",
)
async def test_a_route_answers_in_its_shape(
    route: Route, world: dict[str, Any], admin: Caller, support: Caller
) -> None:
    if "/webhook" in route.path and route.function != "create_webhook":
        world["subscription"] = world["sent_subscription"]
    if route.function in ("set_refunded", "consumption"):
        world["transaction_id"] = world["paid_transaction_id"]
    if route.function == "forgive_debt":
        world["asset"] = world["to_asset"]
    if route.function in ("approve_proposal", "reject_proposal"):
        [propose] = [each for each in ROUTES if each.function == "propose"]
        proposal = await support("POST", propose.path, body_for(propose, world))
        world = world | await proposal.json()
    if route.function == "erase_user":
        world = world | await (await admin("POST", "/v1/admin/users", {"name": "Zoe"})).json()
    path = route.path.format_map(world)
    query = {
        "find_user": {"query": world["user_id"]},
        "search_users": {"query": "Ann"},
        "read_events": {"subscription": world["subscription"]},
        "verify_checkpoint": {"root": "00" * 32},
        "distribution": {"asset": "GOLD"},
        "leaders": {"asset": "GOLD"},
    }.get(route.function, {})
    answer = await admin(route.method, path, body_for(route, world), params=query)
    assert answer.status == route.status, await answer.text()
    check(route, json.loads(await answer.text()))


async def test_a_batch_judges_each_by_itself(service: Caller, world: dict[str, Any]) -> None:
    [route] = [route for route in ROUTES if route.function == "post_batch"]
    body = body_for(route, world)
    first, second = (await (await service("POST", route.path, body)).json())["items"]
    assert (first["code"], first["amount"], first["metadata"]) == (None, "1.25", {"a": 1})
    assert (second["code"], second["transaction_id"]) == ("WA401", None)
    again, _ = (await (await service("POST", route.path, body)).json())["items"]
    assert again == first | {"is_replay": True}


async def test_a_batch_says_when_a_credit_expires(admin: Caller, world: dict[str, Any]) -> None:
    code, user_id = f"E{uuid4().hex[:8].upper()}", world["user_id"]
    asset = {"code": code, "name": "Expiring", "lot_order": "expiring_first"}
    await admin("POST", "/v1/admin/assets", asset)
    bonus = {"user_id": user_id, "kind": "BONUS", "asset": code, "amount": 1}
    body = {"requests": [
        bonus | {"idempotency_key": f"{code}-1", "expires_at": "2099-01-01T00:00:00Z"},
        bonus | {"idempotency_key": f"{code}-2"},
        bonus | {"idempotency_key": f"{code}-3", "expires_at": "2001-01-01T00:00:00Z"},
    ]}  # fmt: skip
    items = (await (await admin("POST", "/v1/batches", body)).json())["items"]
    assert [item["code"] for item in items] == [None, None, "WA109"]
    lots = await (await admin("GET", f"/v1/wallets/{user_id}/lots/{code}")).json()
    assert [lot["expires_at"] for lot in lots["items"]] == ["2099-01-01T00:00:00Z", None]


async def test_a_balance_at_a_moment(user: Caller) -> None:
    path = "/v1/wallets/me/balances/GOLD"
    now = await (await user("GET", path)).json()
    before = await (await user("GET", path, params={"at": "2001-01-01T00:00:00+02:00"})).json()
    assert (now["balance"], before["balance"]) == ("100.00", "0.00")
    later = await (await user("GET", path, params={"at": "9999-01-01T00:00:00Z"})).json()
    assert later == now


async def test_limits(user: Caller, admin: Caller) -> None:
    code, wallet = f"M{uuid4().hex[:8].upper()}", f"/v1/wallets/{user.user_id}"
    await admin("POST", "/v1/admin/assets", {"code": code, "name": "Limited"})
    limit = {"code": f"spent_{code}", "asset": code, "measure": "amount", "maximum": 30}
    rule = limit | {"direction": "debit", "rolling": 3600}
    made = await (await admin("POST", "/v1/admin/limits", rule)).json()
    assert (made["rolling"], made["maximum"], made["period"]) == (3600, "30", None)
    listed = await (await user("GET", "/v1/limits", params={"asset": code})).json()
    assert listed["items"] == [made]

    body = {"asset": code, "amount": 10}
    assert (await admin("POST", f"{wallet}/topup", body | {"amount": 100})).status == 201
    # A crowd: as many as the limit lets through, though movements go together.
    crowd = await asyncio.gather(*(user("POST", f"{wallet}/spend", body) for _ in range(20)))
    assert sorted(answer.status for answer in crowd) == [201] * 3 + [409] * 17
    refused = next(answer for answer in crowd if answer.status == 409)
    assert (await refused.json())["code"] == "WA412"
    [use] = (await (await user("GET", f"{wallet}/limits/{code}")).json())["items"]
    assert (use["used"], use["remaining"]) == ("30", "0")
    assert datetime.fromisoformat(use["more_at"]) > datetime.now(UTC)
    changed = await admin("PATCH", f"/v1/admin/limits/{made['limit_id']}", {"maximum": "40"})
    assert (await changed.json())["maximum"] == "40"
    assert (await user("POST", f"{wallet}/spend", body)).status == 201


async def test_a_task_goes_by_the_users_calendar(user: Caller, admin: Caller) -> None:
    task = {"code": f"d{uuid4().hex[:8]}", "name": "Daily", "asset": "GOLD", "reward": 1}
    made = await admin("POST", "/v1/admin/tasks", task | {"period": "day", "is_self_service": True})
    path = f"/v1/wallets/me/tasks/{(await made.json())['task_id']}/complete"
    statuses = [
        (await user("POST", path, {"time_zone": zone})).status
        for zone in ("Asia/Kolkata", "Asia/Kolkata", "Nowhere/City")
    ]
    assert statuses == [201, 409, 422]


async def test_lots(user: Caller, admin: Caller) -> None:
    code, wallet = f"L{uuid4().hex[:8].upper()}", f"/v1/wallets/{user.user_id}"
    asset = {"code": code, "name": "Lots", "lot_order": "expiring_first", "expires_in": 3600}
    made = await (await admin("POST", "/v1/admin/assets", asset)).json()
    assert (made["lot_order"], made["expires_in"], made["is_paid_expiring"]) == (
        "expiring_first", 3600, False,
    )  # fmt: skip
    body = {"asset": code, "amount": 5}
    soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()

    assert (await admin("POST", f"{wallet}/topup", body)).status == 201
    assert (await admin("POST", f"{wallet}/bonus", body)).status == 201
    # A crowd: each keeps its expiry, though movements go together.
    crowd = [admin("POST", f"{wallet}/bonus", body | {"expires_at": soon}) for _ in range(20)]
    assert {answer.status for answer in await asyncio.gather(*crowd)} == {201}

    lots = (await (await user("GET", f"{wallet}/lots/{code}")).json())["items"]
    assert [lot["origin"] for lot in lots] == ["free"] * 21 + ["paid"]
    assert {datetime.fromisoformat(lot["expires_at"]) for lot in lots[:20]} == {
        datetime.fromisoformat(soon)
    }
    balance = await (await user("GET", f"{wallet}/balances/{code}")).json()
    assert (balance["balance"], balance["paid"], balance["free"]) == ("110", "5", "105")
    assert datetime.fromisoformat(balance["expires_at"]) == datetime.fromisoformat(soon)
    answer = await admin("POST", f"{wallet}/topup", body | {"expires_at": soon})
    assert await problem(answer) == (403, "WA502")

    path = f"/v1/admin/liability/{code}"
    items = (await (await admin("GET", path, params={"time_zone": "Asia/Tokyo"})).json())["items"]
    assert sum(int(item["outstanding"]) for item in items) == 110
    assert items[-1]["origin"] == "paid" and items[-1]["expiry_month"] is None
    assert items[-1]["issue_month"].endswith("-01")
    past = {"at": "2001-01-01T00:00:00Z"}
    items = (await (await admin("GET", path, params=past)).json())["items"]
    assert [(item["origin"], item["outstanding"]) for item in items] == [(None, "0")]
    answer = await admin("GET", path, params={"time_zone": "JST"})
    assert await problem(answer) == (422, "WA116")


async def test_pages_follow_each_other(user: Caller) -> None:
    for _ in range(4):
        body = {"asset": "GOLD", "amount": 1}
        assert (await user("POST", "/v1/wallets/me/spend", body)).status == 201
    seen: list[str] = []
    query = {"limit": 2}
    while True:
        answer = await (await user("GET", "/v1/wallets/me/transactions", params=query)).json()
        seen += [item["transaction_id"] for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        query = {"limit": 2, "cursor": answer["next_cursor"]}
    assert len(seen) == len(set(seen)) == 5
    answer = await user("GET", "/v1/wallets/me/ledger", params={"cursor": query["cursor"]})
    assert await problem(answer) == (422, "WA108")


async def test_a_cooldown_is_whole_seconds(admin: Caller, world: dict[str, Any]) -> None:
    tasks = (await (await admin("GET", "/v1/tasks")).json())["items"]
    [task] = [task for task in tasks if task["task_id"] == world["task_id"]]
    assert task["cooldown"] == 60


async def test_a_user_completes_what_is_for_self_service(
    user: Caller, admin: Caller, world: dict[str, Any]
) -> None:
    path = f"/v1/wallets/me/tasks/{world['task_id']}/complete"
    assert (await user("POST", path)).status == 201
    task = {"code": f"x{world['tag'].lower()}", "name": "T", "asset": "GOLD", "reward": "5"}
    task = await (await admin("POST", "/v1/admin/tasks", task)).json()
    path = f"/v1/wallets/{{}}/tasks/{task['task_id']}/complete"
    assert await problem(await user("POST", path.format("me"))) == (403, "WA502")
    assert (await admin("POST", path.format(user.user_id))).status == 201


async def test_the_actor_is_who_asked(user: Caller, admin: Caller, world: dict[str, Any]) -> None:
    answer = await user("GET", f"/v1/wallets/me/transactions/{world['transaction_id']}")
    assert (await answer.json())["actor"] == "an admin"


def test_no_route_lets_a_client_name_what_is_reserved() -> None:
    for route in ROUTES:
        fields = {*route.path_fields, *route.query.__struct_fields__}
        fields |= set(route.body.__struct_fields__ if route.body else ())
        assert not fields & RESERVED


def test_every_body_and_query_refuses_what_it_does_not_know() -> None:
    for route in ROUTES:
        for type_ in (route.body, route.query):
            assert type_ is None or type_.__struct_config__.forbid_unknown_fields


def test_what_moves_needs_a_key_and_what_is_for_admins_is_below_admin() -> None:
    for route in ROUTES:
        is_admins = route.path.startswith("/v1/admin/")
        is_proposal = route.path.startswith("/v1/admin/proposals")
        others = SUPPORT if route.method == "GET" or route.function == "propose" else frozenset()
        assert not is_admins or route.roles == ADMIN | others
        is_post_to_wallet = route.method == "POST" and route.path.startswith("/v1/wallets/")
        assert route.is_movement == (is_post_to_wallet or (is_proposal and route.method == "POST"))
        assert (route.roles is None) == route.path.startswith("/v1/auth/")


def test_the_batch_item_is_the_composite_type() -> None:
    assert t.BatchItem.__struct_fields__ == (
        "user_id", "kind", "asset", "amount", "idempotency_key", "reference", "metadata",
        "expires_at",  # goes beside the requests: wallet.request stays what callers know
    )  # fmt: skip


async def test_a_cooldown_of_0_takes_it_away(admin: Caller, world: dict[str, Any]) -> None:
    answer = await admin("PATCH", f"/v1/admin/tasks/{world['task_id']}", {"cooldown": 0})
    assert (answer.status, (await answer.json())["cooldown"]) == (200, None)


async def test_a_hold_is_a_transaction_that_moves_nothing(
    user: Caller, world: dict[str, Any]
) -> None:
    answer = await user("GET", f"/v1/wallets/me/transactions/{world['hold_id']}")
    transaction = await answer.json()
    assert (transaction["kind"], transaction["entries"]) == ("HOLD", [])


async def test_the_economy_is_told_by_day(admin: Caller, gold: str) -> None:
    path = f"/v1/economy?from_day=2026-01-30&to_day=2026-02-01&asset={gold}"
    answer = await admin("GET", path)
    items = (await answer.json())["items"]
    assert (answer.status, [each["day"] for each in items]) == (
        200, ["2026-01-30", "2026-01-31", "2026-02-01"],
    )  # fmt: skip
    for each in items:
        assert set(each) == set(t.EconomyDay.__struct_fields__)
        assert (each["outstanding"], each["issued_by_kind"]) == ("0.00", {})
        msgspec.convert(each, t.EconomyDay)

    [today] = (await (await admin("GET", f"/v1/economy?asset={gold}")).json())["items"][-1:]
    assert today["day"] == datetime.now(UTC).date().isoformat()
    backwards = await admin("GET", "/v1/economy?from_day=2026-02-01&to_day=2026-01-30")
    assert await problem(backwards) == (422, "WA109")
    for day in ("today", "2026-02-30", "2026-01-30T00:00:00Z", "0"):
        bad = await admin("GET", f"/v1/economy?to_day={day}")
        assert (await problem(bad), day) == ((422, "GW422"), day)


async def test_how_balances_are_spread_and_who_leads(
    admin: Caller, new_user: Any, connect_module: Any
) -> None:
    code = f"OLD_{uuid4().hex[:6].upper()}"
    await admin("POST", "/v1/admin/assets", {"code": code, "name": "Old", "scale": 1})
    rich, poor = await new_user(1), await new_user(1)
    lines = ((rich.user_id, "BONUS", 12.5), (poor.user_id, "BONUS", 1))
    await bring_over(await connect_module(), code, *lines)
    answer = await admin("GET", f"/v1/economy/distribution?asset={code}")
    items = (await answer.json())["items"]
    for each in items:
        assert set(each) == set(t.DistributionDay.__struct_fields__)
        msgspec.convert(each, t.DistributionDay)
    assert (items[0]["holders"], items[0]["gini"], len(items)) == (0, None, 30)
    last = items[-1]
    assert (last["holders"], last["average"], last["median"]) == (2, "6.750", "1.000")
    assert (last["top_share"], last["gini"]) == ("0.9259", "0.4259")

    answer = await admin("GET", f"/v1/economy/leaders?asset={code}&days=7")
    first, second = [msgspec.convert(each, t.Leader) for each in (await answer.json())["items"]]
    assert (str(first.user_id), first.amount, first.times_median) == (rich.user_id, "12.5", "12.5")
    assert (first.direction, first.users, first.median, second.rank) == ("earned", 2, "1.0", 2)

    assert await problem(await admin("GET", "/v1/economy/distribution")) == (422, "GW422")
    assert await problem(await admin("GET", f"/v1/economy/leaders?asset={code}&days=8")) == (
        422, "WA110",
    )  # fmt: skip
