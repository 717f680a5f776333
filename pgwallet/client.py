"""The gateway as an object: each route a coroutine with typed arguments and a typed answer.

    async with Wallet("http://127.0.0.1:8080", token) as wallet:
        receipt = await wallet.spend(user_id, "GOLD", 30, key="order-7")

The client sends a request again after no answer, a 503 or a 429, for up to `patience` seconds. It
sends the same key each time, so the request moves something once, however often it arrives. A
request without a key that is not a read is sent again only if the gateway can't have accepted it.
"""

# Methods are declared here and defined by the route table.
# mypy: disable-error-code="empty-body"

import asyncio
import functools
import inspect
import random
from collections.abc import Awaitable, Callable, Coroutine
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import (
    Any,
    Generic,
    NamedTuple,
    ParamSpec,
    Self,
    TypedDict,
    TypeVar,
    Unpack,
    get_args,
    get_type_hints,
)
from urllib.parse import quote
from uuid import UUID, uuid4

import aiohttp
import msgspec
from msgspec.structs import fields
from yarl import URL

from gateway import types as t
from gateway.routes import ROUTES

P = ParamSpec("P")
T = TypeVar("T")

UserId = UUID | str  # or "me", or "ext:" and an external id
Amount = t.Amount | Decimal
Json = t.Json

_ROUTES = {route.function: route for route in ROUTES}
_ROUTES["log_in"] = _ROUTES["get_credential"]
_ROUTES["change_password"] = _ROUTES["set_password"]
_LONGEST_PAUSE = 5.0  # seconds


class Page(msgspec.Struct, Generic[T]):
    items: list[T]
    next_cursor: str | None = None  # the next page's `cursor`


class Problem(Exception):
    """The gateway refused the request. docs/reference/errors.md lists the codes."""

    def __init__(self, problem: t.ProblemDetails, key: str | None) -> None:
        super().__init__(problem.code, problem.title, problem.detail)
        self.code, self.title, self.status = problem.code, problem.title, problem.status
        self.detail, self.hint, self.request_id = problem.detail, problem.hint, problem.request_id
        self.key = key  # send it with the same key again


class NoAnswer(Exception):
    """Nobody knows whether the gateway accepted the request. Send it again with the same key."""

    def __init__(self, cause: BaseException, key: str | None) -> None:
        super().__init__(f"no answer: {type(cause).__name__} {cause}".strip())
        self.key = key


class MovementOptions(TypedDict, total=False):
    key: str  # by default a new one
    metadata: Json
    dry_run: bool


class TransferOptions(MovementOptions, total=False):
    reference: str


class CreditOptions(TransferOptions, total=False):
    expires_at: datetime


class PageOptions(TypedDict, total=False):
    asset: str
    limit: int
    cursor: str


class LedgerOptions(PageOptions, total=False):
    kind: str


class HoldOptions(PageOptions, total=False):
    status: str


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


