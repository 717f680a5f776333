"""Refunds by stores, over any history: hypothesis thinks of one, a model knows what comes of it.

One user tops up, gets gifts and spends, in an asset with lots and one without. Notices come in any
order, twice, with every policy. After each call the answer, the balance, what is owed and the lots
are what the model says. At the end it all adds up: what the user has, less what is owed, is what
was credited, less what was spent and what refunds have taken.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.race.arena import Arena, Refusal, Row, call, fresh
from tests.race.lots import Refused
from tests.race.refunds import Purchase, Spend, Wallet
from tests.race.test_properties import EXAMPLES
from tests.support.servers import Server

ASSETS = ("LOTS", "NONE")
CALLS = ("topup", "bonus", "spend", "reverse", "set_refunded", "forgive_debt", "post_batch")
OUTCOMES = ("taken", "given_back", "unchanged", "repeated", "outdated")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

NAMES = (
    "notice", "spend", "topup", "notice", "reverse", "spend", "notice", "forgive", "bonus", "spend",
    "notice", "post_batch", "again", "notice",
)  # fmt: skip
# What is done, and what each of them may take of: numbers, and whether.
steps = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(ASSETS),
    st.integers(0, 9),
    st.integers(0, 10),
    st.integers(0, 12),
    st.sampled_from(["debt", "clamp", "debt", "reject", "debt"]),
)


class History:
    def __init__(self, arena: Arena, runner: asyncio.Runner, done: Counter[str]) -> None:
        self.arena, self.runner = arena, runner
        self.done = done  # calls that were accepted, outcomes, and units owed and repaid
        runner.run(self._begin())

    async def _begin(self) -> None:
        self.codes = {
            "LOTS": await self.arena.asset(lot_order="free_first"),
            "NONE": await self.arena.asset(supply=10_000),
        }
        self.wallets = {"LOTS": Wallet(paid_first=False), "NONE": Wallet(paid_first=False)}
        self.user = await self.arena.user()
        self.bought: list[tuple[str, UUID, Purchase]] = []
        self.spent: list[tuple[str, UUID, Spend]] = []
        self.last: tuple[Any, ...] = ()  # notice
        self.net = Counter[str]()  # what all that moved adds up to
        for name in ASSETS:
            row = await self.arena.do("topup", self.user, self.codes[name], 9, fresh("key"))
            self.net[name] += 9
            made = self.wallets[name].credit(9, "paid")
            self.bought.append((name, row["transaction_id"], made))

    # What there is to do. Each answers what the model makes of it.

    def topup(self, name: str, which: int, much: int, *_: Any) -> None:
        self._credit("topup", name, 1 + much, "paid")

    def bonus(self, name: str, which: int, much: int, *_: Any) -> None:
        self._credit("bonus", name, 1 + much, "free")

    def _credit(self, function: str, name: str, much: int, origin: str) -> None:
        answer, made = self._ask(
            lambda: self.wallets[name].credit(much, origin),
            function, self.codes[name], much, fresh("key"),
        )  # fmt: skip
        self.net[name] += much
        self.bought.append((name, answer["transaction_id"], made))

    def spend(self, name: str, which: int, much: int, *_: Any) -> None:
        much = min(1 + which + much, self.wallets[name].balance) or 1 + much
        answer, made = self._ask(
            lambda: self.wallets[name].spend(much), "spend", self.codes[name], much, fresh("key")
        )
        if made is not None:
            self.net[name] -= much
            self.spent.append((name, answer["transaction_id"], made))

    def post_batch(self, name: str, which: int, much: int, more: int, *_: Any) -> None:
        parts = [(1 + much, "BONUS"), (1 + more, "SPEND"), (1 + which, "BONUS")]
        requests = [
            (self.user, kind, self.codes[name], units, fresh("key"), None, None)
            for units, kind in parts
        ]
        rows = self.runner.run(
            self.arena.first.fetch("SELECT * FROM wallet.post_batch($1)", requests)
        )
        wallet = self.wallets[name]
        for (units, kind), row in zip(parts, rows, strict=True):
            transaction = row["transaction_id"]
            try:
                if kind == "SPEND":
                    self.spent.append((name, transaction, wallet.spend(units)))
                else:
                    self.bought.append((name, transaction, wallet.credit(units, "free")))
            except Refused as refused:
                assert row["code"] == str(refused)
            else:
                assert row["code"] is None, row["detail"]
                self.net[name] += -units if kind == "SPEND" else units
                self.done["post_batch"] += 1
        self._compare()

    def reverse(self, name: str, which: int, much: int, moment: int, *_: Any) -> None:
        is_spend = bool(self.spent) and moment % 2 == 0
        made: list[Any] = self.spent if is_spend else self.bought
        name, transaction, movement = made[-1 - which % len(made)]
        wallet, units = self.wallets[name], much or None
        undo: Any = wallet.undo if is_spend else wallet.reverse
        answer, _ = self._ask(
            lambda: undo(movement, units) or True,
            "reverse", transaction, units, "a mistake", fresh("key"),
        )  # fmt: skip
        if answer:
            self.net[name] += answer["amount"] * (1 if is_spend else -1)

    def notice(self, name: str, which: int, total: int, moment: int, policy: str) -> None:
        name, transaction, purchase = self.bought[-1 - which % len(self.bought)]
        self.last = (name, which, total, moment, policy)
        before = purchase.taken
        answer, expected = self._ask(
            lambda: self.wallets[name].notice(purchase, total, moment, policy),
            "set_refunded", transaction, total, BEGIN + timedelta(hours=moment), policy,
        )  # fmt: skip
        if expected is not None:
            assert {field: answer[field] for field in expected} == expected
            self.done[expected["outcome"]] += 1
            self.done["owed"] += max(expected.get("owed", 0), 0)
            self.net[name] -= purchase.taken - before

    def again(self, *_: Any) -> None:
        if self.last:
            self.notice(*self.last)

    def forgive(self, name: str, which: int, much: int, moment: int, *_: Any) -> None:
        name = next((each for each in ASSETS if self.wallets[each].debt), name)
        wallet, before = self.wallets[name], self.wallets[name].debt
        units = 1 + much if moment % 2 else None
        self._ask(
            lambda: wallet.forgive(units) or True,
            "forgive_debt", self.codes[name], units, "a gesture", fresh("key"),
        )  # fmt: skip
        self.net[name] += before - wallet.debt

    # How it is compared.

    def _ask(self, expect: Any, function: str, *arguments: Any) -> tuple[Row, Any]:
        answer = self.runner.run(self.arena.first.ask(call(function, self.user, *arguments)))
        try:
            made = expect()
        except Refused as refused:
            assert isinstance(answer, Refusal) and answer.code == str(refused), (answer, refused)
            return {}, None
        assert not isinstance(answer, Refusal), answer
        self.done[function] += 1
        self._compare()
        return answer, made

    def _compare(self) -> None:
        self.runner.run(self._compare_with_model())

    async def _compare_with_model(self) -> None:
        found = await self.arena.first.fetchrow(
            """SELECT
                (SELECT array_agg((asset, balance, debt)) FROM wallet.list_balances($1)
                 WHERE asset = ANY ($2)) AS balances,
                (SELECT array_agg((origin, remaining)) FROM wallet.list_lots($1, $3)) AS lots""",
            self.user,
            list(self.codes.values()),
            self.codes["LOTS"],
        )
        assert sorted(found["balances"]) == sorted(
            (self.codes[name], wallet.balance, wallet.debt) for name, wallet in self.wallets.items()
        )
        assert (found["lots"] or []) == [
            (lot.origin, lot.remaining) for lot in self.wallets["LOTS"].ranked()
        ]

    async def finish(self) -> None:
        first = self.arena.first
        for name, wallet in self.wallets.items():
            assert wallet.balance - wallet.debt == self.net[name], name
            assert wallet.balance == 0 or wallet.debt == 0
            self.done["repaid"] += wallet.repaid
        for _, transaction, purchase in self.bought:
            row = await first.fetchrow(
                """SELECT refunded, taken FROM wallet_private.refund
                WHERE user_id = $1 AND transaction_id = $2 ORDER BY signed_at DESC LIMIT 1""",
                self.user,
                transaction,
            )
            assert (tuple(row) if row else (0, 0)) == (purchase.refunded, purchase.taken)
        assert await first.fetch("SELECT * FROM wallet.verify($1)", self.user) == []


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def arena(server: Server, runner: asyncio.Runner) -> Iterator[Arena]:
    arena = runner.run(Arena.open(server.create(template=server.template)))
    yield arena
    findings = runner.run(arena.findings())
    runner.run(arena.close())
    assert findings == []


def test_any_history_leaves_the_debts_that_the_model_has(arena, runner) -> None:
    done = Counter[str]()

    @settings(
        max_examples=2 * EXAMPLES,
        deadline=None,
        derandomize=EXAMPLES == 12,
        suppress_health_check=list(HealthCheck),
        database=None,
        print_blob=True,
    )
    @given(st.lists(steps, min_size=60, max_size=60))
    def play(drawn: list[tuple[str, str, int, int, int, str]]) -> None:
        history = History(arena, runner, done)
        for function, *numbers in drawn:
            getattr(history, function)(*numbers)
        runner.run(history.finish())

    play()
    expected = (*CALLS, *OUTCOMES, "owed", "repaid")
    assert min(done[each] for each in expected) > 0, done
