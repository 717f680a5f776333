"""The wallet once more, in plain Python: what the receipts say, added up without the database."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.race.arena import Amount, Call, Row, without_replay

CREDITS = {"TOPUP", "BONUS", "TASK"}
DEBITS = {"SPEND", "PURCHASE", "CAPTURE"}

Wallet = tuple[UUID, str]  # of a user, in an asset


@dataclass(frozen=True)
class Leg:
    """What a receipt says of one wallet."""

    user: UUID
    asset: str
    amount: Decimal  # signed
    balance: Decimal

    @property
    def wallet(self) -> Wallet:
        return self.user, self.asset


@dataclass
class Hold:
    wallet: Wallet
    amount: Decimal
    expires_at: datetime
    captured: Decimal = Decimal(0)
    is_released: bool = False

    @property
    def remaining(self) -> Decimal:
        return self.amount - self.captured


class Model:
    """Fed with all receipts in the order in which they were made."""

    def __init__(self, stock: dict[int, int], rates: dict[int, tuple[Amount, Amount]]) -> None:
        self.balances: dict[Wallet, Decimal] = defaultdict(Decimal)
        self.holds: dict[UUID, Hold] = {}
        self.stock = dict(stock)
        self.owned: dict[tuple[UUID, int], int] = defaultdict(int)
        self.completions: dict[tuple[UUID, int], int] = defaultdict(int)
        self.rates = rates
        self._legs: dict[UUID, list[Leg]] = {}
        self._bought: dict[UUID, Row] = {}
        self._reversed: dict[UUID, Decimal] = defaultdict(Decimal)

    def apply(self, receipt: Row) -> None:
        """Adds a movement, which must be possible and lead where its receipt says."""
        legs = self._legs_of(receipt)
        for leg in legs:
            self.balances[leg.wallet] += leg.amount
            assert self.balances[leg.wallet] == leg.balance >= 0, receipt
        self._legs[receipt["transaction_id"]] = legs
        getattr(self, f"_{receipt['kind'].lower()}", lambda _: None)(receipt)

    def place(self, hold: Row) -> None:
        wallet = hold["user_id"], hold["asset"]
        self.holds[hold["hold_id"]] = Hold(wallet, hold["amount"], hold["expires_at"])

    def release(self, hold: Row) -> None:
        """To be told when all captures are known."""
        released = self.holds[hold["hold_id"]]
        assert not released.is_released
        assert hold["captured"] == released.captured
        released.is_released = True

    def held(self, wallet: Wallet, now: datetime) -> Decimal:
        return sum(
            (
                hold.remaining
                for hold in self.holds.values()
                if hold.wallet == wallet and not hold.is_released and hold.expires_at > now
            ),
            Decimal(0),
        )

    def _legs_of(self, receipt: Row) -> list[Leg]:
        user, kind = receipt["user_id"], receipt["kind"]
        if kind == "CONVERT":
            return [
                Leg(user, receipt["from_asset"], -receipt["from_amount"], receipt["from_balance"]),
                Leg(user, receipt["to_asset"], receipt["to_amount"], receipt["to_balance"]),
            ]
        if kind == "REVERSAL":
            original = self._legs[receipt["reverses"]]
            amounts = [receipt["amount"], receipt["counter_amount"]]
            balances = [receipt["balance"], receipt["counter_balance"]]
            return [
                Leg(user, leg.asset, amount if leg.amount < 0 else -amount, balance)
                for leg, amount, balance in zip(original, amounts, balances, strict=False)
            ]
        sign = 1 if kind in CREDITS or receipt.get("is_credit") else -1
        return [Leg(user, receipt["asset"], sign * receipt["amount"], receipt["balance"])]

    def _convert(self, receipt: Row) -> None:
        from_amount, to_amount = self.rates[receipt["rate_id"]]
        assert receipt["from_amount"] * to_amount == receipt["to_amount"] * from_amount

    def _task(self, receipt: Row) -> None:
        self.completions[receipt["user_id"], receipt["task_id"]] += 1

    def _purchase(self, receipt: Row) -> None:
        self._bought[receipt["transaction_id"]] = receipt
        assert receipt["amount"] == receipt["quantity"] * receipt["unit_price"]
        self._sell(receipt["user_id"], receipt["item_id"], receipt["quantity"])

    def _capture(self, receipt: Row) -> None:
        hold = self.holds[receipt["hold_id"]]
        hold.captured += receipt["amount"]
        assert hold.remaining == receipt["remaining"] >= 0
        assert receipt["created_at"] < hold.expires_at

    def _reversal(self, receipt: Row) -> None:
        original = receipt["reverses"]
        self._reversed[original] += receipt["amount"]
        assert self._reversed[original] <= abs(self._legs[original][0].amount)
        if bought := self._bought.get(original):
            returned = int(receipt["amount"] / bought["unit_price"])
            self._sell(bought["user_id"], bought["item_id"], -returned)

    def _sell(self, user: UUID, item: int, quantity: int) -> None:
        self.stock[item] -= quantity
        self.owned[user, item] += quantity


def first_receipts(answers: Iterable[tuple[Call, Any]]) -> list[Row]:
    """The receipts of all accepted requests, once each; all that was said of a key must agree.

    An answer is a receipt or a refusal, as it was given to its call.
    """
    by_key: dict[tuple[UUID, str], list[tuple[Call, Any]]] = defaultdict(list)
    for call, answer in answers:
        by_key[call.user, call.key].append((call, answer))
    receipts = []
    for said in by_key.values():
        accepted = [(call, answer) for call, answer in said if isinstance(answer, dict)]
        reused = [call for call, answer in said if not isinstance(answer, dict) and answer.code == "WA301"]
        if not accepted:
            assert not reused, "another request had the key, but none was accepted"
            continue
        [first] = [answer for _, answer in accepted if not answer["is_replay"]]
        [request] = {call for call, _ in accepted}
        assert all(without_replay(answer) == without_replay(first) for _, answer in accepted)
        assert request not in reused
        receipts.append(first)
    return receipts
