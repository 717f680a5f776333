"""Compares what was answered with what a model makes of it, and both with the database."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

import asyncpg

from tests.soak.history import Accepted, Refused, Request, Wrong
from tests.soak.model import Broken, Leg, Movement, Rules, User

Row = asyncpg.Record

# What this game can be refused: nothing in it is unknown, closed, or of another request.
CODES = {"WA107", "WA307", "WA309", "WA401", "WA402", "WA403", "WA404", "WA405", "WA407", "WA408"}

# Each partition of a cluster has all assets.
ASSETS = "WITH asset AS (SELECT DISTINCT asset_id, code FROM wallet_private.asset) "
FACTS = {
    "transfers": """
        SELECT t.user_id, t.transaction_id, t.leg, a.code AS asset, t.seq, t.amount,
            t.balance_after, t.idempotency_key
        FROM wallet_private.transfer AS t INNER JOIN asset AS a USING (asset_id)
        ORDER BY t.user_id, t.asset_id, t.seq""",
    "wallets": """
        SELECT w.user_id, a.code AS asset, w.balance, w.held, w.seq
        FROM wallet_private.wallet AS w INNER JOIN asset AS a USING (asset_id)""",
    "holds": "SELECT user_id, hold_id, amount, captured, status FROM wallet_private.hold",
    "completions": """
        SELECT user_id, task_id, count(*), max(ordinal)
        FROM wallet_private.task_completion GROUP BY user_id, task_id""",
    "purchases": """
        SELECT user_id, transaction_id, item_id, quantity, returned FROM wallet_private.purchase""",
    "items": "SELECT item_id, sum(stock) AS stock FROM wallet_private.item GROUP BY item_id",
    "supplies": """
        SELECT a.code AS asset, sum(s.available) AS available
        FROM wallet_private.supply AS s INNER JOIN asset AS a USING (asset_id)
        GROUP BY a.code""",
    "verify": "SELECT * FROM wallet.verify()",
}


@dataclass
class Report:
    findings: list[str] = field(default_factory=list)
    lost: int = 0  # acknowledged, but not in the ledger
    doubled: int = 0  # one request, more than one movement

    def find(self, what: str, subject: object, *details: object) -> None:
        self.findings.append(f"{what}: {subject} {' '.join(map(str, details))}".rstrip())

    def compare(self, what: str, subject: object, expected: object, found: object) -> None:
        if expected != found:
            self.find(what, subject, f"expected {expected}, found {found}")


async def check(connection: asyncpg.Connection, rules: Rules, asked: Sequence[Request]) -> Report:
    """When all is quiet and every request has been answered."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        facts = {name: await connection.fetch(ASSETS + sql) for name, sql in FACTS.items()}
    report = Report()
    for request in asked:
        _check_answers(report, request)
    transactions = _transactions(facts["transfers"])
    _check_presence(report, asked, transactions)
    users = _replay(report, rules, asked, facts["transfers"], transactions)
    _check_state(report, rules, users, facts)
    for row in facts["verify"]:
        report.find("verify", row["check"], row["subject"], row["expected"], row["found"])
    return report


def _check_answers(report: Report, request: Request) -> None:
    """All that was said of a request agrees."""
    for wrong in request.answers(Wrong):
        report.find("a wrong answer", request, wrong.what)
    if request.is_open:
        report.find("without an answer", request)
    for refused in request.answers(Refused):
        if refused.code not in CODES:
            report.find("a wrong refusal", request, refused.code)
    accepted = list(request.answers(Accepted))
    for each in accepted[1:]:
        report.compare("another receipt", request, _plain(accepted[0]), _plain(each))
    if sum(not each.is_replay for each in accepted) > 1:
        report.find("accepted twice", request)
    first = min((t.ended for t in request.tries if isinstance(t.answer, Accepted)), default=None)
    for each in request.tries:
        if isinstance(each.answer, Refused) and first is not None and each.began > first:
            report.find("refused after it was accepted", request, each.answer.code)


def _plain(accepted: Accepted) -> dict[str, str]:
    """A receipt, whether HTTP or SQL gave it."""
    return {
        name: f"{value:f}" if isinstance(value, Decimal) else str(value)
        for name, value in accepted.receipt.items()
    }


Key = tuple[UUID, str]
Transactions = dict[tuple[UUID, UUID], list[Row]]  # the legs of each, the first first


def _transactions(transfers: Iterable[Row]) -> Transactions:
    transactions: Transactions = defaultdict(list)
    for row in transfers:
        transactions[row["user_id"], row["transaction_id"]].append(row)
    for legs in transactions.values():
        legs.sort(key=lambda row: row["leg"])
    return transactions


