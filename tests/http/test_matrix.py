"""Every route, asked by everyone about everybody's: what is answered, and that a refusal is one."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from gateway.app import create_app
from gateway.settings import Settings

from .conftest import Caller, make_token

# The status for each caller: without a token; a user about what is theirs; a user about another's;
# a user who names the own wallet and another's hold or transaction in it; a support agent, a
# service and an admin about a user's, and when they mix two users in that way. A dash: the route
# has nothing like it.
STATUSES = """
                                                              a user...  support service   admin
                                                            no own oth mix     mix     mix     mix
GET   /v1/wallets/{user_id}                                401 200 404   - 200   - 200   - 200   -
GET   /v1/wallets/{user_id}/balances/{asset}               401 200 404   - 200   - 200   - 200   -
GET   /v1/wallets/{user_id}/transactions                   401 200 404   - 200   - 200   - 200   -
GET   /v1/wallets/{user_id}/transactions/{transaction_id}  401 200 404 404 200 404 200 404 200 404
GET   /v1/wallets/{user_id}/ledger                         401 200 404   - 200   - 200   - 200   -
GET   /v1/wallets/{user_id}/holds                          401 200 404   - 200   - 200   - 200   -
GET   /v1/wallets/{user_id}/lots/{asset}                   401 200 404   - 200   - 200   - 200   -
GET   /v1/wallets/{user_id}/limits/{asset}                 401 200 404   - 200   - 200   - 200   -
GET   /v1/wallets/{user_id}/events                         401 200 404   - 200   - 200   - 200   -
POST  /v1/wallets/{user_id}/spend                          401 201 404   - 403   - 201   - 201   -
POST  /v1/wallets/{user_id}/convert                        401 201 404   - 403   - 201   - 201   -
POST  /v1/wallets/{user_id}/topup                          401 403 403   - 403   - 201   - 201   -
POST  /v1/wallets/{user_id}/bonus                          401 403 403   - 201   - 201   - 201   -
POST  /v1/wallets/{user_id}/tasks/{task_id}/complete       401 403 404   - 403   - 201   - 201   -
POST  /v1/wallets/{user_id}/items/{item_id}/buy            401 201 404   - 403   - 201   - 201   -
POST  /v1/wallets/{user_id}/holds                          401 403 403   - 403   - 201   - 201   -
POST  /v1/wallets/{user_id}/holds/{hold_id}/capture        401 403 403 403 403 403 201 404 201 404
POST  /v1/wallets/{user_id}/holds/{hold_id}/release        401 403 403 403 403 403 201 404 201 404
POST  /v1/wallets/{user_id}/transactions/{transaction_id}/reverse
                                                           401 403 403 403 201 404 403 403 201 404
PUT   /v1/wallets/{user_id}/transactions/{transaction_id}/refund
                                                           401 403 403 403 403 403 200 404 200 404
GET   /v1/wallets/{user_id}/transactions/{transaction_id}/consumption
                                                           401 403 403 403 200 404 200 404 200 404
