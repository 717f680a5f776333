"""What goes over the wire: bodies, queries and answers, with the names that SQL has without p_."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

# Exact on the way in: a JSON integer or a decimal string, never a JSON float. SQL has the last
# word on sign, size and decimals.
Amount = Annotated[
    int | Annotated[str, Meta(pattern=r"\A-?[0-9]{1,40}(\.[0-9]{1,20})?\Z")],
    Meta(description="A decimal number, as an integer or as a string.", examples=["10"]),
]
Units = Annotated[str, Meta(description="A decimal number.", examples=["10"])]
Code = Annotated[str, Meta(examples=["GOLD"])]
Email = Annotated[str, Meta(max_length=320, examples=["alice@example.com"])]
Key = Annotated[str, Meta(description="1 to 255 printable ASCII characters.")]
Int4 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Int8 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Seconds = Annotated[int, Meta(ge=1, le=2**31 - 1, description="Whole seconds.")]
Moment = Annotated[datetime, Meta(tz=True)]
Password = Annotated[str, Meta(min_length=8, max_length=128)]
Role = Literal["user", "service", "admin"]
Limit = Annotated[int, Meta(ge=1, le=200)]
Json = dict[str, Any]


# ---------------------------------------------------------------------------------------------
# Bodies
# ---------------------------------------------------------------------------------------------


class Body(Struct, forbid_unknown_fields=True):
    """Takes the fields that it names and no other."""


class Movement(Body):
    metadata: Json | None = None


class TransferRequest(Body):
    asset: Code
    amount: Amount
    reference: str | None = None
    metadata: Json | None = None


class ConversionRequest(Body):
    from_asset: Code
    to_asset: Code
    amount: Amount
    rate_id: Int8 | None = None
    metadata: Json | None = None


class PurchaseRequest(Body):
    quantity: Int4
    expected_price: Amount | None = None
    metadata: Json | None = None


class HoldRequest(Body):
    asset: Code
    amount: Amount
    expires_in: Seconds
    reference: str | None = None
    metadata: Json | None = None


class CaptureRequest(Body):
    amount: Amount | None = None
    metadata: Json | None = None


class ReversalRequest(Body):
    reason: str
    amount: Amount | None = None
    policy: Literal["reject", "clamp"] = "reject"
    metadata: Json | None = None


class BatchItem(Body):
    user_id: UUID
    kind: str
    asset: Code
    amount: Amount
    idempotency_key: Key
    reference: str | None = None
    metadata: Json | None = None


class BatchRequest(Body):
    requests: Annotated[list[BatchItem], Meta(min_length=1, max_length=1000)]


class SignUpRequest(Body):
    name: str
    email: Email
    password: Password
    phone: str | None = None


class LogInRequest(Body):
    email: Email
    password: Annotated[str, Meta(max_length=128)]


class NewUser(Body):
    external_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    role: Role = "user"


class StatusChange(Body):
    status: Literal["active", "frozen", "closed"]
    reason: str | None = None


class NewAsset(Body):
    code: str
    name: str
    scale: Int4 = 0
    supply: Amount | None = None
    sign_up_bonus: Amount | None = None
    is_purchasable: bool = True


class AssetChange(Body):
    name: str | None = None
    sign_up_bonus: Amount | None = None
    is_purchasable: bool | None = None
    is_archived: bool | None = None


class NewRate(Body):
    from_amount: Amount
    to_amount: Amount


class NewTask(Body):
    code: str
    name: str
    asset: Code
    reward: Amount
    max_completions: Int4 | None = None
    cooldown: Seconds | None = None
    is_self_service: bool = False


class TaskChange(Body):
    name: str | None = None
    reward: Amount | None = None
    max_completions: Int4 | None = None
    cooldown: Seconds | None = None
    is_self_service: bool | None = None
    is_active: bool | None = None


class NewItem(Body):
    code: str
    name: str
    asset: Code
    price: Amount
    stock: Int8 | None = None
    max_per_user: Int4 | None = None


class ItemChange(Body):
    name: str | None = None
    price: Amount | None = None
    stock: Int8 | None = None
    max_per_user: Int4 | None = None
    is_active: bool | None = None


# ---------------------------------------------------------------------------------------------
# Queries
# ---------------------------------------------------------------------------------------------


class Query(Struct, forbid_unknown_fields=True):
    """Takes the parameters that it names and no other."""


class LedgerQuery(Query):
    asset: Code | None = None
    kind: str | None = None
    limit: Limit = 50
    cursor: str | None = None


class HoldQuery(Query):
    asset: Code | None = None
    status: str | None = None
    limit: Limit = 50
    cursor: str | None = None


class UserQuery(Query):
    query: Annotated[str, Meta(description="An email address or an external id.")]


class TreasuryQuery(Query):
    asset: Code | None = None
    at: Moment | None = None


class BalanceQuery(Query):
    at: Moment | None = None


class VerifyQuery(Query):
    user_id: UUID | None = None


# ---------------------------------------------------------------------------------------------
# Answers: the composite types of the schema wallet, less is_replay (a header) and cursor (the
# page's next_cursor). Start-up refuses a type that differs from its struct here.
# ---------------------------------------------------------------------------------------------


class Balance(Struct):
    user_id: UUID
    asset: Code
    balance: Units
    held: Units
    available: Units


class Wallet(Struct):
    user_id: UUID
    balances: list[Balance]


class SignUp(Struct):
    user_id: UUID
    name: str
    email: str
    balances: list[Balance]


class Credential(Struct):
    user_id: UUID
    role: Role
    status: str
    password_hash: str


class Token(Struct):
    token: str
    expires_at: datetime
    user_id: UUID
    role: Role


class Receipt(Struct):
    transaction_id: UUID
    kind: str
    user_id: UUID
    asset: Code
    amount: Units
    balance: Units
    reference: str | None
    metadata: Json | None
    created_at: datetime


class TaskReceipt(Receipt):
    task_id: int


class PurchaseReceipt(Receipt):
    item_id: int
    quantity: int
    unit_price: Units


class CaptureReceipt(Receipt):
    hold_id: UUID
    remaining: Units


class ReversalReceipt(Receipt):
    reverses: UUID
    reason: str
    shortfall: Units | None
    counter_asset: Code | None
    counter_amount: Units | None
    counter_balance: Units | None


class ConversionReceipt(Struct):
    transaction_id: UUID
    kind: str
    user_id: UUID
    from_asset: Code
    from_amount: Units
    from_balance: Units
    to_asset: Code
    to_amount: Units
    to_balance: Units
    rate_id: int
    metadata: Json | None
    created_at: datetime


class BatchResult(Struct):
    ord: int
    transaction_id: UUID | None
    kind: str | None
    user_id: UUID | None
    asset: Code | None
    amount: Units | None
    balance: Units | None
    reference: str | None
    metadata: Json | None
    created_at: datetime | None
    is_replay: bool | None
    code: str | None
    message: str | None
    detail: str | None
    hint: str | None


class Hold(Struct):
    hold_id: UUID
    user_id: UUID
    asset: Code
    amount: Units
    captured: Units
    remaining: Units
    status: str
    reference: str | None
    metadata: Json | None
    expires_at: datetime
    created_at: datetime


class Transaction(Struct):
    transaction_id: UUID
    leg: int
    kind: str
    user_id: UUID
    asset: Code
    amount: Units
    entry_type: Literal["DEBIT", "CREDIT"]
    balance: Units
    reference: str | None
    metadata: Json | None
    created_at: datetime


class LedgerEntry(Struct):
    transaction_id: UUID
    leg: int
    entry_type: Literal["DEBIT", "CREDIT"]
    account: Literal["USER", "TREASURY"]
    asset: Code
    amount: Units
    balance_after: Units | None
    kind: str
    created_at: datetime


class TransactionDetail(Receipt):
    details: Json | None
    idempotency_key: Key
    actor: str
    entries: list[LedgerEntry]
    reverses: UUID | None
    reversed_by: list[UUID] | None


class User(Struct):
    user_id: UUID
    external_id: str | None
    name: str | None
    email: str | None
    phone: str | None
    role: Role
    status: str
    created_at: datetime


class Asset(Struct):
    asset: Code
    name: str
    scale: int
    supply: Units | None
    sign_up_bonus: Units | None
    is_purchasable: bool
    is_archived: bool
    created_at: datetime


class ConversionRate(Struct):
    rate_id: int
    from_asset: Code
    to_asset: Code
    from_amount: Units
    to_amount: Units
    created_at: datetime


class Task(Struct):
    task_id: int
    code: str
    name: str
    asset: Code
    reward: Units
    max_completions: int | None
    cooldown: int | None
    is_self_service: bool
    is_active: bool
    created_at: datetime


class Item(Struct):
    item_id: int
    code: str
    name: str
    asset: Code
    price: Units
    stock: int | None
    max_per_user: int | None
    is_active: bool
    created_at: datetime


class TreasuryBalance(Struct):
    asset: Code
    outstanding: Units
    balance: Units
    supply: Units | None
    remaining: Units | None


class Finding(Struct):
    check: str
    subject: str
    expected: str | None
    found: str | None


class ProblemDetails(Struct):
    """RFC 9457, and in `code` the SQLSTATE or the gateway's own code."""

    type: str
    title: str
    status: int
    detail: str | None
    code: str
    hint: str | None
    request_id: str
