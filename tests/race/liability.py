"""What is outstanding of an asset with lots, added up once more: in plain Python, by the ledger."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.race.arena import Row

Cohort = tuple[str, date, date | None]
FIGURES = ("issued", "used", "expired", "reversed", "outstanding")

LEDGER = """
SELECT t.user_id, t.seq, t.kind, t.amount, t.created_at, t.transaction_id, t.details,
    h.expires_at AS hold_expires_at
FROM wallet_private.transfer AS t
INNER JOIN wallet_private.asset AS a ON a.asset_id = t.asset_id AND a.code = $1
LEFT JOIN wallet_private.hold AS h ON h.user_id = t.user_id AND h.hold_id = t.transaction_id
ORDER BY t.user_id, t.seq"""
LIABILITY = """
SELECT n.at, l.* FROM unnest($2::timestamptz[]) AS n (at)
CROSS JOIN LATERAL wallet.liability($1, n.at) AS l"""

_BY_KIND = {"EXPIRE": "expired", "ADJUST": "reversed", "REVERSAL": "reversed"}


@dataclass
class Lot:
    origin: str
    issued_at: datetime
    expires_at: datetime | None
    figures: Counter[str] = field(default_factory=Counter)
    held: int = 0


def recompute(ledger: Iterable[Row], at: datetime) -> dict[Cohort, Counter[str]]:
    """The figures of each cohort at a moment. ledger: rows of LEDGER, details decoded."""
    wallets: dict[Any, list[Row]] = defaultdict(list)
    for transfer in ledger:
        if transfer["created_at"] <= at:
            wallets[transfer["user_id"]].append(transfer)
    cohorts: dict[Cohort, Counter[str]] = defaultdict(Counter)
    for transfers in wallets.values():
        for lot in _lots(transfers, at):
            left = lot.figures["outstanding"]
            if lot.expires_at is not None and lot.expires_at <= at and left > lot.held:
                lot.figures["expired"] += left - lot.held
                lot.figures["outstanding"] = lot.held
            cohort = lot.origin, _month(lot.issued_at), lot.expires_at and _month(lot.expires_at)
            cohorts[cohort].update(lot.figures)
    return cohorts


def _lots(transfers: list[Row], at: datetime) -> Iterable[Lot]:
    lots: dict[int, Lot] = {}
    holds: dict[str, Counter[int]] = {}
    ends: dict[str, datetime] = {}
    kinds = {str(each["transaction_id"]): each["kind"] for each in transfers}
    for transfer in transfers:
        details = transfer["details"] or {}
        result = details.get("result", {})
        uses = Counter[int]()
        for use in result.get("lots", []):
            uses[use["lot"]] += use["amount"]
            if "expires_at" in use:
                lots[use["lot"]].expires_at = _instant(use["expires_at"])
        if "lot" in result:
            lot = lots[transfer["seq"]] = Lot(
                result["lot"]["origin"], transfer["created_at"], _instant(result["lot"])
            )
            lot.figures.update(issued=transfer["amount"], outstanding=transfer["amount"])
            continue
        match transfer["kind"]:
            case "HOLD":
                holds[str(transfer["transaction_id"])] = uses
                ends[str(transfer["transaction_id"])] = transfer["hold_expires_at"]
                continue
            case "RELEASE":
                del holds[details["hold_id"]]
                continue
            case "CAPTURE":
                holds[details["hold_id"]].subtract(uses)
        gives = transfer["amount"] > 0
        kind = kinds[details["transaction_id"]] if gives else transfer["kind"]
        for lot_id, amount in uses.items():
            change = -amount if gives else amount
            lots[lot_id].figures[_BY_KIND.get(kind, "used")] += change
            lots[lot_id].figures["outstanding"] -= change
    for hold, uses in holds.items():
        for lot_id, amount in uses.items():
            lots[lot_id].held += amount if ends[hold] > at else 0
    return lots.values()


def found(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Cohort, Counter[str]]]:
    """Rows of wallet.liability, as recompute has them."""
    for row in rows:
        cohort = row["origin"], row["issue_month"], row["expiry_month"]
        yield cohort, Counter({name: row[name] for name in FIGURES})


def _instant(said: Any) -> datetime | None:
    if isinstance(said, Mapping):
        said = said.get("expires_at")
    if said is None:
        return None
    microseconds = int(Decimal(str(said)) * 1_000_000)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _month(moment: datetime) -> date:
    return moment.astimezone(UTC).date().replace(day=1)
