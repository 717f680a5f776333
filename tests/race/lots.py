"""Lots once more, in plain Python: what a user has of each credit, without the database.

Time goes in days, and within a day in ticks, one for each call: so of two lots that live equally
long the one that was made first expires first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

Moment = tuple[int, int]  # a day and a tick
NEVER: Moment = (10**9, 0)
Uses = list[tuple["Lot", int]]


class Refused(Exception):
    """With the code that the wallet has to refuse it with."""


@dataclass(eq=False)
class Lot:
    origin: str
    remaining: int
    expires: Moment
    born: int
    held: int = 0

    @property
    def available(self) -> int:
        return self.remaining - self.held


@dataclass(eq=False)
class Hold:
    wallet: "Wallet"
    amount: int
    uses: Uses
    expires_day: int
    captured: int = 0
    is_open: bool = True


@dataclass(eq=False)
class Movement:
    """What can be reversed: in one wallet, or from one into another."""

    wallet: "Wallet"
    amount: int  # signed
    uses: Uses = field(default_factory=list)  # of a debit
    lot: Lot | None = None  # of a credit
    other: "Movement | None" = None  # the second leg
    reversed: int = 0


@dataclass(eq=False)
class Wallet:
    order: str | None  # None: no lots
    lives: int | None = None  # days that a credit lives if nothing else says
    is_paid_expiring: bool = False
    plain: int = 0  # what there is without lots
    lots: list[Lot] = field(default_factory=list)
    expired: int = 0

    @property
    def available(self) -> int:
        return sum(lot.available for lot in self.lots) if self.order else self.plain

    def ranked(self, first: Lot | None = None) -> list[Lot]:
        def rank(lot: Lot) -> tuple[object, ...]:
            by_origin = {"free_first": lot.origin == "paid", "paid_first": lot.origin == "free"}
            return (
                lot is not first, by_origin.get(self.order or "", 0), lot.expires,
                lot.origin == "paid", lot.born,
            )  # fmt: skip

        return sorted((lot for lot in self.lots if lot.remaining), key=rank)

    def pick(self, amount: int, first: Lot | None = None) -> Uses:
        if amount > self.available:
            raise Refused("WA401")
        uses: Uses = []
        for lot in self.ranked(first):
            used = min(lot.available, amount)
            if used:
                uses.append((lot, used))
            amount -= used
        return uses


def part(uses: Iterable[tuple[Lot, int]], skip: int, amount: int) -> Uses:
    """Unit by unit: slow, and hard to get wrong."""
    units = [lot for lot, used in uses for _ in range(used)][skip : skip + amount]
    return [(lot, units.count(lot)) for lot in dict.fromkeys(units)]


class Model:
    """One user's wallets."""

    def __init__(self, wallets: dict[str, Wallet]) -> None:
        self.wallets = wallets
        self.holds: list[Hold] = []
        self.day = self.tick = 0

    def pass_days(self, days: int) -> None:
        self.day += days
        for hold in self.holds:
            if hold.is_open and hold.expires_day <= self.day:
                self._free(hold)
        self._expire()

    def credit(
        self, code: str, amount: int, origin: str = "free", days: int | None = None
    ) -> Movement:
        wallet = self.wallets[code]
        lives = wallet.lives if days is None else days
        if days is not None and (
            not wallet.order or (origin == "paid" and not wallet.is_paid_expiring)
        ):
            raise Refused("WA502")
        if lives is None or (origin == "paid" and not wallet.is_paid_expiring):
            return self._make(wallet, amount, origin, NEVER)
        return self._make(wallet, amount, origin, (self.day + lives, self._next()))

    def debit(self, code: str, amount: int) -> Movement:
        wallet = self.wallets[code]
        return self._use(wallet, amount, wallet.pick(amount))

    def convert(self, source: str, target: str, amount: int) -> Movement:
        debit = self.debit(source, amount)
        into = self.wallets[target]
        if not self.wallets[source].order or any(lot.origin == "paid" for lot, _ in debit.uses):
            origin, expires = "paid", NEVER
        else:
            origin, expires = "free", min(lot.expires for lot, _ in debit.uses)
        debit.other = self._make(into, amount, origin, expires)
        self._expire()
        return debit

    def hold(self, code: str, amount: int, days: int) -> Hold:
        wallet = self.wallets[code]
        uses = wallet.pick(amount)
        for lot, used in uses:
            lot.held += used
        self.holds.append(Hold(wallet, amount, uses, self.day + days))
        return self.holds[-1]

    def capture(self, hold: Hold, amount: int | None) -> Movement:
        left = self._left(hold)
        amount = left if amount is None else amount
        if amount > left:
            raise Refused("WA407")
        uses = part(hold.uses, hold.captured, amount)
        for lot, used in uses:
            lot.held -= used
        hold.captured += amount
        hold.is_open = hold.captured < hold.amount
        return self._use(hold.wallet, amount, uses)

    def release(self, hold: Hold) -> None:
        self._left(hold)
        self._free(hold)
        self._expire()

    def reverse(
        self, movement: Movement, amount: int | None, clamps: bool, grace: int | None
    ) -> int:
        """Answers how much was taken back."""
        left = abs(movement.amount) - movement.reversed
        amount = left if amount is None else amount
        if amount > left or not left:
            raise Refused("WA408")
        credit = movement if movement.amount > 0 else movement.other
        if credit and clamps:
            amount = min(amount, credit.wallet.available)
            if not amount:
                raise Refused("WA401")
        picked = credit.wallet.pick(amount, credit.lot) if credit else []
        if movement.amount < 0:
            self._give_back(movement, amount, grace)
        if credit:
            self._use(credit.wallet, amount, picked)
        movement.reversed += amount
        self._expire()
        return amount

    def _give_back(self, movement: Movement, amount: int, grace: int | None) -> None:
        if not movement.wallet.order:
            movement.wallet.plain += amount
            return
        skip = -movement.amount - movement.reversed - amount
        for lot, used in part(movement.uses, skip, amount):
            lot.remaining += used
            if grace is not None and lot.expires[0] <= self.day:
                lot.expires = (self.day + grace, self.tick)

    def _make(self, wallet: Wallet, amount: int, origin: str, expires: Moment) -> Movement:
        if not wallet.order:
            wallet.plain += amount
            return Movement(wallet, amount)
        lot = Lot(origin, amount, expires, self._next())
        wallet.lots.append(lot)
        return Movement(wallet, amount, lot=lot)

    def _use(self, wallet: Wallet, amount: int, uses: Uses) -> Movement:
        if not wallet.order:
            wallet.plain -= amount
        for lot, used in uses:
            lot.remaining -= used
        return Movement(wallet, -amount, uses=uses)

    def _left(self, hold: Hold) -> int:
        if not hold.is_open:
            raise Refused("WA307")
        return hold.amount - hold.captured

    def _free(self, hold: Hold) -> None:
        hold.is_open = False
        for lot, used in part(hold.uses, hold.captured, hold.amount - hold.captured):
            lot.held -= used

    def _expire(self) -> None:
        for wallet in self.wallets.values():
            for lot in wallet.lots:
                if lot.expires[0] <= self.day:
                    wallet.expired += lot.available
                    lot.remaining = lot.held

    def _next(self) -> int:
        self.tick += 1
        return self.tick