POST  /v1/wallets/{user_id}/debts/{asset}/forgive          401 403 403   - 403   - 403   - 201   -
POST  /v1/batches                                          401 403 403   - 403   - 200   - 200   -
POST  /v1/campaigns/{campaign}/grants                      401 403   -   - 403   - 200   - 200   -
GET   /v1/events                                           401 403   -   - 403   - 200   - 200   -
GET   /v1/subscriptions                                    401 403   -   - 200   - 200   - 200   -
POST  /v1/subscriptions                                    401 403   -   - 403   - 201   - 201   -
PATCH /v1/subscriptions/{subscription}                     401 403   -   - 403   - 200   - 200   -
DELETE /v1/subscriptions/{subscription}                    401 403   -   - 403   - 200   - 200   -
GET   /v1/alerts                                           401 403   -   - 200   - 403   - 200   -
POST  /v1/alerts                                           401 403   -   - 403   - 403   - 201   -
PATCH /v1/alerts/{alert}                                   401 403   -   - 403   - 403   - 200   -
DELETE /v1/alerts/{alert}                                  401 403   -   - 403   - 403   - 200   -
GET   /v1/webhooks                                         401 403   -   - 200   - 403   - 200   -
POST  /v1/subscriptions/{subscription}/webhook             401 403   -   - 403   - 403   - 201   -
PATCH /v1/subscriptions/{subscription}/webhook             401 403   -   - 403   - 403   - 200   -
POST  /v1/subscriptions/{subscription}/webhook/secret      401 403   -   - 403   - 403   - 201   -
GET   /v1/subscriptions/{subscription}/webhook/failures    401 403   -   - 200   - 403   - 200   -
POST  /v1/subscriptions/{subscription}/webhook/resend      401 403   -   - 403   - 403   - 200   -
GET   /v1/assets                                           401 200   -   - 200   - 200   - 200   -
GET   /v1/conversion-rates                                 401 200   -   - 200   - 200   - 200   -
GET   /v1/tasks                                            401 200   -   - 200   - 200   - 200   -
GET   /v1/items                                            401 200   -   - 200   - 200   - 200   -
GET   /v1/limits                                           401 200   -   - 200   - 200   - 200   -
GET   /v1/campaigns                                        401 403   -   - 200   - 200   - 200   -
POST  /v1/auth/signup                                      201 201   -   - 201   - 201   - 201   -
POST  /v1/auth/login                                       401 401   -   - 401   - 401   - 401   -
POST  /v1/auth/password                                    401 401   -   - 401   - 401   - 401   -
POST  /v1/admin/assets                                     401 403   -   - 403   - 403   - 201   -
PATCH /v1/admin/assets/{asset}                             401 403   -   - 403   - 403   - 200   -
PUT   /v1/admin/assets/{asset}/supply                      401 403   -   - 403   - 403   - 200   -
PUT   /v1/admin/conversion-rates/{from_asset}/{to_asset}   401 403   -   - 403   - 403   - 200   -
POST  /v1/admin/tasks                                      401 403   -   - 403   - 403   - 201   -
PATCH /v1/admin/tasks/{task_id}                            401 403   -   - 403   - 403   - 200   -
POST  /v1/admin/items                                      401 403   -   - 403   - 403   - 201   -
PATCH /v1/admin/items/{item_id}                            401 403   -   - 403   - 403   - 200   -
POST  /v1/admin/limits                                     401 403   -   - 403   - 403   - 201   -
PATCH /v1/admin/limits/{limit_id}                          401 403   -   - 403   - 403   - 200   -
POST  /v1/admin/campaigns                                  401 403   -   - 403   - 403   - 201   -
PUT   /v1/admin/campaigns/{campaign}/budget                401 403   -   - 403   - 403   - 200   -
GET   /v1/admin/users                                      401 403   -   - 200   - 403   - 200   -
GET   /v1/admin/users/search                               401 403   -   - 200   - 403   - 200   -
POST  /v1/admin/users                                      401 403   -   - 403   - 403   - 201   -
POST  /v1/admin/users/{user_id}/status                     401 403 403   - 403   - 403   - 200   -
POST  /v1/admin/users/{user_id}/erase                      401 403 403   - 403   - 403   - 200   -
POST  /v1/admin/users/{user_id}/tokens/revoke              401 403 403   - 403   - 403   - 200   -
GET   /v1/admin/liability/{asset}                          401 403   -   - 200   - 403   - 200   -
GET   /v1/admin/treasury                                   401 403   -   - 200   - 403   - 200   -
GET   /v1/economy                                          401 403   -   - 200   - 403   - 200   -
GET   /v1/economy/distribution                             401 403   -   - 200   - 403   - 200   -
GET   /v1/economy/leaders                                  401 403   -   - 200   - 403   - 200   -
GET   /v1/admin/actions                                    401 403   -   - 200   - 403   - 200   -
GET   /v1/admin/proposals                                  401 403   -   - 200   - 403   - 200   -
POST  /v1/admin/proposals                                  401 403   -   - 201   - 403   - 201   -
POST  /v1/admin/proposals/{proposal_id}/approve            401 403   -   - 403   - 403   - 200   -
POST  /v1/admin/proposals/{proposal_id}/reject             401 403   -   - 403   - 403   - 200   -
GET   /v1/admin/thresholds                                 401 403   -   - 200   - 403   - 200   -
PUT   /v1/admin/thresholds/{function}/{asset}              401 403   -   - 403   - 403   - 200   -
GET   /v1/admin/verify                                     401 403   -   - 200   - 403   - 200   -
GET   /v1/admin/verify/page                                401 403   -   - 200   - 403   - 200   -
POST  /v1/admin/verifications                              401 403   -   - 403   - 403   - 201   -
GET   /v1/admin/checkpoints                                401 403   -   - 200   - 403   - 200   -
POST  /v1/admin/checkpoints                                401 403   -   - 403   - 403   - 201   -
GET   /v1/admin/checkpoints/{checkpoint_id}/verify         401 403   -   - 200   - 403   - 200   -
GET   /health                                              200 200   -   - 200   - 200   - 200   -
GET   /metrics                                             200 200   -   - 200   - 200   - 200   -
GET   /openapi.json                                        200 200   -   - 200   - 200   - 200   -
GET   /docs                                                200 200   -   - 200   - 200   - 200   -
GET   /docs/start.js                                       200 200   -   - 200   - 200   - 200   -
GET   /console                                             200 200   -   - 200   - 200   - 200   -
GET   /docs/assets                                         404 404   -   - 404   - 404   - 404   -
"""
CALLERS = (
    "anyone", "user", "user, another's", "user, mixed", "support", "support, mixed",
    "service", "service, mixed", "admin", "admin, mixed",
)  # fmt: skip
_cells = STATUSES.split()[STATUSES.split().index("GET") :]
_width = 2 + len(CALLERS)
MATRIX = {
    (method, path): dict(zip(CALLERS, statuses, strict=True))
    for method, path, *statuses in (
        _cells[start : start + _width] for start in range(0, len(_cells), _width)
    )
}

# All that a refused request could have changed.
TRACES = """
SELECT format('%s %s %s %s', (SELECT count(*) FROM wallet_private.transfer),
    (SELECT count(*) FROM wallet_private.action), (SELECT count(*) FROM wallet_private.hold),
    (SELECT array_agg((status, role) ORDER BY user_id) FROM wallet_private.user_account))
