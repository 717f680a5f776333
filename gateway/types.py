"""Bodies, queries and answers. Their fields are named as in SQL, without p_."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field


def _doc(description: str | None, *examples: Any, **limits: Any) -> Meta:
    """For the API document. A body's example has an optional field if the field has an example."""
    return Meta(description=description, examples=list(examples) or None, **limits)


def _eg(example: Any) -> Meta:
    return _doc(None, example)


def _named(title: str, **more: Any) -> Meta:
    """A schema of its own in the API document, which others refer to."""
    return Meta(title=title, extra_json_schema=more)


def _choice(title: str, description: str, *choices: str) -> Meta:
    """The document lists the choices. SQL refuses others."""
    return Meta(
        title=title,
        description=description,
        examples=[choices[0]],
        extra_json_schema={"enum": [*choices]},
    )


# An amount comes as a JSON integer or a decimal string, never as a JSON float. SQL checks its sign,
# size and decimals.
Amount = Annotated[
    int | Annotated[str, Meta(pattern=r"\A-?[0-9]{1,40}(\.[0-9]{1,20})?\Z")],
    _doc("A decimal number in units of the asset, as an integer or as a string.", "10"),
]
Units = Annotated[str, _doc("A decimal number in units of the asset.", "10")]
Unsigned = Annotated[Units, _doc("Unsigned: kind or entry_type says the direction.")]
After = Annotated[Units, _doc("The balance after it.", "90")]
Code = Annotated[str, _doc("An asset's code.", "GOLD")]
WebhookUrl = Annotated[
    str, _doc("Absolute, with https.", "https://shop.example/hook", max_length=2048)
]
WebhookSecret = Annotated[
    str, _doc("whsec_ and 24 to 64 bytes in base64.", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
]
Ordered = Annotated[bool, _doc("Whether an event waits for those before it in its wallet.")]
WebhookSwitch = Annotated[
    str, _choice("WebhookSwitch", "Whether events are sent.", "active", "paused")
]
WebhookStatus = Annotated[
    str,
    _choice("WebhookStatus", "gone: the receiver answered 410.", "active", "paused", "gone"),
]
WebhookEventStatus = Annotated[
    str,
    _choice("WebhookEventStatus", "parked: it is not tried any more.", "waiting", "parked"),
]
AlertCode = Annotated[str, _doc("An alert's code.", "low_gold")]
Reason = Annotated[str | None, _doc("Why; it is kept for ever.", "the season has ended")]
CampaignCode = Annotated[str, _doc("A campaign's code.", "SPRING")]
AlertMeasure = Annotated[
    str,
    _choice(
        "AlertMeasure",
        "balance: of a user; outstanding: what all users hold; supply: what is left of the cap; "
        "budget: what is left of a campaign's; expiring: lots that are about to expire.",
        "balance", "outstanding", "supply", "budget", "expiring",
    ),
]  # fmt: skip
AlertDirection = Annotated[
    str, _choice("AlertDirection", "Which way it crosses the threshold.", "below", "above")
]
SubscriptionCode = Annotated[str, _doc("A subscription's code.", "warehouse")]
ToCode = Annotated[Code, _eg("DIAMOND")]
Email = Annotated[str, _doc("A to Z count as a to z.", "eve@example.com", max_length=320)]
Phone = Annotated[str, _doc("Digits; it may begin with +.")]
ExternalId = Annotated[str, _doc("The user's id in the host application.", "player-7")]
Key = Annotated[str, _doc("1 to 255 printable ASCII characters.", "order-42")]
UserId = Annotated[UUID, _eg("b237c095-f7bc-4220-a9e3-3a306086d0f0")]
AnyUserId = Annotated[
    str,
    _doc(
        "Or `ext:` and an external id.",
        "b237c095-f7bc-4220-a9e3-3a306086d0f0",
        pattern=r"\A([0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}|ext:.{1,255})\Z",
    ),
]
TransactionId = Annotated[UUID, _eg("01a1fd7e-9c84-7acb-bd4f-a259e95eed13")]
HoldId = Annotated[UUID, _eg("01a1fd7e-9d52-7d8a-8cdb-21a8dd4eb334")]
Int4 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Int8 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
TaskId = Annotated[Int8, _eg(1)]
ItemId = Annotated[Int8, _eg(1)]
Seconds = Annotated[int, _doc("Whole seconds.", ge=1, le=2**31 - 1)]
Moment = Annotated[datetime, Meta(tz=True, examples=["2026-01-31T12:00:00Z"])]
Month = Annotated[date, _doc("Its first day.", "2026-01-01")]
Day = Annotated[date, _doc("A day of UTC.", "2026-01-31")]
Password = Annotated[str, Meta(min_length=8, max_length=128, examples=["correct horse"])]
_Role = Literal["user", "support", "service", "admin"]
Role = Annotated[_Role, _named("Role")]
ROLES: tuple[str, ...] = get_args(_Role)
Status = Annotated[Literal["active", "frozen", "closed", "erased"], _named("UserStatus")]
NewStatus = Annotated[Literal["active", "frozen", "closed"], _named("NewStatus")]
_KINDS = (
    "SPEND", "TOPUP", "BONUS", "CONVERT", "TASK", "PURCHASE", "CAPTURE", "REVERSAL", "ADJUST",
    "EXPIRE", "REFUND", "REPAY",
)  # fmt: skip
_ALL_KINDS = (*_KINDS, "FORGIVE", "HOLD", "RELEASE")
Kind = Annotated[str, _choice("Kind", "What kind of movement.", *_KINDS)]
AnyKind = Annotated[
    str, _choice("TransactionKind", "HOLD, RELEASE and FORGIVE move nothing.", *_ALL_KINDS)
]
EventKind = Annotated[
    str,
    _choice("EventKind", "As of a transaction; ALERT: an alert was raised.", *_ALL_KINDS, "ALERT"),
]
BatchKind = Annotated[str, _choice("BatchKind", "What to post.", "TOPUP", "BONUS", "SPEND")]
HoldStatus = Annotated[
    str, _choice("HoldStatus", "At present.", "open", "captured", "released", "expired")
]
SubscriptionStart = Annotated[
    str, _choice("SubscriptionStart", "Where it begins.", "now", "beginning")
]
EntryType = Annotated[Literal["DEBIT", "CREDIT"], _named("EntryType"), _eg("DEBIT")]
Leg = Annotated[int, _doc("1; of a conversion 2 for the other asset.", 1)]
Reference = Annotated[str | None, _doc("The caller's own, such as an order number.", "order-42")]
Json = Annotated[
    dict[str, Any],
    _named("JsonObject", additionalProperties=True),
    _doc("A small object of the caller, kept with the movement."),
]
Purchasable = Annotated[bool, _doc("Whether top-ups may credit it.")]
Archived = Annotated[bool, _doc("Nothing moves in an archived asset.", False)]
LotOrder = Annotated[
    str,
    _choice(
        "LotOrder",
        "Each credit is kept apart until debits, in this order, have used it up.",
        "expiring_first", "free_first", "paid_first",
    ),
]  # fmt: skip
LotOrigin = Annotated[Literal["paid", "free"], _named("LotOrigin"), _eg("free")]
Lifetime = Annotated[Seconds, _doc("Whole seconds that a credit lives if nothing else says.")]
Duration = Annotated[int, _doc("Whole seconds; 0 takes it away.", ge=0, le=2**31 - 1)]
PaidExpiring = Annotated[bool, _doc("Whether what was paid for may expire too.", False)]
Period = Annotated[
    str, _choice("Period", "Of the calendar; a week begins on Monday.", "day", "week", "month")
]
TimeZone = Annotated[str, _doc("UTC, or a name of the IANA database.", "Europe/Berlin")]
LimitMeasure = Annotated[
    str,
    _choice(
        "LimitMeasure",
        "What is limited: the amounts or the number of movements, or what a user holds.",
        "amount", "count", "balance",
    ),
]  # fmt: skip
Direction = Annotated[str, _choice("Direction", "What moves.", "credit", "debit")]
LimitKinds = Annotated[
    list[str],
    _doc("TOPUP, BONUS, TASK, CONVERT; of debits SPEND, PURCHASE, HOLD, CONVERT."),
]
Rolling = Annotated[Seconds, _doc("Whole seconds that it looks back.", 86400)]
Clipping = Annotated[
    bool, _doc("Whether a BONUS or TASK beyond a limit on the balance is reduced.", False)
]
LimitId = Annotated[Int8, _eg(1)]
CheckpointId = Annotated[Int8, _eg(1)]
DebtBlocking = Annotated[
    bool, _doc("Whether who owes some can't spend it, nor what holds have set aside.", False)
]
RefundOutcome = Annotated[
    str,
    _choice(
        "RefundOutcome", "What the notice did. The last three moved nothing.",
        "taken", "given_back", "unchanged", "repeated", "outdated",
    ),
]  # fmt: skip
SelfService = Annotated[bool, _doc("Whether users may report it themselves.", False)]
CALLS = (
    "bonus", "topup", "adjust", "reverse", "forgive_debt", "create_task", "update_task",
    "set_conversion_rate", "create_campaign", "change_budget", "change_supply", "set_threshold",
)  # fmt: skip
CallFunction = Annotated[str, _choice("CallFunction", "A function that can be proposed.", *CALLS)]
# No float, as an amount must not be one. Metadata may have some.
CallArguments = Annotated[
    dict[str, str | int | bool | dict[str, Any] | None],
    _named("CallArguments"),
    _doc(
        "The function's arguments by name, without p_. A user is a user_id.",
        {"user_id": "b237c095-f7bc-4220-a9e3-3a306086d0f0", "asset": "GOLD", "amount": "5000"},
    ),
]
ProposalId = Annotated[UUID, _eg("01a1fd7e-9c84-7acb-bd4f-a259e95eed13")]
ProposalStatus = Annotated[
    str,
    _choice(
        "ProposalStatus", "Only a pending one can be approved or rejected.",
        "pending", "approved", "rejected", "expired",
    ),
]  # fmt: skip
Limit = Annotated[int, _doc("How many at most.", ge=1, le=200)]
Cursor = Annotated[str, _doc("The next_cursor of the page before, with the same filters.")]


# ---------------------------------------------------------------------------------------------
# Bodies
# ---------------------------------------------------------------------------------------------


class Body(Struct, forbid_unknown_fields=True):
    """Takes the fields that it names and no others."""


class Movement(Body, kw_only=True):
    metadata: Json | None = None


class Reasoned(Body, kw_only=True):
    reason: Reason = None


class TaskCompletion(Movement):
    time_zone: Annotated[TimeZone, _doc("Where the user is.")] | None = None


ExpiresAt = Annotated[Moment, _doc("Of an asset with lots: until when it can be used.")] | None


class TransferRequest(Movement):
    asset: Code
    amount: Amount
    reference: Reference = None


class CreditRequest(TransferRequest):
    expires_at: ExpiresAt = None


class ConversionRequest(Movement):
    from_asset: Code
    to_asset: ToCode
    amount: Annotated[Amount, _doc("In from_asset. It must convert exactly.", "50")]
    rate_id: (
        Annotated[Int8, _doc("The rate that the user saw; refused if it has changed.")] | None
    ) = None


class PurchaseRequest(Movement):
    quantity: Annotated[Int4, _eg(1)]
    expected_price: Annotated[
        Amount | None, _doc("The price of one that the user saw; refused if it has changed.", "30")
    ] = None


class HoldRequest(TransferRequest, kw_only=True):
    expires_in: Annotated[Seconds, _doc("Whole seconds, 366 days at most.", 3600)]


class CaptureRequest(Movement):
    amount: Annotated[Amount | None, _doc("Without it: all that the hold has left.", "4")] = None


class ReversalRequest(Movement):
    reason: Annotated[str, _eg("charged twice")]
    amount: Annotated[Amount, _doc("Of the first leg; without it: all that is left.")] | None = None
    policy: Annotated[
        Literal["reject", "clamp"],
        _named("ReversalPolicy"),
        _doc("If the user has spent it: refuse, or take what is left."),
    ] = "reject"
    grace: (
        Annotated[Seconds, _doc("How long what has expired meanwhile lives on when given back.")]
        | None
    ) = None


class RefundState(Movement):
    refunded: Annotated[Amount, _doc("All that is refunded of it; 0 when that was undone.", "10")]
    signed_at: Annotated[Moment, _doc("When the store signed its notice.")]
    policy: Annotated[
        Literal["reject", "clamp", "debt"],
        _named("RefundPolicy"),
        _doc("If the user has spent it: refuse, take what is left, or have the rest owed."),
    ] = "reject"
    reference: Reference = None


class Forgiveness(Movement):
    reason: Annotated[str, _eg("a goodwill gesture")]
    amount: Annotated[Amount | None, _doc("Without it: all that is owed.")] = None


class BatchItem(Body):
    user_id: AnyUserId
    kind: BatchKind
    asset: Code
    amount: Amount
    idempotency_key: Key
    reference: Reference = None
    metadata: Json | None = None
    expires_at: ExpiresAt = None


class BatchRequest(Body):
    requests: Annotated[list[BatchItem], Meta(min_length=1, max_length=8192)]


class NewProposal(Body):
    function: CallFunction
    arguments: CallArguments
    reason: Annotated[str, _eg("the outage of Sunday")]
    expires_in: Annotated[
        Seconds | None, _doc("Whole seconds in which it can be approved; without it: 7 days.")
    ] = None


class Decision(Body):
    reason: Annotated[str, _eg("as agreed")]


class NewThreshold(Reasoned):
    most: Annotated[
        Amount | None,
        _doc("What one operator may do with one call; 0: nothing; without it: anything.", "1000"),
    ] = None


class SignUpRequest(Body):
    name: Annotated[str, _eg("Eve")]
    email: Email
    password: Password
    phone: Phone | None = None


class LogInRequest(Body):
    email: Email
    password: Annotated[str, Meta(max_length=128, examples=["correct horse"])]


class PasswordChange(LogInRequest):
    new_password: Annotated[Password, _eg("battery staple")]


class NewUser(Body):
    external_id: Annotated[ExternalId | None, _eg("player-7")] = None
    name: Annotated[str | None, _eg("Eve")] = None
    email: Email | None = None
    phone: Phone | None = None
    role: Role = "user"


class StatusChange(Body):
    status: Annotated[NewStatus, _eg("active")]
    reason: Annotated[str | None, _eg("the charge was cleared up")] = None


class Erasure(Body):
    reason: Annotated[str, _doc("Why; nothing personal.", "ticket 1234")]


class NewAsset(Reasoned):
    code: Annotated[str, _doc("Upper case. It can't be changed later.", "RUBY")]
    name: Annotated[str, _eg("Ruby")]
    scale: Annotated[Int4, _doc("Decimals, 0 to 8. It can't be changed later.")] = 0
    supply: Annotated[Amount, _doc("The most that users may hold; without it: no cap.")] | None = (
        None
    )
    sign_up_bonus: Annotated[Amount, _doc("What a new sign-up gets.")] | None = None
    is_purchasable: Purchasable = True
    lot_order: LotOrder | None = None
    expires_in: Lifetime | None = None
    is_paid_expiring: PaidExpiring = False
    is_debt_blocking: DebtBlocking = False


class AssetChange(Reasoned):
    name: str | None = None
    sign_up_bonus: Annotated[Amount | None, _doc("0 takes it away.", "100")] = None
    is_purchasable: Purchasable | None = None
    is_archived: Archived | None = None
    lot_order: LotOrder | None = None
    expires_in: Duration | None = None
    is_paid_expiring: PaidExpiring | None = None
    is_debt_blocking: DebtBlocking | None = None


class SupplyChange(Reasoned):
    supply: Annotated[Amount | None, _doc("The most that users may hold; null: no cap.", "2000000")]


class NewRate(Reasoned):
    from_amount: Annotated[Amount, _eg("50")]
    to_amount: Annotated[Amount, _eg("1")]


class NewTask(Reasoned):
    code: Annotated[str, _doc("Lower case. It can't be changed later.", "win_a_match")]
    name: Annotated[str, _eg("Win a match")]
    asset: Code
    reward: Amount
    max_completions: Annotated[Int4 | None, _doc("By each user; without it: no limit.", 1)] = None
    cooldown: Annotated[Seconds, _doc("Whole seconds until it pays again.")] | None = None
    is_self_service: SelfService = False
    expires_in: Annotated[Seconds, _doc("Whole seconds that the reward lives.")] | None = None
    period: Annotated[Period, _doc("It pays once in each.")] | None = None
    time_zone: TimeZone | None = None


class TaskChange(Reasoned):
    name: str | None = None
    reward: Annotated[Amount | None, _eg("20")] = None
    max_completions: Annotated[Int4, _doc("0 takes the limit away.")] | None = None
    cooldown: Duration | None = None
    is_self_service: SelfService | None = None
    is_active: bool | None = None
    expires_in: Duration | None = None
    period: Annotated[str, _doc("day, week or month; none takes it away.", "none")] | None = None
    time_zone: TimeZone | None = None


class NewLimit(Reasoned):
    code: Annotated[str, _doc("It can't be changed later.", "daily_spend")]
    asset: Code
    measure: LimitMeasure
    maximum: Annotated[Amount, _doc("An amount of the asset, or a count.", "1000000")]
    direction: Annotated[Direction | None, _doc("Not of a balance.", "debit")] = None
    kinds: Annotated[LimitKinds, _doc("Without it: all of this direction.")] | None = None
    origin: LotOrigin | None = None
    period: Annotated[Period | None, _eg("day")] = None
    time_zone: Annotated[TimeZone, _doc("Of the period; without it: UTC.")] | None = None
    rolling: Rolling | None = None
    is_clipping: Clipping = False


class LimitChange(Reasoned):
    maximum: Annotated[Amount | None, _doc("An amount of the asset, or a count.", "500000")] = None
    is_clipping: Clipping | None = None
    is_active: bool | None = None


class NewItem(Reasoned):
    code: Annotated[str, _doc("Lower case. It can't be changed later.", "helmet")]
    name: Annotated[str, _eg("Iron helmet")]
    asset: Code
    price: Annotated[Amount, _doc("Of one.", "30")]
    stock: Annotated[Int8 | None, _doc("How many there are; without it: no limit.", 500)] = None
    max_per_user: Annotated[Int4, _doc("Without it: no limit.")] | None = None


class ItemChange(Reasoned):
    name: str | None = None
    price: Annotated[Amount, _doc("Of one.")] | None = None
    stock: Annotated[Int8 | None, _doc("-1 takes the limit away.", 400)] = None
    max_per_user: Annotated[Int4, _doc("0 takes the limit away.")] | None = None
    is_active: bool | None = None


class NewCampaign(Reasoned):
    code: Annotated[str, _doc("It can't be changed later.", "SPRING")]
    asset: Code
    budget: Annotated[
        Amount | None, _doc("The most that it may give in all; without it: no limit.", "50000")
    ] = None
    expires_in: (
        Annotated[Seconds, _doc("Whole seconds that a grant of an asset with lots lives.")] | None
    ) = None


class BudgetChange(Reasoned):
    budget: Annotated[
        Amount | None, _doc("The most that it may give in all; null: no limit.", "60000")
    ]


class GrantRequest(Body):
    amount: Amount
    user_id: Annotated[UserId | None, _doc("Counts before external_id.", None)] = None
    external_id: Annotated[ExternalId | None, _eg("player-7")] = None
    email: Annotated[Email | None, _doc("Counts if the other two are not given.")] = None
    reference: Reference = None


class GrantBatch(Reasoned):
    grants: Annotated[list[GrantRequest], Meta(min_length=1, max_length=1000)]


class NewSubscription(Body):
    code: Annotated[str, _doc("It can't be changed later.", "warehouse")]
    assets: Annotated[list[Code] | None, _doc("Only these; without it: all.")] = None
    kinds: Annotated[list[EventKind] | None, _doc("Only these; without it: all but alerts.")] = None
    user_id: Annotated[UserId | None, _doc("Only this user's; without it: all.", None)] = None
    alerts: Annotated[
        list[AlertCode] | None, _doc("These alerts; without it: all, if kinds name ALERT.")
    ] = None
    start: SubscriptionStart | None = None


class SubscriptionChange(Body):
    assets: Annotated[list[Code] | None, _doc("An empty list lets all through.")] = None
    kinds: Annotated[list[EventKind] | None, _doc("An empty list lets all through but alerts.")] = (
        None
    )
    alerts: Annotated[
        list[AlertCode] | None, _doc("An empty list lets all through, if kinds name ALERT.")
    ] = None


class AlertChange(Body, kw_only=True):
    threshold: Annotated[Amount | None, _doc("What it crosses.", "100")] = None
    margin: Annotated[
        Amount | None, _doc("How far it has to come back before it can be raised again.")
    ] = None
    within: Annotated[Seconds | None, _doc("How soon lots expire of which users are told.")] = None


class NewAlert(AlertChange):
    code: Annotated[str, _doc("It can't be changed later.", "low_gold")]
    measure: AlertMeasure
    asset: Annotated[Code | None, _doc("Of a budget it is the campaign's.", "GOLD")] = None
    campaign: Annotated[str | None, _doc("Whose budget.", None)] = None
    user_id: Annotated[UserId | None, _doc("Only this user's; without it: all.", None)] = None
    direction: Annotated[AlertDirection | None, _eg("below")] = None
    is_share: Annotated[
        bool | None, _doc("Threshold and margin are shares of the cap or budget, 0 to 1.")
    ] = None


class NewWebhook(Body):
    url: WebhookUrl
    secret: Annotated[WebhookSecret | None, _doc("Without it one is made at random.")] = None
    is_ordered: Ordered = True


class WebhookChange(Body):
    url: WebhookUrl | None = None
    status: WebhookSwitch | None = None
    is_ordered: Ordered | None = None


class WebhookSecretChange(Body):
    secret: Annotated[WebhookSecret | None, _doc("Without it one is made at random.")] = None
    overlap: Annotated[Seconds, _doc("Seconds for which the old one signs too.", 86400)] = 86400


class WebhookResend(Body):
    transaction_id: Annotated[
        TransactionId | None, _doc("Its events; without it: all that are parked.")
    ] = None


# ---------------------------------------------------------------------------------------------
# Queries
# ---------------------------------------------------------------------------------------------


class Query(Struct, forbid_unknown_fields=True):
    """Takes the parameters that it names and no others."""


class Page(Query, kw_only=True):
    limit: Limit = 50
    cursor: Cursor | None = None


class MovementQuery(Query):
    dry_run: Annotated[
        bool, _doc("The answer that it would have now; nothing moves, and no key is used.")
    ] = False


class EventQuery(Query):
    subscription: SubscriptionCode
    limit: Annotated[int, _doc("How many at most.", ge=1, le=1000)] = 100
    wait: Annotated[int, _doc("Seconds to wait for an event when there is none.", ge=0, le=20)] = 0
    cursor: Annotated[
        str | None,
        _doc(
            "A cursor that all has arrived up to: it is acknowledged, and the answer goes on "
            "behind it. Without it, it goes on behind what was acknowledged."
        ),
    ] = None


class LedgerQuery(Page):
    asset: Code | None = None
    kind: Kind | None = None


class HoldQuery(Page):
    asset: Code | None = None
    status: HoldStatus | None = None


class UserQuery(Query):
    query: Annotated[str, _doc("An email address, external id or user id.", "eve@example.com")]


class UserSearch(Query):
    query: Annotated[str, _doc("What a name, email address or external id begins with.", "eve")]
    limit: Limit = 50


class AssetQuery(Query):
    asset: Code | None = None


class MomentQuery(Query, kw_only=True):
    at: Annotated[Moment, _doc("As it was at that moment; without it: now.")] | None = None


class TreasuryQuery(MomentQuery):
    asset: Code | None = None


class LiabilityQuery(MomentQuery):
    time_zone: Annotated[TimeZone, _doc("Whose months these are.")] = "UTC"


class DaysQuery(Query, kw_only=True):
    from_day: Annotated[Day, _doc("Without it: 29 days before to_day.")] | None = None
    to_day: Annotated[Day, _doc("Without it: today. At most 366 days in all.")] | None = None


class EconomyQuery(DaysQuery):
    asset: Code | None = None


class DistributionQuery(DaysQuery):
    asset: Code


class LeaderQuery(Query):
    asset: Code
    days: Annotated[int, _doc("7, 30 or 90.", 30)] = 30


class ActionQuery(Page):
    name: Annotated[str, _doc("The function.", "set_user_status")] | None = None
    subject: Annotated[str, _doc("A user id or a code.", "GOLD")] | None = None
    by: Annotated[str, _doc("The actor.", "ada")] | None = None
    since: Annotated[Moment, _doc("What was done from then on.")] | None = None
    until: Annotated[Moment, _doc("What was done before.")] | None = None


class ProposalQuery(Page):
    status: ProposalStatus | None = None


class RootQuery(Query):
    root: Annotated[str, _doc("As it was kept, in hexadecimal.", "00" * 32)]


class VerifyPageQuery(Query):
    from_: Annotated[
        UserId | None, _doc("The next_user_id of the page before; without it: from the first on.")
    ] = field(default=None, name="from")
    limit: Annotated[int, _doc("How many users at most.", ge=1, le=1000)] = 1000
    since: Annotated[
        CheckpointId | None,
        _doc("Only what has moved since this checkpoint, whose root was compared; else all."),
    ] = None


class VerifyQuery(Query):
    user_id: Annotated[AnyUserId, _doc("Only this user; without it: all users.")] | None = None


# ---------------------------------------------------------------------------------------------
# Answers: the composite types of the schema wallet, without is_replay (a header) and cursor (the
# page's next_cursor). The gateway refuses to start if a type differs from its struct.
# ---------------------------------------------------------------------------------------------


class Balance(Struct):
    user_id: UserId
    asset: Code
    balance: Annotated[Units, _doc("What the user has, with what is held.", "90")]
    held: Annotated[Units, _doc("The part that open holds set aside.", "0")]
    available: Annotated[Units, _doc("What can be spent: balance minus held.", "90")]
    paid: Annotated[Units | None, _doc("The part that was paid for; null: no lots.", None)]
    free: Annotated[Units | None, _doc("The part that was not; null: no lots.", None)]
    expiring: Annotated[Units | None, _doc("The part that expires next; null: none.", None)]
    expires_at: Annotated[Moment | None, _doc("When that expires.", None)]
    debt: Annotated[Units, _doc("What the user owes beside that.", "0")]


class Wallet(Struct):
    user_id: UserId
    balances: list[Balance]


class SignUp(Struct):
    user_id: UserId
    name: Annotated[str, _eg("Eve")]
    email: Email
    balances: list[Balance]
    refused_bonuses: Annotated[
        list[Code], _doc("The assets whose sign-up bonus was more than their cap leaves.", [])
    ]


class Credential(Struct):
    user_id: UUID
    role: Role
    status: str
    password_hash: str


class TokenState(Struct):
    user_id: UUID
    external_id: str | None
    status: str
    tokens_revoked_at: datetime | None


class UserKey(Struct):
    external_id: str
    user_id: UUID


class Nothing(Struct):
    """The row of a function that returns nothing."""


class Token(Struct):
    token: Annotated[str, _doc("For the header Authorization: Bearer.", "eyJhbGciOiJIUzI1NiIs…")]
    expires_at: Moment
    user_id: UserId
    role: Annotated[Role, _eg("user")]


class Receipt(Struct):
    transaction_id: TransactionId
    kind: Kind
    user_id: UserId
    asset: Code
    amount: Unsigned
    balance: After
    reference: Reference
    metadata: Json | None
    created_at: Moment


class TaskReceipt(Receipt):
    kind: Annotated[Kind, _eg("TASK")]
    task_id: TaskId


class PurchaseReceipt(Receipt):
    kind: Annotated[Kind, _eg("PURCHASE")]
    item_id: ItemId
    quantity: Annotated[int, _eg(1)]
    unit_price: Units


class CaptureReceipt(Receipt):
    kind: Annotated[Kind, _eg("CAPTURE")]
    hold_id: HoldId
    remaining: Annotated[Units, _doc("What the hold has left.", "6")]


class ReversalReceipt(Receipt):
    kind: Annotated[Kind, _eg("REVERSAL")]
    reverses: Annotated[TransactionId, _doc("What was taken back.")]
    reason: Annotated[str, _eg("charged twice")]
    shortfall: Annotated[Units | None, _doc("What the policy clamp could not take.", "0")]
    counter_asset: Annotated[Code | None, _doc("The other asset of a conversion.", None)]
    counter_amount: Annotated[Units | None, _doc("What moved in it.", None)]
    counter_balance: Annotated[Units | None, _doc("The balance in it after that.", None)]


class RefundReceipt(Receipt):
    transaction_id: Annotated[TransactionId, _doc("Of the notice that outcome speaks of.")]
    kind: Annotated[Kind, _eg("REFUND")]
    amount: Annotated[Units, _doc("What moved: the outcome says which way.")]
    refunds: Annotated[TransactionId, _doc("The top-up.")]
    refunded: Annotated[Units, _doc("All that is refunded of it, as the store says.")]
    signed_at: Annotated[Moment, _doc("When the store signed that.")]
    outcome: RefundOutcome
    shortfall: Annotated[Units, _doc("What the policy clamp could not take.", "0")]
    owed: Annotated[Units, _doc("What the debt grew by; negative: what was cancelled.", "0")]
    debt: Annotated[Units, _doc("What the user owed after it.", "0")]


class DebtReceipt(Struct):
    transaction_id: TransactionId
    kind: Annotated[AnyKind, _eg("FORGIVE")]
    user_id: UserId
    asset: Code
    amount: Annotated[Units, _doc("What was forgiven.")]
    debt: Annotated[Units, _doc("What the user owed after it.", "0")]
    balance: Annotated[After, _doc("Forgiving moves nothing.")]
    reason: Annotated[str, _eg("a goodwill gesture")]
    metadata: Json | None
    created_at: Moment


class Consumption(Struct):
    user_id: UserId
    transaction_id: TransactionId
    asset: Code
    amount: Annotated[Units, _doc("What was credited: the sum of the next four.")]
    consumed: Annotated[Units, _doc("What has been used.", "4")]
    taken_back: Annotated[Units, _doc("What refunds and reversals took.", "0")]
    expired: Annotated[Units, _eg("0")]
    remaining: Annotated[Units, _eg("6")]
    rule: Annotated[
        str,
        _choice(
            "ConsumptionRule",
            "How it is told which credit was used: by its lot, or the oldest first.",
            "own_lot", "first_in_first_out",
        ),
    ]  # fmt: skip


class ConversionReceipt(Struct):
    transaction_id: TransactionId
    kind: Annotated[Kind, _eg("CONVERT")]
    user_id: UserId
    from_asset: Code
    from_amount: Annotated[Units, _eg("50")]
    from_balance: Annotated[After, _eg("40")]
    to_asset: ToCode
    to_amount: Annotated[Units, _eg("1")]
    to_balance: Annotated[After, _eg("1")]
    rate_id: Annotated[int, _eg(2)]
    metadata: Json | None
    created_at: Moment


class BatchResult(Struct):
    ord: Annotated[int, _doc("Its place in the request, counted from 1.", 1)]
    transaction_id: TransactionId | None
    kind: BatchKind | None
    user_id: UserId | None
    asset: Code | None
    amount: Units | None
    balance: After | None
    reference: Reference
    metadata: Json | None
    created_at: Moment | None
    is_replay: Annotated[bool | None, _doc("Its key had been used; nothing moved now.", False)]
    code: Annotated[str | None, _doc("The code of the refusal; null: accepted.")]
    message: Annotated[str | None, _doc("The code's title.")]
    detail: str | None
    hint: str | None


class EventKey(Struct):
    transaction_id: TransactionId
    leg: Leg
    kind: EventKind
    user_id: Annotated[UserId | None, _doc("Null: an alert that is about no single user.")]
    asset: Code
    seq: Annotated[int, _doc("Its number in the wallet of that user and asset.", 7)]


class Event(EventKey):
    amount: Unsigned
    entry_type: EntryType | None
    balance: Annotated[Units, _doc("After it; of an alert what it measured.", "90")]
    reference: Annotated[str | None, _doc("The caller's own, or the alert's code.", "order-42")]
    metadata: Json | None
    details: Annotated[Json | None, _doc("What the request said beyond that.", None)]
    actor: Annotated[str | None, _doc("Who asked for it; null: erased.", "shop")]
    created_at: Moment
    cursor: Annotated[str, _doc("Behind this event.", "MTY5MDhiMDY1")]


class EventPage(Struct):
    events: list[Event]
    next_cursor: Annotated[str, _doc("Behind them, also when there are none.", "MTY5MDhiMDY1")]
    is_last: Annotated[bool, _doc("Whether there is nothing behind it by now.", True)]


class Subscription(Struct):
    subscription: SubscriptionCode
    assets: Annotated[list[Code] | None, _doc("Only these; null: all.", None)]
    kinds: Annotated[list[EventKind] | None, _doc("Only these; null: all but alerts.", None)]
    user_id: Annotated[UserId | None, _doc("Only this user's; null: all.", None)]
    acknowledged_cursor: Annotated[str, _doc("Up to here all has arrived.", "MTY5MDhiMDY1")]
    behind: Annotated[int, _doc("Transfers since then; 10000: as many or more.", 0)]
    oldest_at: Annotated[Moment | None, _doc("When the first of them was; null: none.", None)]
    created_at: Moment
    acknowledged_at: Annotated[Moment | None, _doc("Null: never.", None)]
    alerts: Annotated[list[AlertCode] | None, _doc("These; null: all, if kinds name ALERT.", None)]


class Alert(Struct):
    alert: AlertCode
    measure: AlertMeasure
    asset: Code
    campaign: Annotated[str | None, _doc("Whose budget.", None)]
    user_id: Annotated[UserId | None, _doc("Only this user's; null: all.", None)]
    direction: AlertDirection | None
    threshold: Units | None
    margin: Annotated[
        Units | None, _doc("How far it has to come back before it can be raised again.", "0")
    ]
    is_share: Annotated[
        bool | None, _doc("Threshold and margin are shares of the cap or budget, 0 to 1.")
    ]
    within: Annotated[Seconds | None, _doc("How soon lots expire of which users are told.")]
    value: Annotated[
        Units | None, _doc("What it measured last; null: each user has one of their own.")
    ]
    crossed: Annotated[int, _doc("Values that are beyond it and have not come back.", 0)]
    created_at: Moment


class Webhook(Struct):
    subscription: SubscriptionCode
    url: WebhookUrl
    status: WebhookStatus
    is_ordered: Ordered
    secret: Annotated[WebhookSecret | None, _doc("Null but in the answer that makes it.", None)]
    old_secret_ends_at: Annotated[Moment | None, _doc("It signs too until then.", None)]
    waiting: Annotated[int, _doc("Events that wait for another try.", 0)]
    parked: Annotated[int, _doc("Events that are not tried any more.", 0)]
    oldest_at: Annotated[Moment | None, _doc("Of the oldest movement still to be sent.", None)]
    failures: Annotated[int, _doc("How often in a row the receiver was away.", 0)]
    rest_ends_at: Annotated[Moment | None, _doc("It is left in peace until then.", None)]
    created_at: Moment


class WebhookFailure(EventKey):
    status: WebhookEventStatus
    tries: Annotated[int, _doc("So far; 0: it waits behind another one.", 1)]
    tried_at: Annotated[Moment | None, _doc("Null: not yet.", None)]
    next_try_at: Annotated[Moment | None, _doc("Null: it is parked.", None)]
    status_code: Annotated[int | None, _doc("Of the answer; null: there was none.", 500)]
    error: Annotated[str | None, _doc("Why there was no answer.", None)]


class Hold(Struct):
    hold_id: HoldId
    user_id: UserId
    asset: Code
    amount: Units
    captured: Annotated[Units, _doc("The part that was spent.", "0")]
    remaining: Annotated[Units, _doc("The part that is still set aside.")]
    status: HoldStatus
    reference: Reference
    metadata: Json | None
    expires_at: Moment
    created_at: Moment


class Lot(Struct):
    user_id: UserId
    asset: Code
    lot_id: Annotated[int, _doc("In this user's wallet.", 1)]
    origin: Annotated[LotOrigin, _doc("Whether it was paid for.")]
    amount: Annotated[Units, _doc("What was credited.")]
    remaining: Annotated[Units, _doc("What of it is left, held or not.", "6")]
    held: Annotated[Units, _doc("What of that open holds set aside.", "0")]
    expires_at: Annotated[Moment | None, _doc("Null: never.")]
    transaction_id: Annotated[TransactionId, _doc("What credited it.")]
    created_at: Moment


class Transaction(Receipt):
    leg: Leg
    entry_type: Annotated[EntryType, _doc("A DEBIT takes from the user, a CREDIT gives.")]


class LedgerEntry(Struct):
    transaction_id: TransactionId
    leg: Leg
    entry_type: EntryType
    account: Annotated[Literal["USER", "TREASURY"], _named("Account"), _eg("USER")]
    asset: Code
    amount: Unsigned
    balance_after: Annotated[After | None, _doc("Null on the treasury's side.")]
    kind: Kind
    created_at: Moment


class TransactionDetail(Receipt):
    kind: AnyKind
    details: Annotated[Json | None, _doc("What else the request asked for, and its result.")]
    idempotency_key: Annotated[Key | None, _doc("Null for an EXPIRE, which nobody asks for.")]
    actor: Annotated[str | None, _doc("Who asked: sub of the token; null: erased.", "a service")]
    entries: list[LedgerEntry]
    reverses: Annotated[UUID | None, _doc("What it takes back.")]
    reversed_by: Annotated[list[UUID] | None, _doc("What took it back.")]
    refunds: Annotated[UUID | None, _doc("The top-up that a store's notice is about.")]
    refunded_by: Annotated[list[UUID] | None, _doc("What a store has said of it, the newest last.")]


class User(Struct):
    user_id: UserId
    external_id: ExternalId | None
    name: Annotated[str | None, _eg("Eve")]
    email: Email | None
    phone: Phone | None
    role: Annotated[Role, _eg("user")]
    status: Annotated[Status, _eg("active")]
    created_at: Moment


class Asset(Struct):
    asset: Code
    name: Annotated[str, _eg("Gold")]
    scale: Annotated[int, _doc("Decimals.", 0)]
    supply: Annotated[Units | None, _doc("The most that users may hold; null: no cap.", "1000000")]
    sign_up_bonus: Annotated[Units | None, _doc("What a new sign-up gets.", "100")]
    is_purchasable: Purchasable
    is_archived: Archived
    created_at: Moment
    lot_order: Annotated[LotOrder | None, _doc("Null: it has no lots.", None)]
    expires_in: Annotated[int | None, _doc("Whole seconds that a credit lives; null: for ever.")]
    is_paid_expiring: PaidExpiring
    is_debt_blocking: DebtBlocking


class ConversionRate(Struct):
    rate_id: Annotated[int, _doc("A change of the rate gets another.", 2)]
    from_asset: Code
    to_asset: ToCode
    from_amount: Annotated[Units, _eg("50")]
    to_amount: Annotated[Units, _eg("1")]
    created_at: Moment


class Task(Struct):
    task_id: TaskId
    code: Annotated[str, _eg("win_a_match")]
    name: Annotated[str, _eg("Win a match")]
    asset: Code
    reward: Units
    max_completions: Annotated[int | None, _doc("By each user; null: no limit.", 1)]
    cooldown: Annotated[int | None, _doc("Whole seconds until it pays again.")]
    is_self_service: SelfService
    is_active: bool
    created_at: Moment
    expires_in: Annotated[int | None, _doc("Whole seconds; null: as the asset says.")]
    period: Annotated[Period | None, _doc("It pays once in each; null: no matter.")]
    time_zone: Annotated[TimeZone | None, _doc("Of the period, if the call gives none.")]


class LimitBase(Struct):
    limit_id: LimitId
    code: Annotated[str, _eg("daily_spend")]
    asset: Code
    measure: LimitMeasure
    maximum: Annotated[Units, _doc("An amount of the asset, or a count.", "100")]


class LimitRule(LimitBase):
    direction: Direction
    kinds: Annotated[LimitKinds | None, _doc("Null: all of this direction.")]
    origin: Annotated[LotOrigin | None, _doc("Null: whether paid or free.")]
    period: Annotated[Period | None, _doc("Null: no period.")]
    time_zone: Annotated[TimeZone | None, _doc("Of the period.")]
    rolling: Annotated[int | None, _doc("Whole seconds that it looks back; null: not rolling.")]
    is_clipping: Clipping
    is_active: bool
    created_at: Moment


class LimitUse(LimitBase):
    user_id: UserId
    used: Annotated[Units, _doc("What counts at present.", "30")]
    remaining: Annotated[Units, _doc("What is left of the maximum.", "70")]
    more_at: Annotated[Moment | None, _doc("When more is left; null: nothing is used.")]


class Item(Struct):
    item_id: ItemId
    code: Annotated[str, _eg("helmet")]
    name: Annotated[str, _eg("Iron helmet")]
    asset: Code
    price: Annotated[Units, _doc("Of one.", "30")]
    stock: Annotated[int | None, _doc("How many are left; null: no limit.", 500)]
    max_per_user: Annotated[int | None, _doc("Null: no limit.")]
    is_active: bool
    created_at: Moment


class Campaign(Struct):
    campaign: CampaignCode
    asset: Code
    budget: Annotated[Units | None, _doc("The most that it may give; null: no limit.", "50000")]
    granted: Annotated[Units, _doc("What it has given.", "120")]
    remaining: Annotated[Units | None, _doc("What it may still give; null: no limit.", "49880")]
    users: Annotated[int, _doc("To how many users it has given.", 12)]
    created_at: Moment
    expires_in: Annotated[int | None, _doc("Whole seconds; null: as the asset says.")]


class Refusal(Struct):
    ord: Annotated[int, _doc("Its place in the request, counted from 1.", 1)]
    code: Annotated[str, _doc("The code of the refusal.", "WA201")]
    message: Annotated[str, _doc("The code's title.", "user not found")]
    detail: str | None
    hint: str | None


class GrantResult(Struct):
    users: Annotated[int, _doc("How many were credited.", 12)]
    amount: Annotated[Units, _doc("With how much in all.", "120")]
    replays: Annotated[int, _doc("How many had been credited before.", 0)]
    refusals: Annotated[list[Refusal], _doc("The others.", [])]


class TreasuryBalance(Struct):
    asset: Code
    outstanding: Annotated[Units, _doc("What users hold.", "1571")]
    balance: Annotated[Units, _doc("The other side of the books: minus outstanding.", "-1571")]
    supply: Annotated[Units | None, _doc("Null: no cap, or a moment in the past.", "1000000")]
    remaining: Annotated[Units | None, _doc("What can still be issued.", "998429")]


class LiabilityItem(Struct):
    asset: Code
    origin: Annotated[LotOrigin | None, _doc("Whether it was paid for; null: no lots.", "free")]
    issue_month: Annotated[Month | None, _doc("Null: no lots.")]
    expiry_month: Annotated[Month | None, _doc("Null: never.", None)]
    issued: Annotated[Units, _doc("What was credited.", "100")]
    used: Annotated[Units, _doc("What of it was used, less what was given back.", "45")]
    expired: Annotated[Units, _doc("What of it had expired.", "10")]
    reversed: Annotated[Units, _doc("What of it was taken back.", "5")]
    outstanding: Annotated[Units, _doc("The rest.", "40")]


class EconomyDay(Struct):
    asset: Code
    day: Day
    issued: Annotated[Units, _doc("In all.", "960")]
    removed: Annotated[Units, _doc("In all.", "500")]
    outstanding: Annotated[Units, _doc("What users held at the end of the day.", "5290")]
    issued_by_kind: Annotated[dict[str, Units], _doc("Where it came from.", {"BONUS": "960"})]
    removed_by_kind: Annotated[dict[str, Units], _doc("Where it went.", {"SPEND": "500"})]
    transfers: Annotated[int, _doc("How many, holds among them.", 27)]
    movers: Annotated[int, _doc("Users who moved something of the asset.", 11)]
    new_users: Annotated[int, _doc("Users who did so for the first time.", 1)]


class DistributionDay(Struct):
    asset: Code
    day: Day
    holders: Annotated[int, _doc("Users who had some at the end of the day.", 11)]
    average: Annotated[Units | None, _doc("Of what they had.", "480.91")]
    median: Annotated[Units | None, _doc("Half of them had at most as much.", "310")]
    top_share: Annotated[str | None, _doc("The part that the richest 1 % of them had.", "0.2174")]
    gini: Annotated[str | None, _doc("0: all have the same. Near 1: one has nearly all.", "0.4312")]


class Leader(Struct):
    asset: Code
    from_day: Day
    to_day: Day
    direction: Annotated[Literal["earned", "spent"], _named("LeaderDirection")]
    rank: Annotated[int, _doc("1 to 20, for each direction.", 1)]
    user_id: UserId
    name: Annotated[str | None, _doc("What the user is called.", "Eve")]
    amount: Annotated[Units, _doc("What the user earned or spent in these days.", "960")]
    users: Annotated[int, _doc("How many earned or spent something.", 57)]
    median: Annotated[Units, _doc("Half of them earned or spent at most as much.", "80")]
    times_median: Annotated[str, _doc("How many times the median that is.", "12.0")]


class Action(Struct):
    action_id: Annotated[int, _eg(1)]
    created_at: Moment
    actor: Annotated[str, _doc("Who did it: sub of the token.", "ada")]
    name: Annotated[str, _doc("The function that did it.", "set_user_status")]
    subject: Annotated[str, _doc("What it changed: a user id or a code.", "GOLD")]
    details: Annotated[
        dict[str, Any],
        _named("ActionDetails", additionalProperties=True),
        _doc("How it was afterwards, and the reason if there is one."),
    ]


class Proposal(Struct):
    proposal_id: ProposalId
    function: CallFunction
    arguments: CallArguments
    user_id: Annotated[UserId | None, _doc("Whom the call is about.")]
    reason: Annotated[str | None, _doc("Why; null: the user was erased.", "the outage of Sunday")]
    proposed_by: Annotated[str, _doc("Sub of the token.", "ada")]
    forecast: Annotated[Json, _doc("What the call would have answered when it was proposed.", {})]
    created_at: Moment
    expires_at: Annotated[Moment, _doc("It can't be approved any more from then on.")]
    status: ProposalStatus
    decided_by: Annotated[str | None, _doc("Who approved or rejected it.", None)]
    decision_reason: Annotated[str | None, _doc("Why.", None)]
    decided_at: Annotated[Moment | None, _doc(None, None)]
    result: Annotated[Json | None, _doc("What the call answered; null: it has not run.", None)]


class Threshold(Struct):
    function: CallFunction
    asset: Code
    most: Annotated[
        Units | None, _doc("What one operator may do with one call; null: anything.", "1000")
    ]


class Finding(Struct):
    check: Annotated[str, _eg("balance is the sum of transfers")]
    subject: Annotated[str, _eg("user b237c095-f7bc-4220-a9e3-3a306086d0f0, GOLD")]
    expected: Annotated[str | None, _eg("90")]
    found: Annotated[str | None, _eg("91")]


class VerifyPage(Struct):
    next_user_id: Annotated[UserId | None, _doc("Where to go on; null: that was all.", None)]
    users: Annotated[int, _doc("How many were checked.", 1000)]
    findings: Annotated[list[Finding], _doc("What is wrong.", [])]


class Verification(Body):
    users: Annotated[int, _doc("How many were checked.", 12, ge=0)]
    findings: Annotated[int, _doc("How many faults were found.", 0, ge=0)]


class Checkpoint(Struct):
    checkpoint_id: CheckpointId
    created_at: Moment
    wallets: Annotated[int, _doc("How many had moved by then.", 12)]
    transfers: Annotated[str, _doc("How many they had.", "27")]
    root: Annotated[str, _doc("Over all chains, in hexadecimal. Keep it elsewhere.", "00" * 32)]


class Health(Struct):
    status: Annotated[str, _eg("ok")]
    version: Annotated[str, _doc("The gateway's.", "0.3.0")]
    functions: Annotated[str, _doc("The database's.", "0.3.0")]
    schema_version: Annotated[str, _eg("V0003")]
    replica: (
        Annotated[str, _doc("`ok` or what is wrong; only if there is one.", "ok")] | UnsetType
    ) = UNSET


class ProblemDetails(Struct):
    """RFC 9457, and in `code` the SQLSTATE or the gateway's own code."""

    type: str
    title: Annotated[str, _doc("What the code means.")]
    status: int
    detail: Annotated[str | None, _doc("One sentence with the values.")]
    code: Annotated[str, _doc("Compare this. The texts are for people.")]
    hint: Annotated[str | None, _doc("What to do about it.")]
    request_id: Annotated[str, _doc("As in the header X-Request-ID and in the log.")]