def _check_presence(report: Report, asked: Sequence[Request], found: Transactions) -> None:
    """What was accepted stands in the ledger once, and nothing else does."""
    by_key: dict[Key, list[UUID]] = defaultdict(list)
    for (user, transaction), legs in found.items():
        by_key[user, legs[0]["idempotency_key"]].append(transaction)
    for request in asked:
        made = by_key.pop((request.user, request.key), [])
        if len(made) > 1:
            report.doubled += 1
            report.find("doubled", request, made)
        if request.accepted is None:
            if made:
                report.find("refused, but in the ledger", request, made)
            continue
        told = request.accepted.receipt.get("transaction_id")
        if request.function == "place_hold":
            told = request.accepted.receipt["hold_id"]
        if not made or (told is not None and told not in made):
            report.lost += 1
            report.find("lost", request, request.accepted)
    for key, made in by_key.items():
        report.find("nobody asked for it", key, made)


def _replay(
    report: Report,
    rules: Rules,
    asked: Sequence[Request],
    transfers: Iterable[Row],
    transactions: Transactions,
) -> dict[UUID, User]:
    """The model's users, after all that the ledger says was accepted, in the ledger's order."""
    by_key = {(request.user, request.key): request for request in asked}
    wallets: dict[UUID, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in transfers:
        wallets[row["user_id"]][row["asset"]].append(row)
    users = {}
    for user_id, ledgers in wallets.items():
        users[user_id] = user = User(rules)
        for asset, rows in ledgers.items():
            seqs = [row["seq"] for row in rows]
            report.compare("seq", (user_id, asset), list(range(1, len(rows) + 1)), seqs)
        for legs in _in_order(report, user_id, ledgers, transactions):
            request = by_key.get((user_id, legs[0]["idempotency_key"]))
            _apply(report, user, request, legs)
    return users


def _in_order(
    report: Report, user_id: UUID, ledgers: dict[str, list[Row]], transactions: Transactions
) -> Iterable[list[Row]]:
    """A user's transactions: each leg's turn in its wallet is the transaction's turn."""
    heads = dict.fromkeys(ledgers, 0)
    moving = True
    while moving:
        moving = False
        for asset, rows in ledgers.items():
            while heads[asset] < len(rows):
                legs = transactions[user_id, rows[heads[asset]]["transaction_id"]]
                turns = {leg["asset"]: ledgers[leg["asset"]] for leg in legs}
                if not all(
                    heads[each] < len(turn)
                    and turn[heads[each]]["transaction_id"] == legs[0]["transaction_id"]
                    for each, turn in turns.items()
                ):
                    break
                for leg in legs:
                    heads[leg["asset"]] += 1
                moving = True
                yield legs
    for asset, rows in ledgers.items():
        if heads[asset] < len(rows):
            report.find("no order", user_id, asset, rows[heads[asset]])


def _apply(report: Report, user: User, request: Request | None, legs: list[Row]) -> None:
    found = [Leg(leg["asset"], leg["amount"]) for leg in legs]
    movement = Movement(found)
    if request is not None:
        try:
            movement = user.accept(legs[0]["transaction_id"], request.function, request.arguments)
        except (Broken, LookupError) as broken:
            report.find("should have been refused", request, repr(broken))
            return
        report.compare("the legs", request, movement.legs, found)
    for leg in legs:
        report.compare("balance", request, user.balances[leg["asset"]], leg["balance_after"])
    if request is not None and request.accepted is not None:
        receipt = request.accepted.receipt
        for name, expected in movement.told.items():
            value = receipt[name]
            if isinstance(expected, Decimal):
                value = Decimal(value or 0)
            report.compare(f"the receipt's {name}", request, expected, value)


def _check_state(
    report: Report, rules: Rules, users: dict[UUID, User], facts: dict[str, list[Row]]
) -> None:
    nobody = User(rules)
    for row in facts["wallets"]:
        subject = row["user_id"], row["asset"]
        user = users.get(row["user_id"], nobody)
        report.compare("the balance", subject, user.balances[row["asset"]], row["balance"])
        report.compare("what is held", subject, user.held[row["asset"]], row["held"])
    report.compare(
        "holds",
        "all",
        {
            (user_id, hold_id, hold.amount, hold.captured, hold.status)
            for user_id, user in users.items()
            for hold_id, hold in user.holds.items()
        },
        set(map(tuple, facts["holds"])),
    )
    report.compare(
        "completions",
        "all",
        {
            (user_id, task_id, count, count)
            for user_id, user in users.items()
            for task_id, count in user.completions.items()
        },
        set(map(tuple, facts["completions"])),
    )
    purchases = {
        (user_id, each, user.movements[each].item, quantity, user.returned[each])
        for user_id, user in users.items()
        for each, quantity in user.bought.items()
    }
    report.compare("purchases", "all", purchases, set(map(tuple, facts["purchases"])))
    sold: Counter[int | None] = Counter()
    for _, _, item, quantity, returned in purchases:
        sold[item] += quantity - returned
    for row in facts["items"]:
        stock = rules.items[row["item_id"]].stock - sold[row["item_id"]]
        report.compare("stock", row["item_id"], stock, row["stock"])
    for row in facts["supplies"]:
        issued = sum(user.balances[row["asset"]] for user in users.values())
        left = rules.caps[row["asset"]] - issued
        report.compare("supply", row["asset"], left, row["available"])