"""

Thing = Callable[..., Awaitable[Any]]


@pytest.fixture
async def thing(admin: Caller) -> Thing:
    """await thing(method, path, body): what an admin made by it."""

    async def make(*arguments: Any, **more: Any) -> Any:
        answer = await admin(*arguments, **more)
        assert answer.status in (200, 201), await answer.text()
        return await answer.json()

    return make


@pytest.fixture
async def catalogue(thing: Thing, gold: str) -> dict[str, Any]:
    """What every user is asked about."""
    tag = uuid4().hex[:8].upper()
    rate = f"/v1/admin/conversion-rates/{gold}/S{tag}"
    task = {"code": f"t{tag}".lower(), "name": "T", "asset": gold, "reward": 1}
    item = {"code": f"i{tag}".lower(), "name": "I", "asset": gold, "price": 1}
    await thing("POST", "/v1/admin/assets", {"code": f"S{tag}", "name": "Silver"})
    await thing("PUT", rate, {"from_amount": 1, "to_amount": 50})
    limit = {"code": f"l{tag}", "asset": f"S{tag}", "measure": "balance", "maximum": 10**9}
    return {
        "asset": gold,
        "from_asset": gold,
        "to_asset": f"S{tag}",
        "task_id": (await thing("POST", "/v1/admin/tasks", task))["task_id"],
        "item_id": (await thing("POST", "/v1/admin/items", item))["item_id"],
        "limit_id": (await thing("POST", "/v1/admin/limits", limit))["limit_id"],
        "subscription": await new_subscription(thing, has_webhook=True),
        "alert": await new_alert(thing, gold),
        "campaign": await new_campaign(thing, gold),
        "checkpoint_id": 1,  # a root that is not its own is no refusal
        "function": "forgive_debt",
    }


async def new_campaign(thing: Thing, gold: str) -> str:
    code = f"C{uuid4().hex[:8]}"
    await thing("POST", "/v1/admin/campaigns", {"code": code, "asset": gold})
    return code


async def new_alert(thing: Thing, gold: str) -> str:
    alert = {"code": f"l{uuid4().hex[:8]}", "measure": "balance", "asset": gold}
    await thing("POST", "/v1/alerts", alert | {"direction": "below", "threshold": 1})
    return alert["code"]


async def new_subscription(thing: Thing, *, has_webhook: bool = False) -> str:
    code = f"s{uuid4().hex[:8]}"
    await thing("POST", "/v1/subscriptions", {"code": code})
    if has_webhook:
        await thing("POST", f"/v1/subscriptions/{code}/webhook", {"url": "https://a.example/"})
    return code


async def ids_of(owner: Caller, path: str, thing: Thing, gold: str) -> dict[str, Any]:
    """Things of a user's own that a path names."""
    wallet, amount = f"/v1/wallets/{owner.user_id}", {"asset": gold, "amount": 1}
    ids: dict[str, Any] = {"user_id": owner.user_id}
    if "{hold_id}" in path:
        hold = await thing("POST", f"{wallet}/holds", amount | {"expires_in": 60})
        ids["hold_id"] = hold["hold_id"]
    if path.endswith(("/refund", "/consumption", "/forgive")):
        paid = await thing("POST", f"{wallet}/topup", amount)
        ids["transaction_id"] = paid["transaction_id"]
    elif "{transaction_id}" in path:
        spent = await thing("POST", f"{wallet}/spend", amount)
        ids["transaction_id"] = spent["transaction_id"]
    if "{proposal_id}" in path:
        another = {"Authorization": f"Bearer {make_token('admin', 'another')}"}
        arguments = amount | {"user_id": str(owner.user_id)}
        body = {"function": "bonus", "arguments": arguments, "reason": "a gift"}
        made = await thing("POST", "/v1/admin/proposals", body, headers=another)
        ids["proposal_id"] = made["proposal_id"]
    if path.endswith("/forgive"):
        has = (await thing("GET", f"{wallet}/balances/{gold}"))["balance"]
        if float(has):  # else it has repaid what is owed
            await thing("POST", f"{wallet}/spend", amount | {"amount": has})
        refund = {"refunded": 1, "signed_at": "2026-01-01T00:00:00Z", "policy": "debt"}
        await thing("PUT", f"{wallet}/transactions/{ids['transaction_id']}/refund", refund)
    return ids


