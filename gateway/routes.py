"""The whole map: every route, the one function that answers it, and who may ask."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from gateway import metrics
from gateway import types as t
from gateway.accounts import Accounts
from gateway.database import Call, Row

ALL = frozenset({"user", "service", "admin"})  # a user may only ask about the own wallet
STAFF = frozenset({"service", "admin"})
ADMIN = frozenset({"admin"})
SUPPORT = frozenset({"support"})  # reads all; moves what a setting allows

# Only the gateway sets these, from the token and the headers. No path, body or query may.
RESERVED = frozenset({"actor", "idempotency_key", "is_self"})
# What the gateway heeds itself: the function knows nothing of it.
GATEWAYS = frozenset({"dry_run", "wait"})
ACTOR, KEYED = ("actor",), ("actor", "idempotency_key")

MAX_BODY = 64 * 1024  # bytes

_PATH_TYPES: Mapping[str, Any] = {
    "user_id": t.UserId,
    "transaction_id": t.TransactionId,
    "hold_id": t.HoldId,
    "task_id": t.TaskId,
    "item_id": t.ItemId,
    "limit_id": t.LimitId,
    "campaign": t.CampaignCode,
    "checkpoint_id": t.CheckpointId,
    "to_asset": t.ToCode,
    "subscription": t.SubscriptionCode,
    "alert": t.AlertCode,
    "proposal_id": t.ProposalId,
    "function": t.CallFunction,
}

Arguments = dict[str, Any]


def one(arguments: Arguments, rows: list[Row]) -> Any:
    return rows[0]


def results(arguments: Arguments, rows: list[Row]) -> Any:
    """The results of a batch. Its status is 200 whatever they are."""
    for code, number in Counter(row["code"] or "" for row in rows).items():
        metrics.batch_results.labels(code).inc(number)
    return {"items": rows}


def nothing(arguments: Arguments, rows: list[Row]) -> Any:
    return {}


def page(arguments: Arguments, rows: list[Row]) -> Any:
    cursors = [row.pop("cursor", None) for row in rows]
    return {"items": rows, "next_cursor": cursors[-1] if cursors else None}


def wallet(arguments: Arguments, rows: list[Row]) -> Any:
    return {"user_id": arguments["user_id"], "balances": rows}


@dataclass(frozen=True, eq=False)
class Route:
    """One line of the map. Path, body and query name their fields as the function does."""

    method: str
    path: str
    function: str  # of the schema wallet
    row: type[msgspec.Struct]  # a row of its result
    summary: str
    body: type[msgspec.Struct] | None = None
    query: type[msgspec.Struct] = t.Query
    roles: frozenset[str] | None = ALL  # None: needs no token
    trusted: tuple[str, ...] = ()  # those of RESERVED that the function takes
    shape: Callable[[Arguments, list[Row]], Any] = one  # makes the answer of the rows
    status: int = 200
    function_at: str | None = None  # answers instead when the query has `at`
    answer: type[msgspec.Struct] | None = None  # what the client gets, if it is not a row
    max_body: int = MAX_BODY
    is_on_primary: bool = False  # though it only reads
    is_bound: bool = False  # an operator who asks heeds the thresholds
    # Does work around the call; `passed` are the arguments of that call.
    around: Callable[[Accounts, web.Request, Arguments, Call], Awaitable[list[Row]]] | None = None
    passed: tuple[str, ...] | None = None

    @property
    def path_fields(self) -> dict[str, Any]:
        return {name: _PATH_TYPES.get(name, t.Code) for name in re.findall(r"{(\w+)}", self.path)}

    @property
    def arguments(self) -> tuple[str, ...]:
        if self.passed is not None:
            return self.passed
        in_body = self.body.__struct_fields__ if self.body else ()
        names = (*self.path_fields, *in_body, *self.query.__struct_encode_fields__)
        assert len(names) == len(set(names)) and not RESERVED & set(names), self.path
        ours = GATEWAYS | {"at"} if self.function_at else GATEWAYS
        return (*(name for name in names if name not in ours), *self.trusted)

    @property
    def is_movement(self) -> bool:
        return "idempotency_key" in self.trusted


def template(request: web.Request) -> str:
    """The route of a request, for the log. Its path and query may hold what no log must show."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "none"


read = partial(Route, "GET", roles=ALL | SUPPORT)
read_all = partial(read, shape=page)
inspect = partial(read, roles=ADMIN | SUPPORT)
inspect_all = partial(inspect, shape=page)
move = partial(Route, "POST", body=t.Movement, query=t.MovementQuery, trusted=KEYED, status=201)
create = partial(Route, "POST", roles=ADMIN, trusted=ACTOR, status=201)
change = partial(Route, "PATCH", roles=ADMIN, trusted=ACTOR)
put = partial(Route, "PUT", roles=ADMIN, trusted=ACTOR)

