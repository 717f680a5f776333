"""Refunds once more, in plain Python: what a user has and owes, without the database."""

from dataclasses import dataclass, field

from tests.race.lots import Refused

Uses = list[tuple["Lot", int]]


@dataclass(eq=False)
class Lot:
    born: int
    origin: str
    remaining: int


@dataclass(eq=False)
class Purchase:
    """A credit that a store may refund."""

    amount: int
    lot: Lot
    said: dict[int, int] = field(default_factory=dict)  # total by moment
    taken: int = 0
    reversed: int = 0
    uses: Uses = field(default_factory=list)  # what refunds have taken, less what they gave back

    @property
    def refunded(self) -> int:
        return self.said[max(self.said)] if self.said else 0


@dataclass(eq=False)
class Spend:
    uses: Uses


class Wallet:
    """Every wallet here has lots; where the asset has none, nobody looks at them."""

    def __init__(self, paid_first: bool) -> None:
        self.paid_first = paid_first
        self.lots: list[Lot] = []
        self.debt = 0
        self.repaid = 0
        self.born = 0

    @property
    def balance(self) -> int:
        return sum(lot.remaining for lot in self.lots)

    def ranked(self) -> list[Lot]:
        """In the order of use."""
        open_lots = [lot for lot in self.lots if lot.remaining]
        first = "paid" if self.paid_first else "free"
        return sorted(open_lots, key=lambda lot: (lot.origin != first, lot.born))

    def credit(self, amount: int, origin: str) -> Purchase:
        self.born += 1
        lot = Lot(self.born, origin, amount)
        self.lots.append(lot)
        self.repay()
        return Purchase(amount, lot)

    def spend(self, amount: int) -> Spend:
        if amount > self.balance:
            raise Refused("WA401")
        return Spend(_use(self.ranked(), amount))

    def undo(self, spend: Spend, amount: int | None) -> None:
        left = sum(much for _, much in spend.uses)
        amount = left if amount is None else amount
        if amount > left or not left:
            raise Refused("WA408")
        _give_back(spend.uses, amount)
        self.repay()

    def reverse(self, purchase: Purchase, amount: int | None) -> None:
        left = purchase.amount - purchase.reversed - purchase.taken
        amount = left if amount is None else amount
        if amount > left or not left:
            raise Refused("WA408")
        if amount > self.balance:
            raise Refused("WA401")
        _use(sorted(self.ranked(), key=lambda lot: lot is not purchase.lot), amount)
        purchase.reversed += amount

    def notice(self, purchase: Purchase, total: int, moment: int, policy: str) -> dict[str, object]:
        said = purchase.said
        if total > purchase.amount:
            raise Refused("WA408")
        if moment in said:
            if said[moment] != total:
                raise Refused("WA340")
            return {"outcome": "repeated"}
        if said and moment < max(said):
            return {"outcome": "outdated"}
        moved = owed = short = 0
        more = total - purchase.refunded
        if more > 0:
            wanted = min(more, purchase.amount - purchase.taken - purchase.reversed)
            moved = min(wanted, self.balance)
            if policy == "debt":
                owed = wanted - moved
            elif policy == "clamp":
                short = wanted - moved
            elif moved < wanted:
                raise Refused("WA401")
            own_then_paid = sorted(
                self.ranked(),
                key=lambda lot: (lot is not purchase.lot, lot.origin != "paid", lot.born),
            )
            purchase.uses += _use(own_then_paid, moved)
            self.debt += owed
            purchase.taken += moved + owed
        else:
            back = max(purchase.taken - total, 0)
            owed = -min(self.debt, back)
            moved = back + owed
            self.debt += owed
            purchase.taken -= back
            # The own lot last, before it what was paid for; the lots of one use are all different.
            uses = _merged(purchase.uses)
            uses.sort(
                key=lambda use: (use[0] is not purchase.lot, use[0].origin == "free", use[0].born)
            )
            returned = min(moved, sum(much for _, much in uses))
            _give_back(uses, returned)
            purchase.uses = uses
            if moved > returned:
                self.born += 1
                self.lots.append(Lot(self.born, purchase.lot.origin, moved - returned))
        said[moment] = total
        outcome = "taken" if more > 0 else "given_back" if more < 0 else "unchanged"
        return {"outcome": outcome, "amount": moved, "owed": owed, "shortfall": short}

    def forgive(self, amount: int | None) -> None:
        amount = self.debt if amount is None else amount
        if not self.debt and amount == 0:
            raise Refused("WA102")
        if amount > self.debt:
            raise Refused("WA109")
        self.debt -= amount

    def repay(self) -> None:
        amount = min(self.debt, self.balance)
        _use(self.ranked(), amount)
        self.debt -= amount
        self.repaid += amount


def _use(lots: list[Lot], amount: int) -> Uses:
    uses = []
    for lot in lots:
        much = min(lot.remaining, amount)
        if much:
            lot.remaining -= much
            amount -= much
            uses.append((lot, much))
    return uses


def _give_back(uses: Uses, amount: int) -> None:
    """From the end of the uses, which have it no longer."""
    while amount:
        lot, much = uses.pop()
        back = min(much, amount)
        lot.remaining += back
        amount -= back
        if much > back:
            uses.append((lot, much - back))


def _merged(uses: Uses) -> Uses:
    lots = list(dict.fromkeys(lot for lot, _ in uses))
    return [(lot, sum(much for each, much in uses if each is lot)) for lot in lots]