def body_for(method: str, path: str, ids: dict[str, Any]) -> Any:
    """A body that is accepted, so that nothing but who asks can be the reason of a refusal."""
    tag = uuid4().hex[:8]
    amount = {"asset": "GOLD", "amount": 1}
    named = {"code": f"a{tag}", "name": "A", "asset": "GOLD"}
    movement = {"user_id": ids["user_id"], "kind": "BONUS", "idempotency_key": tag, **amount}
    bodies = {
        "spend": amount,
        "topup": amount,
        "bonus": amount,
        "convert": {"from_asset": "GOLD", "to_asset": ids["to_asset"], "amount": 1},
        "buy": {"quantity": 1},
        "holds": amount | {"expires_in": 60},
        "reverse": {"reason": "a mistake"},
        "refund": {"refunded": 1, "signed_at": "2026-01-01T00:00:00Z"},
        "forgive": {"reason": "a gesture"},
        "batches": {"requests": [movement]},
        "signup": {"name": "Z", "email": f"{tag}@example.com", "password": "correct horse"},
        "login": {"email": f"{tag}@example.com", "password": "correct horse"},
        "password": {"email": f"{tag}@example.com", "password": "x", "new_password": "kiwi tram"},
        "assets": {"code": f"A{tag.upper()}", "name": "A"},
        "tasks": named | {"reward": 1},
        "items": named | {"price": 1},
        "limits": {"code": f"l{tag}", "asset": ids["to_asset"], "measure": "balance", "maximum": 9},
        "subscriptions": {"code": f"s{tag}"},
        "webhook": {"url": "https://a.example/"},
        "alerts": {
            "code": f"l{tag}",
            "measure": "balance",
            "asset": ids["asset"],
            "direction": "below",
            "threshold": 5,
        },
        "campaigns": {"code": f"C{tag}", "asset": ids["asset"]},
        "budget": {"budget": 1000},
        "supply": {"supply": None},
        "grants": {"grants": [{"user_id": ids["user_id"], "amount": 1}]},
        "users": {"name": "A"},
        "proposals": {
            "function": "bonus",
            "arguments": amount | {"user_id": str(ids["user_id"])},
            "reason": "a gift",
        },
        "verifications": {"users": 1, "findings": 0},
        "approve": {"reason": "as agreed"},
        "reject": {"reason": "too much"},
        "status": {"status": "active"},
        "erase": {"reason": "asked for"},
        "revoke": None,
        "{asset}": {"most": 1000} if method == "PUT" else {},
        "{to_asset}": {"from_amount": 1, "to_amount": 50},
    }
    return None if method in ("GET", "DELETE") else bodies.get(path.rpartition("/")[2], {})