def _route(declared: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Turns a signature into a call of the route of that name."""
    route, signature = _ROUTES[declared.__name__], inspect.signature(declared)
    in_body = route.body.__struct_fields__ if route.body else ()
    required = {field.name for field in fields(route.body) if field.required} if route.body else ()
    query = route.query
    in_query = dict(zip(query.__struct_fields__, query.__struct_encode_fields__, strict=True))
    hints = get_type_hints(declared)
    decode = msgspec.json.Decoder(hints.pop("return")).decode
    if "more" in hints:
        hints |= get_type_hints(get_args(hints.pop("more"))[0])
    taken = {*route.path_fields, *in_body, *in_query, *(["key"] if route.is_movement else [])}
    if differing := taken ^ hints.keys():
        raise TypeError(f"{declared.__name__} differs from its route in {sorted(differing)}")
    # Each movement of a batch has its key in the body, and a campaign pays each user once.
    is_safe = (
        route.method in ("GET", "PUT")
        or route.is_movement
        or route.body in (t.BatchRequest, t.GrantBatch)
    )

    @functools.wraps(declared)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        values = signature.bind(*args, **kwargs).arguments
        wallet: Wallet = values.pop("self")
        values |= values.pop("more", {})
        if unknown := values.keys() - taken:
            raise TypeError(f"{declared.__name__} takes no {', '.join(sorted(unknown))}")
        key: str | None = values.pop("key", None)
        if key is None and route.is_movement:
            key = str(uuid4())
        path = route.path.format(
            **{name: quote(str(values.pop(name)), safe="") for name in route.path_fields}
        )
        values = {name: it for name, it in values.items() if it is not None or name in required}
        query = {
            field: _text(values.pop(name)) for name, field in in_query.items() if name in values
        }
        url = URL(wallet.url + path, encoded=True).with_query(query)
        body = msgspec.json.encode(values) if in_body else None
        answer = await wallet._send(route.method, url, body, key, is_safe)
        try:
            return decode(answer.body)  # type: ignore[no-any-return]
        except msgspec.DecodeError as error:
            raise NoAnswer(error, key) from error

    call.__doc__ = f"{route.summary}."
    return call


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


class Wallet:
    """A gateway, and a token to ask with.

    timeout: seconds for one try. patience: seconds for all tries of a request. session: stays open
    if it is given. Every method raises Problem or NoAnswer.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        session: aiohttp.ClientSession | None = None,
        timeout: float = 40.0,
        patience: float = 60.0,
    ) -> None:
        self.url, self.token = url.rstrip("/"), token
        self.timeout, self.patience = timeout, patience
        self._session, self._is_own = session, session is None

    async def __aenter__(self) -> Self:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._is_own and self._session is not None:
            await self._session.close()
            self._session = None

    async def send_once(
        self, method: str, url: URL, body: bytes | None, headers: dict[str, str]
    ) -> Answer:
        """Tries once. Raises aiohttp.ClientError or TimeoutError if there is no whole answer."""
        assert self._session is not None, "use it in `async with`"
        timeout = aiohttp.ClientTimeout(self.timeout)
        data = None if body is None else BytesIO(body)  # is sent in pieces, as it may be large
        async with self._session.request(
            method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            got = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, got, await response.read())

    async def _send(
        self, method: str, url: URL, body: bytes | None, key: str | None, is_safe: bool
    ) -> Answer:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            headers["Idempotency-Key"] = _quoted(key)
        clock = asyncio.get_running_loop().time
        end, pause = clock() + self.patience, 0.1
        while True:
            least = 0.0
            failure: Problem | NoAnswer
            try:
                answer = await self.send_once(method, url, body, headers)
                if 200 <= answer.status < 300:
                    return answer
                failure = Problem(_details(answer), key)
                may_retry = answer.status == 429 or (
                    is_safe and answer.status in (502, 503, 504)  # 502 and 504 are a proxy's
                )
                after = answer.headers.get("retry-after", "")
                least = float(after) if after.isdecimal() else 0.0
            except (aiohttp.ClientError, TimeoutError) as error:
                failure = NoAnswer(error, key)
                may_retry = is_safe or isinstance(error, aiohttp.ClientConnectorError)
            wait = max(pause * random.uniform(0.5, 1.5), least)
            if not may_retry or clock() + wait > end:
                raise failure
            await asyncio.sleep(wait)
            pause = min(2 * pause, _LONGEST_PAUSE)

    # A wallet, read

    @_route
    async def list_balances(self, user_id: UserId) -> t.Wallet: ...

    @_route
    async def get_balance(
        self, user_id: UserId, asset: str, *, at: datetime | None = None
    ) -> t.Balance: ...

    @_route
    async def list_transactions(
        self, user_id: UserId, **more: Unpack[LedgerOptions]
    ) -> Page[t.Transaction]: ...

    @_route
    async def get_transaction(
        self, user_id: UserId, transaction_id: UUID
    ) -> t.TransactionDetail: ...

    @_route
    async def list_ledger_entries(
        self, user_id: UserId, **more: Unpack[LedgerOptions]
    ) -> Page[t.LedgerEntry]: ...

    @_route
    async def list_holds(self, user_id: UserId, **more: Unpack[HoldOptions]) -> Page[t.Hold]: ...

    @_route
    async def list_lots(self, user_id: UserId, asset: str) -> Page[t.Lot]: ...

    @_route
    async def list_limit_use(self, user_id: UserId, asset: str) -> Page[t.LimitUse]: ...

    # A wallet, moved

    @_route
    async def spend(
        self, user_id: UserId, asset: str, amount: Amount, **more: Unpack[TransferOptions]
    ) -> t.Receipt: ...

    @_route
    async def convert(
        self,
        user_id: UserId,
        from_asset: str,
        to_asset: str,
        amount: Amount,
        *,
        rate_id: int | None = None,
        **more: Unpack[MovementOptions],
    ) -> t.ConversionReceipt: ...

    @_route
    async def topup(
        self, user_id: UserId, asset: str, amount: Amount, **more: Unpack[CreditOptions]
    ) -> t.Receipt: ...

    @_route
    async def bonus(
        self, user_id: UserId, asset: str, amount: Amount, **more: Unpack[CreditOptions]
    ) -> t.Receipt: ...

    @_route
    async def complete_task(
        self,
        user_id: UserId,
        task_id: int,
        *,
        time_zone: str | None = None,
        **more: Unpack[MovementOptions],
    ) -> t.TaskReceipt: ...

    @_route
    async def buy_item(
        self,
        user_id: UserId,
        item_id: int,
        quantity: int,
        *,
        expected_price: Amount | None = None,
        **more: Unpack[MovementOptions],
    ) -> t.PurchaseReceipt: ...

    @_route
    async def place_hold(
        self,
        user_id: UserId,
        asset: str,
        amount: Amount,
        expires_in: int,
        **more: Unpack[TransferOptions],
    ) -> t.Hold: ...

    @_route
    async def capture_hold(
        self,
        user_id: UserId,
        hold_id: UUID,
        *,
        amount: Amount | None = None,
        **more: Unpack[MovementOptions],
    ) -> t.CaptureReceipt: ...

    @_route
    async def release_hold(
        self, user_id: UserId, hold_id: UUID, **more: Unpack[MovementOptions]
    ) -> t.Hold: ...

    @_route
    async def reverse(
        self,
        user_id: UserId,
        transaction_id: UUID,
        reason: str,
        *,
        amount: Amount | None = None,
        policy: str | None = None,
        grace: int | None = None,
        **more: Unpack[MovementOptions],
    ) -> t.ReversalReceipt: ...

    @_route
    async def set_refunded(
        self,
        user_id: UserId,
        transaction_id: UUID,
        refunded: Amount,
        signed_at: datetime,
        *,
        policy: str | None = None,
        reference: str | None = None,
        metadata: Json | None = None,
        dry_run: bool | None = None,
    ) -> t.RefundReceipt: ...

    @_route
    async def consumption(self, user_id: UserId, transaction_id: UUID) -> t.Consumption: ...

    @_route
    async def forgive_debt(
        self,
        user_id: UserId,
        asset: str,
        reason: str,
        *,
        amount: Amount | None = None,
        **more: Unpack[MovementOptions],
    ) -> t.DebtReceipt: ...

    @_route
    async def post_batch(
        self, requests: list[t.BatchItem], *, dry_run: bool | None = None
    ) -> Page[t.BatchResult]: ...

    @_route
    async def grant_batch(
        self,
        campaign: str,
        grants: list[t.GrantRequest],
        *,
        reason: str | None = None,
        dry_run: bool | None = None,
    ) -> t.GrantResult: ...

    # Events

    @_route
    async def read_events(
        self,
        subscription: str,
        *,
        limit: int | None = None,
        wait: int | None = None,
        cursor: str | None = None,
    ) -> t.EventPage: ...

    @_route
    async def list_subscriptions(self) -> Page[t.Subscription]: ...

    @_route
    async def create_subscription(
        self,
        code: str,
        *,
        assets: list[str] | None = None,
        kinds: list[str] | None = None,
        user_id: UUID | None = None,
        alerts: list[str] | None = None,
        start: str | None = None,
    ) -> t.Subscription: ...

    @_route
    async def update_subscription(
        self,
        subscription: str,
        *,
        assets: list[str] | None = None,
        kinds: list[str] | None = None,
        alerts: list[str] | None = None,
    ) -> t.Subscription: ...

    @_route
    async def drop_subscription(self, subscription: str) -> t.Nothing: ...

    # Alerts

    @_route
    async def list_alerts(self) -> Page[t.Alert]: ...

    @_route
    async def create_alert(
        self,
        code: str,
        measure: str,
        *,
        asset: str | None = None,
        campaign: str | None = None,
        user_id: UUID | None = None,
        direction: str | None = None,
        threshold: Amount | None = None,
        margin: Amount | None = None,
        is_share: bool | None = None,
        within: int | None = None,
    ) -> t.Alert: ...

    @_route
    async def update_alert(
        self,
        alert: str,
        *,
        threshold: Amount | None = None,
        margin: Amount | None = None,
        within: int | None = None,
    ) -> t.Alert: ...

    @_route
    async def drop_alert(self, alert: str) -> t.Nothing: ...

    # Webhooks

    @_route
    async def list_webhooks(self) -> Page[t.Webhook]: ...

    @_route
    async def create_webhook(
        self,
        subscription: str,
        url: str,
        *,
        secret: str | None = None,
        is_ordered: bool | None = None,
    ) -> t.Webhook: ...

    @_route
    async def update_webhook(
        self,
        subscription: str,
        *,
        url: str | None = None,
        status: str | None = None,
        is_ordered: bool | None = None,
    ) -> t.Webhook: ...

    @_route
    async def rotate_webhook_secret(
        self, subscription: str, *, secret: str | None = None, overlap: int | None = None
    ) -> t.Webhook: ...

    @_route
    async def list_webhook_failures(
        self, subscription: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[t.WebhookFailure]: ...

    @_route
    async def resend_webhook_events(
        self, subscription: str, *, transaction_id: UUID | None = None
    ) -> t.Webhook: ...

    # The catalogue

    @_route
    async def list_assets(self) -> Page[t.Asset]: ...

    @_route
    async def list_conversion_rates(self) -> Page[t.ConversionRate]: ...

    @_route
    async def list_tasks(self) -> Page[t.Task]: ...

    @_route
    async def list_items(self) -> Page[t.Item]: ...

    @_route
    async def list_limits(self, *, asset: str | None = None) -> Page[t.LimitRule]: ...

    @_route
    async def list_campaigns(self) -> Page[t.Campaign]: ...

    # Accounts

    @_route
    async def sign_up(
        self, name: str, email: str, password: str, *, phone: str | None = None
    ) -> t.SignUp: ...

    @_route
    async def log_in(self, email: str, password: str) -> t.Token: ...

    @_route
    async def change_password(self, email: str, password: str, new_password: str) -> t.Token: ...

    # Administration

    @_route
    async def create_asset(
        self,
        code: str,
        name: str,
        *,
        scale: int | None = None,
        supply: Amount | None = None,
        sign_up_bonus: Amount | None = None,
        is_purchasable: bool | None = None,
        lot_order: str | None = None,
        expires_in: int | None = None,
        is_paid_expiring: bool | None = None,
        is_debt_blocking: bool | None = None,
        reason: str | None = None,
    ) -> t.Asset: ...

    @_route
    async def update_asset(
        self,
        asset: str,
        *,
        name: str | None = None,
        sign_up_bonus: Amount | None = None,
        is_purchasable: bool | None = None,
        is_archived: bool | None = None,
        lot_order: str | None = None,
        expires_in: int | None = None,
        is_paid_expiring: bool | None = None,
        is_debt_blocking: bool | None = None,
        reason: str | None = None,
    ) -> t.Asset: ...

    @_route
    async def change_supply(
        self, asset: str, supply: Amount | None, *, reason: str | None = None
    ) -> t.Asset: ...

    @_route
    async def set_conversion_rate(
        self,
        from_asset: str,
        to_asset: str,
        from_amount: Amount,
        to_amount: Amount,
        *,
        reason: str | None = None,
        dry_run: bool | None = None,
    ) -> t.ConversionRate: ...

    @_route
    async def create_task(
        self,
        code: str,
        name: str,
        asset: str,
        reward: Amount,
        *,
        max_completions: int | None = None,
        cooldown: int | None = None,
        is_self_service: bool | None = None,
        expires_in: int | None = None,
        period: str | None = None,
        time_zone: str | None = None,
        reason: str | None = None,
    ) -> t.Task: ...

    @_route
    async def update_task(
        self,
        task_id: int,
        *,
        name: str | None = None,
        reward: Amount | None = None,
        max_completions: int | None = None,
        cooldown: int | None = None,
        is_self_service: bool | None = None,
        is_active: bool | None = None,
        expires_in: int | None = None,
        period: str | None = None,
        time_zone: str | None = None,
        reason: str | None = None,
    ) -> t.Task: ...

    @_route
    async def create_limit(
        self,
        code: str,
        asset: str,
        measure: str,
        maximum: Amount,
        *,
        direction: str | None = None,
        kinds: list[str] | None = None,
        origin: str | None = None,
        period: str | None = None,
        time_zone: str | None = None,
        rolling: int | None = None,
        is_clipping: bool | None = None,
        reason: str | None = None,
    ) -> t.LimitRule: ...

    @_route
    async def update_limit(
        self,
        limit_id: int,
        *,
        maximum: Amount | None = None,
        is_clipping: bool | None = None,
        is_active: bool | None = None,
        reason: str | None = None,
    ) -> t.LimitRule: ...

    @_route
    async def create_campaign(
        self,
        code: str,
        asset: str,
        *,
        budget: Amount | None = None,
        expires_in: int | None = None,
        reason: str | None = None,
    ) -> t.Campaign: ...

    @_route
    async def change_budget(
        self,
        campaign: str,
        budget: Amount | None,
        *,
        reason: str | None = None,
        dry_run: bool | None = None,
    ) -> t.Campaign: ...

    @_route
    async def create_item(
        self,
        code: str,
        name: str,
        asset: str,
        price: Amount,
        *,
        stock: int | None = None,
        max_per_user: int | None = None,
        reason: str | None = None,
    ) -> t.Item: ...

    @_route
    async def update_item(
        self,
        item_id: int,
        *,
        name: str | None = None,
        price: Amount | None = None,
        stock: int | None = None,
        max_per_user: int | None = None,
        is_active: bool | None = None,
        reason: str | None = None,
    ) -> t.Item: ...

    @_route
    async def find_user(self, query: str) -> Page[t.User]: ...

    @_route
    async def search_users(self, query: str, *, limit: int = 50) -> Page[t.User]: ...

    @_route
    async def create_user(
        self,
        *,
        external_id: str | None = None,
        name: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        role: str | None = None,
    ) -> t.User: ...

    @_route
    async def set_user_status(
        self, user_id: UserId, status: str, *, reason: str | None = None
    ) -> t.User: ...

    @_route
    async def erase_user(self, user_id: UserId, reason: str) -> t.User: ...

    @_route
    async def revoke_tokens(self, user_id: UserId, *, reason: str | None = None) -> t.User: ...

    @_route
    async def treasury(
        self, *, asset: str | None = None, at: datetime | None = None
    ) -> Page[t.TreasuryBalance]: ...

    @_route
    async def liability(
        self, asset: str, *, at: datetime | None = None, time_zone: str = "UTC"
    ) -> Page[t.LiabilityItem]: ...

    @_route
    async def economy(
        self,
        *,
        from_day: date | None = None,
        to_day: date | None = None,
        asset: str | None = None,
    ) -> Page[t.EconomyDay]: ...

    @_route
    async def distribution(
        self, asset: str, *, from_day: date | None = None, to_day: date | None = None
    ) -> Page[t.DistributionDay]: ...

    @_route
    async def leaders(self, asset: str, *, days: int = 30) -> Page[t.Leader]: ...

    @_route
    async def list_actions(
        self,
        *,
        name: str | None = None,
        subject: str | None = None,
        by: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[t.Action]: ...

    @_route
    async def list_proposals(
        self, *, status: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[t.Proposal]: ...

    @_route
    async def propose(
        self,
        function: str,
        arguments: t.CallArguments,
        reason: str,
        *,
        expires_in: int | None = None,
        key: str | None = None,
        dry_run: bool | None = None,
    ) -> t.Proposal: ...

    @_route
    async def approve_proposal(
        self,
        proposal_id: UUID,
        reason: str,
        *,
        key: str | None = None,
        dry_run: bool | None = None,
    ) -> t.Proposal: ...

    @_route
    async def reject_proposal(
        self,
        proposal_id: UUID,
        reason: str,
        *,
        key: str | None = None,
        dry_run: bool | None = None,
    ) -> t.Proposal: ...

    @_route
    async def list_thresholds(self) -> Page[t.Threshold]: ...

    @_route
    async def set_threshold(
        self,
        function: str,
        asset: str,
        *,
        most: Amount | None = None,
        reason: str | None = None,
    ) -> t.Threshold: ...

    @_route
    async def verify(self, *, user_id: UserId | None = None) -> Page[t.Finding]: ...

    @_route
    async def verify_page(
        self, *, from_: UUID | None = None, limit: int | None = None, since: int | None = None
    ) -> t.VerifyPage: ...

    @_route
    async def record_verification(self, users: int, findings: int) -> t.Nothing: ...

    @_route
    async def list_checkpoints(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[t.Checkpoint]: ...

    @_route
    async def checkpoint(self, *, reason: str | None = None) -> t.Checkpoint: ...

    @_route
    async def verify_checkpoint(self, checkpoint_id: int, root: str) -> Page[t.Finding]: ...


def _quoted(key: str) -> str:
    """A quoted string of RFC 8941: no character of the key is lost on the way."""
    escaped = key.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _details(answer: Answer) -> t.ProblemDetails:
    try:
        return msgspec.json.decode(answer.body, type=t.ProblemDetails)
    except msgspec.DecodeError:  # a proxy may answer something else
        text = answer.body[:200].decode(errors="replace")
        return t.ProblemDetails(
            "about:blank", "no problem+json", answer.status, text, str(answer.status), None, ""
        )
