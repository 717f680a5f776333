"""The wallet once more, in plain Python: what the receipts say, added up without the database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from tests.race.arena import Call, Refusal, Row, without_replay

CREDITS = {"TOPUP", "BONUS", "TASK"}

Wallet = tuple[UUID, str]  # of a user, in an asset
Said = tuple[Call, Row | Refusal]  # what was asked, and what was answered


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


@dataclass(frozen=True)
class Leg:
    """What a receipt says of one wallet."""

    wallet: Wallet
    amount: Decimal  # signed
    balance: Decimal
    receipt: Row
    is_first: bool


class Model:
    def __init__(self, said: Iterable[Said], seqs: Mapping[tuple[UUID, str], int]) -> None:
        """Replays what was accepted, each wallet in the order of its ledger.

        seqs has the place in it of a transaction's leg in an asset.
        """
        self.balances: dict[Wallet, Decimal] = defaultdict(Decimal)
        self.holds: dict[UUID, Hold] = {}
        self.sold: dict[int, int] = defaultdict(int)
        self.owned: dict[tuple[UUID, int], int] = defaultdict(int)
        self.completions: dict[tuple[UUID, int], int] = defaultdict(int)
        self._legs: dict[UUID, list[Leg]] = {}
        self._reversed: dict[UUID, Decimal] = defaultdict(Decimal)

        accepted = list(accepted_once(said))
        for call, receipt in accepted:
            if call.function == "place_hold":
                wallet = receipt["user_id"], receipt["asset"]
                hold = Hold(wallet, receipt["amount"], receipt["expires_at"])
                self.holds[receipt["hold_id"]] = hold
        moved = [
            (call, receipt)
            for call, receipt in accepted
            if call.function not in ("place_hold", "release_hold")
        ]
        # A reversal's legs are those of its original, turned round.
        for call, receipt in sorted(moved, key=lambda each: each[0].function == "reverse"):
            self._legs[receipt["transaction_id"]] = self._legs_of(call, receipt)
        legs = [leg for legs in self._legs.values() for leg in legs]
        legs.sort(key=lambda leg: seqs[leg.receipt["transaction_id"], leg.wallet[1]])
        for leg in legs:
            self._apply(leg)
        for call, receipt in accepted:
            if call.function == "release_hold":
                self._release(receipt)

    def held(self, wallet: Wallet, now: datetime) -> Decimal:
        return sum(
            (
                hold.remaining
                for hold in self.holds.values()
                if hold.wallet == wallet and not hold.is_released and hold.expires_at > now
            ),
            Decimal(0),
        )

    def _legs_of(self, call: Call, receipt: Row) -> list[Leg]:
        user = receipt["user_id"]

        def leg(asset: str, amount: Decimal, balance: Decimal, is_first: bool = True) -> Leg:
            return Leg((user, asset), amount, balance, receipt, is_first)

        if call.function == "convert":
            return [
                leg(receipt["from_asset"], -receipt["from_amount"], receipt["from_balance"]),
                leg(receipt["to_asset"], receipt["to_amount"], receipt["to_balance"], False),
            ]
        if call.function == "reverse":
            first, *second = self._legs[receipt["reverses"]]
            back = -1 if first.amount > 0 else 1
            legs = [leg(first.wallet[1], back * receipt["amount"], receipt["balance"])]
            for other in second:
                amount, balance = receipt["counter_amount"], receipt["counter_balance"]
                legs.append(leg(other.wallet[1], -back * amount, balance, False))
            return legs
        is_credit = receipt["kind"] in CREDITS or (
            call.function == "adjust" and call.arguments[2] > 0
        )
        amount = receipt["amount"] if is_credit else -receipt["amount"]
        return [leg(receipt["asset"], amount, receipt["balance"])]

    def _apply(self, leg: Leg) -> None:
        self.balances[leg.wallet] += leg.amount
        assert self.balances[leg.wallet] == leg.balance >= 0, leg
        receipt, user = leg.receipt, leg.wallet[0]
        if not leg.is_first:
            return
        if receipt["kind"] == "TASK":
            self.completions[user, receipt["task_id"]] += 1
        elif receipt["kind"] == "PURCHASE":
            self._sell(user, receipt["item_id"], receipt["quantity"])
        elif receipt["kind"] == "CAPTURE":
            hold = self.holds[receipt["hold_id"]]
            hold.captured += receipt["amount"]
            assert hold.remaining == receipt["remaining"] >= 0, receipt
        elif receipt["kind"] == "REVERSAL":
            original = self._legs[receipt["reverses"]][0]
            self._reversed[receipt["reverses"]] += receipt["amount"]
            assert self._reversed[receipt["reverses"]] <= abs(original.amount), receipt
            if original.receipt["kind"] == "PURCHASE":
                returned = receipt["amount"] / original.receipt["unit_price"]
                self._sell(user, original.receipt["item_id"], -int(returned))

    def _sell(self, user: UUID, item: int, quantity: int) -> None:
        self.sold[item] += quantity
        self.owned[user, item] += quantity

    def _release(self, released: Row) -> None:
        hold = self.holds[released["hold_id"]]
        assert not hold.is_released, released
        assert hold.captured == released["captured"], released
        hold.is_released = True


def accepted_once(said: Iterable[Said]) -> Iterable[tuple[Call, Row]]:
    """Each accepted request and its first receipt; all that was said of its key has to agree."""
    by_key: dict[tuple[UUID, str], list[Said]] = defaultdict(list)
    for call, answer in said:
        by_key[call.user, call.key].append((call, answer))
    for answers in by_key.values():
        receipts = [(call, answer) for call, answer in answers if isinstance(answer, dict)]
        told = {
            call
            for call, answer in answers
            if isinstance(answer, Refusal) and answer.code == "WA301"
        }
        requests = {call for call, _ in receipts}
        assert len(requests) == (1 if told else len(requests)) <= 1, answers
        assert not requests & told, answers
        if receipts:
            [first] = [receipt for _, receipt in receipts if not receipt["is_replay"]]
            for _, receipt in receipts:
                assert without_replay(receipt) == without_replay(first), answers
            yield receipts[0][0], first