def query_for(method: str, path: str, ids: dict[str, Any]) -> dict[str, str] | None:
    queries = {
        "GET /v1/admin/users": {"query": "x"},
        "GET /v1/admin/users/search": {"query": "x"},
        "GET /v1/events": {"subscription": ids["subscription"]},
        "GET /v1/admin/checkpoints/{checkpoint_id}/verify": {"root": "00" * 32},
        "GET /v1/economy/distribution": {"asset": "GOLD"},
        "GET /v1/economy/leaders": {"asset": "GOLD"},
    }
    return queries.get(f"{method} {path}")


@pytest.mark.parametrize(("method", "path"), MATRIX, ids=" ".join)
async def test_who_asks_about_whose(
    method: str,
    path: str,
    thing: Thing,
    catalogue: dict[str, Any],
    anyone: Caller,
    new_user: Any,
    support: Caller,
    service: Caller,
    admin: Caller,
    connect_module: Any,
) -> None:
    balance = 0 if path.endswith("/erase") else 50
    ann, bob = await new_user(balance), await new_user(balance)
    callers = {
        "anyone": anyone, "user": ann, "support": support, "service": service, "admin": admin,
    }  # fmt: skip
    database = await connect_module()
    found = {}
    for caller in CALLERS:
        who, _, whose = caller.partition(", ")
        ids = {"": [ann], "another's": [bob], "mixed": [bob, ann]}[whose]
        world = dict(catalogue)
        if method == "DELETE" or path.endswith("/webhook"):
            has_webhook = method == "PATCH"
            world["subscription"] = await new_subscription(thing, has_webhook=has_webhook)
            world["alert"] = await new_alert(thing, catalogue["asset"])
        for owner in ids:  # mixed: what is Bob's, but the wallet is Ann's
            of_owner = await ids_of(owner, path, thing, catalogue["asset"])
            world = of_owner | world | {"user_id": owner.user_id}
        before = await database.fetchval(TRACES)
        answer = await callers[who](
            method,
            path.format_map(world),
            body_for(method, path, world),
            params=query_for(method, path, world),
        )
        found[caller] = str(answer.status)
        if answer.status >= 400:
            assert await database.fetchval(TRACES) == before, caller
    assert found == {
        # Where a route has nothing of a user's, whose it is makes no difference.
        caller: found[caller] if status == "-" else status
        for caller, status in MATRIX[method, path].items()
    }


def test_no_route_is_missing(settings: Settings) -> None:
    routes = create_app(settings).router.routes()
    assert set(MATRIX) == {
        (route.method, route.resource.canonical)
        for route in routes
        if route.method != "HEAD" and route.resource is not None
    }


def test_no_cell_is_missing() -> None:
    """A dash stands where a path names no user, or nothing that is one's own beside the user."""
    for (_, path), statuses in MATRIX.items():
        has_user = "{user_id}" in path or path == "/v1/batches"
        is_mixed = "{hold_id}" in path or "{transaction_id}" in path
        assert (statuses["user, another's"] != "-") == has_user, path
        for caller in ("user, mixed", "support, mixed", "service, mixed", "admin, mixed"):
            assert (statuses[caller] != "-") == is_mixed, path
        assert "-" not in {
            statuses[who] for who in ("anyone", "user", "support", "service", "admin")
        }, path
