"""The wallet once more, in plain Python: what each accepted request has to do, from its arguments.

It knows the rules and nothing of the receipts, the functions or the gateway.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

ZERO = Decimal(0)


@dataclass(frozen=True)
class Task:
    asset: str
    reward: Decimal
    most: int  # completions of a user


@dataclass(frozen=True)
class Item:
    asset: str
    price: Decimal
    stock: int
    most: int  # that a user may own


@dataclass(frozen=True)
class Rules:
    """The catalogue; it stands still."""

    scales: Mapping[str, int]  # asset -> decimals
    caps: Mapping[str, Decimal]
    rates: Mapping[tuple[str, str], tuple[Decimal, Decimal]]  # so much of one for so much
    tasks: Mapping[int, Task]
    items: Mapping[int, Item]


@dataclass
class Hold:
    asset: str
    amount: Decimal
    captured: Decimal = ZERO
    is_released: bool = False

    @property
    def remaining(self) -> Decimal:
        return self.amount - self.captured

    @property
    def status(self) -> str:
        if self.is_released:
            return "released"
        return "open" if self.remaining else "captured"


@dataclass(frozen=True)
class Leg:
    asset: str
    amount: Decimal  # signed


@dataclass
class Movement:
    """One that was accepted, and what it has to have told."""

    legs: list[Leg]
    told: dict[str, Any] = field(default_factory=dict)
    item: int | None = None  # that was bought
    step: Decimal = ZERO  # the least that can be reversed
    is_reversible: bool = True
    reversed: Decimal = ZERO  # of the first leg


class Broken(Exception):
    """What was accepted should have been refused."""


def require(is_kept: bool, rule: str) -> None:
    if not is_kept:
        raise Broken(rule)


class User:
    """One user's wallets, holds, purchases and completions."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.balances: dict[str, Decimal] = defaultdict(Decimal)
        self.held: dict[str, Decimal] = defaultdict(Decimal)
        self.movements: dict[UUID, Movement] = {}
        self.holds: dict[UUID, Hold] = {}
        self.completions: Counter[int] = Counter()
        self.owned: Counter[int] = Counter()
        self.bought: Counter[UUID] = Counter()
        self.returned: Counter[UUID] = Counter()

    def available(self, asset: str) -> Decimal:
        return self.balances[asset] - self.held[asset]

    def accept(self, transaction: UUID, function: str, arguments: Mapping[str, Any]) -> Movement:
        """Do what a request asks for; it was accepted as this transaction."""
        do = getattr(self, f"_{function}")
        movement: Movement = do(transaction, **arguments)
        self.movements[transaction] = movement
        for leg in movement.legs:
            self.balances[leg.asset] += leg.amount
        after = [self.balances[leg.asset] for leg in movement.legs]
        if function == "convert":
            movement.told |= {"from_balance": after[0], "to_balance": after[1]}
        elif movement.legs[0].amount:
            movement.told["balance"] = after[0]
        for leg in movement.legs:
            require(self.available(leg.asset) >= 0, f"{leg.asset} is overdrawn")
        return movement

    # One for each function: what it does, unless a rule forbids it.

    def _topup(self, _: UUID, asset: str, amount: Decimal) -> Movement:
        return self._single(asset, amount)

    _bonus = _topup

    def _spend(self, _: UUID, asset: str, amount: Decimal) -> Movement:
        return self._single(asset, -amount)

    def _convert(self, _: UUID, from_asset: str, to_asset: str, amount: Decimal) -> Movement:
        give, get = self.rules.rates[from_asset, to_asset]
        step, result_step = self._steps(from_asset, give, to_asset, get)
        require(amount % step == 0, "it does not convert exactly")
        result = amount / step * result_step
        told = {"from_amount": amount, "to_amount": result}
        return Movement([Leg(from_asset, -amount), Leg(to_asset, result)], told, step=step)

    def _complete_task(self, _: UUID, task_id: int) -> Movement:
        task = self.rules.tasks[task_id]
        self.completions[task_id] += 1
        require(self.completions[task_id] <= task.most, "the task was completed too often")
        return self._single(task.asset, task.reward)

    def _buy_item(
        self, transaction: UUID, item_id: int, quantity: int, expected_price: Decimal | None
    ) -> Movement:
        item = self.rules.items[item_id]
        require(expected_price in (None, item.price), "it was another price")
        self.owned[item_id] += quantity
        require(self.owned[item_id] <= item.most, "it was bought too often")
        self.bought[transaction] = quantity
        movement = self._single(item.asset, -quantity * item.price)
        movement.item, movement.step = item_id, item.price
        movement.told |= {"quantity": quantity, "unit_price": item.price}
        return movement

    def _place_hold(
        self, transaction: UUID, asset: str, amount: Decimal, expires_in: int
    ) -> Movement:
        require(self.available(asset) >= amount, f"{asset} is overdrawn by a hold")
        self.holds[transaction] = Hold(asset, amount)
        self.held[asset] += amount
        told = {"amount": amount, "captured": ZERO, "remaining": amount, "status": "open"}
        return Movement([Leg(asset, ZERO)], told, is_reversible=False)

    def _capture_hold(self, _: UUID, hold_id: UUID, amount: Decimal | None) -> Movement:
        hold = self.holds[hold_id]
        require(hold.status == "open", "the hold was closed")
        amount = hold.remaining if amount is None else amount
        require(amount <= hold.remaining, "more was captured than was held")
        hold.captured += amount
        self.held[hold.asset] -= amount
        movement = self._single(hold.asset, -amount)
        movement.told["remaining"] = hold.remaining
        return movement

    def _release_hold(self, _: UUID, hold_id: UUID) -> Movement:
        hold = self.holds[hold_id]
        require(hold.status == "open", "the hold was closed")
        hold.is_released = True
        self.held[hold.asset] -= hold.remaining
        told = {"status": "released", "captured": hold.captured}
        return Movement([Leg(hold.asset, ZERO)], told, is_reversible=False)

    def _reverse(
        self, _: UUID, transaction_id: UUID, amount: Decimal | None, reason: str, policy: str
    ) -> Movement:
        original = self.movements[transaction_id]
        first = original.legs[0]
        require(original.is_reversible, "it can't be reversed")
        left = abs(first.amount) - original.reversed
        wanted = left if amount is None else amount
        require(0 < wanted <= left, "more was reversed than there was")
        step = original.step or Decimal(1).scaleb(-self.rules.scales[first.asset])
        require(wanted % step == 0, "it does not reverse exactly")

        taken = wanted
        [credit] = [leg for leg in original.legs if leg.amount > 0] or [None]
        if policy == "clamp" and credit is not None:
            credit_step = step * credit.amount / abs(first.amount)
            taken = min(wanted, self.available(credit.asset) // credit_step * step)
            require(taken > 0, "there was nothing to take back")
        original.reversed += taken
        legs = [Leg(leg.asset, -leg.amount * taken / abs(first.amount)) for leg in original.legs]
        if original.item is not None:
            count = int(taken / original.step)
            self.returned[transaction_id] += count
            self.owned[original.item] -= count
        told = {"amount": taken, "shortfall": wanted - taken}
        return Movement(legs, told, is_reversible=False)

    def _single(self, asset: str, amount: Decimal) -> Movement:
        return Movement([Leg(asset, amount)], {"amount": abs(amount), "asset": asset})

    def _steps(
        self, asset: str, amount: Decimal, other: str, other_amount: Decimal
    ) -> tuple[Decimal, Decimal]:
        """The least amounts in this ratio."""
        scale, other_scale = self.rules.scales[asset], self.rules.scales[other]
        units, other_units = int(amount.scaleb(scale)), int(other_amount.scaleb(other_scale))
        divisor = math.gcd(units, other_units)
        return (
            Decimal(units // divisor).scaleb(-scale),
            Decimal(other_units // divisor).scaleb(-other_scale),
        )