WALLET = "/v1/wallets/{user_id}"
WEBHOOK = "/v1/subscriptions/{subscription}/webhook"

# fmt: off
ROUTES = (
    # A wallet, read
    read(WALLET, "list_balances", t.Balance, "All balances", shape=wallet, answer=t.Wallet),
    read(
        WALLET + "/balances/{asset}", "get_balance", t.Balance, "One balance, now or at a moment",
        query=t.MomentQuery, function_at="get_balance_at",
    ),
    read_all(
        WALLET + "/transactions", "list_transactions", t.Transaction, "Transactions, newest first",
        query=t.LedgerQuery,
    ),
    read(
        WALLET + "/transactions/{transaction_id}", "get_transaction", t.TransactionDetail,
        "One transaction with its ledger entries",
    ),
    read_all(
        WALLET + "/ledger", "list_ledger_entries", t.LedgerEntry, "Ledger entries, newest first",
        query=t.LedgerQuery,
    ),
    read_all(WALLET + "/holds", "list_holds", t.Hold, "Holds", query=t.HoldQuery),
    read_all(WALLET + "/lots/{asset}", "list_lots", t.Lot, "Lots in the order of use"),
    read_all(WALLET + "/limits/{asset}", "list_limit_use", t.LimitUse, "What is left of limits"),
    # A wallet, moved
    move(WALLET + "/spend", "spend", t.Receipt, "Spend", body=t.TransferRequest),
    move(
        WALLET + "/convert", "convert", t.ConversionReceipt, "Convert into another asset",
        body=t.ConversionRequest,
    ),
    move(
        WALLET + "/topup", "topup", t.Receipt, "Credit what was paid for",
        body=t.CreditRequest, roles=STAFF, is_bound=True,
    ),
    move(
        WALLET + "/bonus", "bonus", t.Receipt, "Credit a gift",
        body=t.CreditRequest, roles=STAFF | SUPPORT, is_bound=True,
    ),
    put(
        WALLET + "/transactions/{transaction_id}/refund", "set_refunded", t.RefundReceipt,
        "State how much of a top-up is refunded in all", body=t.RefundState,
        query=t.MovementQuery, roles=STAFF,
    ),
    read(
        WALLET + "/transactions/{transaction_id}/consumption", "consumption", t.Consumption,
        "How much of a top-up has been used", roles=STAFF | SUPPORT,
    ),
    move(
        WALLET + "/tasks/{task_id}/complete", "complete_task", t.TaskReceipt,
        "Complete a task and take its reward", body=t.TaskCompletion,
        trusted=(*KEYED, "is_self"),
    ),
    move(
        WALLET + "/items/{item_id}/buy", "buy_item", t.PurchaseReceipt, "Buy an item",
        body=t.PurchaseRequest,
    ),
    move(
        WALLET + "/holds", "place_hold", t.Hold, "Set an amount aside",
        body=t.HoldRequest, roles=STAFF,
    ),
    move(
        WALLET + "/holds/{hold_id}/capture", "capture_hold", t.CaptureReceipt,
        "Spend a hold, whole or in part", body=t.CaptureRequest, roles=STAFF,
    ),
    move(
        WALLET + "/holds/{hold_id}/release", "release_hold", t.Hold,
        "Give back what a hold has left", roles=STAFF,
    ),
    move(
        WALLET + "/transactions/{transaction_id}/reverse", "reverse", t.ReversalReceipt,
        "Take a transaction back, whole or in part", body=t.ReversalRequest, roles=ADMIN | SUPPORT,
    ),
    move(
        WALLET + "/debts/{asset}/forgive", "forgive_debt", t.DebtReceipt,
        "Forgive what a user owes, whole or in part", body=t.Forgiveness, roles=ADMIN,
    ),
    Route(
        "POST", "/v1/batches", "post_batch", t.BatchResult,
        "Up to 8,192 movements, each accepted or refused by itself", body=t.BatchRequest,
        query=t.MovementQuery, roles=STAFF, trusted=ACTOR, shape=results,
        max_body=8 * 1024 * 1024, passed=("requests", "expires_at", "actor"), is_bound=True,
    ),
    Route(
        "POST", "/v1/campaigns/{campaign}/grants", "grant_batch", t.GrantResult,
        "Credit up to 1,000 users out of a campaign, each once", body=t.GrantBatch,
        query=t.MovementQuery, roles=STAFF, trusted=ACTOR, max_body=1024 * 1024,
    ),
    # Events
    read_all(
        "/v1/subscriptions", "list_subscriptions", t.Subscription, "Subscriptions",
        roles=STAFF | SUPPORT, is_on_primary=True,
    ),
    create(
        "/v1/subscriptions", "create_subscription", t.Subscription, "Create a subscription",
        body=t.NewSubscription, roles=STAFF,
    ),
    read(
        "/v1/events", "read_events", t.EventPage, "The next events of a subscription",
        query=t.EventQuery, roles=STAFF, is_on_primary=True,
    ),
    change(
        "/v1/subscriptions/{subscription}", "update_subscription", t.Subscription,
        "Change the filter of a subscription", body=t.SubscriptionChange, roles=STAFF,
    ),
    # Alerts
    inspect_all("/v1/alerts", "list_alerts", t.Alert, "Alerts"),
    create("/v1/alerts", "create_alert", t.Alert, "Create an alert", body=t.NewAlert),
    change("/v1/alerts/{alert}", "update_alert", t.Alert, "Change an alert", body=t.AlertChange),
    Route(
        "DELETE", "/v1/alerts/{alert}", "drop_alert", t.Nothing, "End an alert",
        roles=ADMIN, trusted=ACTOR, shape=nothing,
    ),
    # Webhooks
    inspect_all("/v1/webhooks", "list_webhooks", t.Webhook, "Webhooks", is_on_primary=True),
    create(WEBHOOK, "create_webhook", t.Webhook, "Create a webhook", body=t.NewWebhook),
    change(WEBHOOK, "update_webhook", t.Webhook, "Change a webhook", body=t.WebhookChange),
    create(
        WEBHOOK + "/secret", "rotate_webhook_secret", t.Webhook, "Give a webhook another secret",
        body=t.WebhookSecretChange,
    ),
    inspect_all(
        WEBHOOK + "/failures", "list_webhook_failures", t.WebhookFailure,
        "Events that did not arrive", query=t.Page,
    ),
    create(
        WEBHOOK + "/resend", "resend_webhook_events", t.Webhook, "Send events again",
        body=t.WebhookResend, status=200,
    ),
    Route(
        "DELETE", "/v1/subscriptions/{subscription}", "drop_subscription", t.Nothing,
        "End a subscription", roles=STAFF, trusted=ACTOR, shape=nothing,
    ),
    # The catalogue
    read_all("/v1/assets", "list_assets", t.Asset, "Assets"),
    read_all("/v1/conversion-rates", "list_conversion_rates", t.ConversionRate, "Conversion rates"),
    read_all("/v1/tasks", "list_tasks", t.Task, "Tasks"),
    read_all("/v1/items", "list_items", t.Item, "Items"),
    read_all("/v1/limits", "list_limits", t.LimitRule, "Limits", query=t.AssetQuery),
    read_all("/v1/campaigns", "list_campaigns", t.Campaign, "Campaigns", roles=STAFF | SUPPORT),
    # Accounts
    Route(
        "POST", "/v1/auth/signup", "sign_up", t.SignUp, "Open an account",
        body=t.SignUpRequest, roles=None, status=201, around=Accounts.sign_up,
        passed=("name", "email", "phone", "password_hash"),
    ),
    Route(
        "POST", "/v1/auth/login", "get_credential", t.Credential, "Get a token",
        body=t.LogInRequest, roles=None, around=Accounts.log_in, passed=("email",),
        answer=t.Token,
    ),
    Route(
        "POST", "/v1/auth/password", "set_password", t.Nothing,
        "Change a password; tokens got with the old one end",
        body=t.PasswordChange, roles=None, around=Accounts.change_password,
        passed=("user_id", "password_hash", "actor"), answer=t.Token,
    ),
    # Administration
    create("/v1/admin/assets", "create_asset", t.Asset, "Create an asset", body=t.NewAsset),
    change(
        "/v1/admin/assets/{asset}", "update_asset", t.Asset, "Change an asset", body=t.AssetChange
    ),
    put(
        "/v1/admin/assets/{asset}/supply", "change_supply", t.Asset,
        "Set the most that users may hold of an asset together", body=t.SupplyChange,
    ),
    put(
        "/v1/admin/conversion-rates/{from_asset}/{to_asset}", "set_conversion_rate",
        t.ConversionRate, "Set the rate from one asset to another", body=t.NewRate,
        query=t.MovementQuery,
    ),
    create("/v1/admin/tasks", "create_task", t.Task, "Create a task", body=t.NewTask),
    change("/v1/admin/tasks/{task_id}", "update_task", t.Task, "Change a task", body=t.TaskChange),
    create("/v1/admin/limits", "create_limit", t.LimitRule, "Create a limit", body=t.NewLimit),
    change(
        "/v1/admin/limits/{limit_id}", "update_limit", t.LimitRule, "Change a limit",
        body=t.LimitChange,
    ),
    create(
        "/v1/admin/campaigns", "create_campaign", t.Campaign, "Create a campaign",
        body=t.NewCampaign,
    ),
    put(
        "/v1/admin/campaigns/{campaign}/budget", "change_budget", t.Campaign,
        "Set the most that a campaign may give in all", body=t.BudgetChange,
        query=t.MovementQuery,
    ),
    create("/v1/admin/items", "create_item", t.Item, "Create an item", body=t.NewItem),
    change("/v1/admin/items/{item_id}", "update_item", t.Item, "Change an item", body=t.ItemChange),
    inspect_all(
        "/v1/admin/users", "find_user", t.User, "Find users by email address or external id",
        query=t.UserQuery,
    ),
    inspect_all(
        "/v1/admin/users/search", "search_users", t.User,
        "Find users by the beginning of their name, email address or external id",
        query=t.UserSearch,
    ),
    create("/v1/admin/users", "create_user", t.User, "Create a user", body=t.NewUser),
    create(
        "/v1/admin/users/{user_id}/status", "set_user_status", t.User,
        "Freeze, close or reactivate an account", body=t.StatusChange, status=200,
    ),
    create(
        "/v1/admin/users/{user_id}/erase", "erase_user", t.User,
        "Erase who a user is, for good", body=t.Erasure, status=200,
    ),
    create(
        "/v1/admin/users/{user_id}/tokens/revoke", "revoke_tokens", t.User,
        "Cut off every token that a user has", body=t.Reasoned, status=200,
    ),
    inspect_all(
        "/v1/admin/treasury", "treasury", t.TreasuryBalance, "What was issued and what is left",
        query=t.TreasuryQuery,
    ),
    inspect_all(
        "/v1/admin/liability/{asset}", "liability", t.LiabilityItem,
        "What is outstanding, by origin, month of issue and month of expiry",
        query=t.LiabilityQuery,
    ),
    inspect_all(
        "/v1/economy", "economy", t.EconomyDay, "What was issued and removed on each day",
        query=t.EconomyQuery, is_on_primary=True,
    ),
    inspect_all(
        "/v1/economy/distribution", "distribution", t.DistributionDay,
        "How balances were spread on each day", query=t.DistributionQuery, is_on_primary=True,
    ),
    inspect_all(
        "/v1/economy/leaders", "leaders", t.Leader, "Who earned and spent most",
        query=t.LeaderQuery,
    ),
    inspect_all(
        "/v1/admin/actions", "list_actions", t.Action, "What operators did, newest first",
        query=t.ActionQuery,
    ),
    # What waits for a second operator
    inspect_all(
        "/v1/admin/proposals", "list_proposals", t.Proposal, "Proposals, newest first",
        query=t.ProposalQuery, is_on_primary=True,
    ),
    move(
        "/v1/admin/proposals", "propose", t.Proposal, "Propose a call, which another approves",
        body=t.NewProposal, roles=ADMIN | SUPPORT,
    ),
    move(
        "/v1/admin/proposals/{proposal_id}/approve", "approve_proposal", t.Proposal,
        "Approve a proposal of another, and run its call", body=t.Decision, roles=ADMIN, status=200,
    ),
    move(
        "/v1/admin/proposals/{proposal_id}/reject", "reject_proposal", t.Proposal,
        "Reject a proposal", body=t.Decision, roles=ADMIN, status=200,
    ),
    inspect_all(
        "/v1/admin/thresholds", "list_thresholds", t.Threshold,
        "Above what a change waits for a second operator", is_on_primary=True,
    ),
    put(
        "/v1/admin/thresholds/{function}/{asset}", "set_threshold", t.Threshold,
        "Set above what a change waits for a second operator", body=t.NewThreshold,
    ),
    inspect_all(
        "/v1/admin/verify", "verify", t.Finding, "Check the books: no item, no error",
        query=t.VerifyQuery,
    ),
    inspect(
        "/v1/admin/verify/page", "verify_page", t.VerifyPage, "Check the books, page by page",
        query=t.VerifyPageQuery,
    ),
    create(
        "/v1/admin/verifications", "record_verification", t.Nothing,
        "Write down that all books were checked", body=t.Verification, shape=nothing,
    ),
    inspect_all(
        "/v1/admin/checkpoints", "list_checkpoints", t.Checkpoint, "Checkpoints, newest first",
        query=t.Page,
    ),
    create(
        "/v1/admin/checkpoints", "checkpoint", t.Checkpoint,
        "Write down the heads of all chains under one root", body=t.Reasoned,
    ),
    inspect_all(
        "/v1/admin/checkpoints/{checkpoint_id}/verify", "verify_checkpoint", t.Finding,
        "Compare the ledger with a root that was kept elsewhere: no item, no error",
        query=t.RootQuery,
    ),
)
# Answered by a stream, so not by the handler of the others.
LIVE = read(WALLET + "/events", "read_news", t.Nothing, "What moves in a wallet, as it moves")
