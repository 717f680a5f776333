"""Lots, over any history in which time goes by: hypothesis thinks of one, a model knows what comes.

One user has two assets with lots, which convert into each other and into one without. After each
call the answer, the lots in the order of use and the balances are what the model says. At the
end, when all that is due has been booked, the ledger has expired as much. What was outstanding at
any moment is what the ledger tells when it is added up in Python.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.race.arena import Arena, Refusal, Row, call, fresh
from tests.race.liability import LEDGER, LIABILITY, found, recompute
from tests.race.lots import NEVER, Hold, Model, Movement, Refused, Wallet
from tests.race.test_properties import EXAMPLES
from tests.support.paths import SQL_TESTS
from tests.support.servers import Server

DAY = timedelta(days=1)
WITH_LOTS = ("SOON", "PAID")
ASSETS = (*WITH_LOTS, "NONE")
CALLS = (
    "topup", "bonus", "adjust", "complete_task", "spend", "buy_item", "post_batch", "convert",
    "place_hold", "capture_hold", "release_hold", "reverse",
)  # fmt: skip
ORIGINS = {"TOPUP": "paid", "BONUS": "free"}
POST_BATCH = "SELECT * FROM wallet.post_batch($1, p_expires_at => $2)"
BATCHED = ("batched together", "batched alone")
ALONE = """SELECT coalesce(sum(pg_stat_get_xact_function_calls(p.oid)), 0)::int FROM pg_proc AS p
WHERE p.proname = 'post_one' AND p.pronamespace = 'wallet_private'::regnamespace"""

asset = st.sampled_from(ASSETS)
lots = st.sampled_from(WITH_LOTS)
amount = st.integers(1, 9)
kind = st.sampled_from(("SPEND", "SPEND", *ORIGINS))
days = st.integers(1, 6)
place = st.integers(0, 9)


class Histories(RuleBasedStateMachine):
    arena: Arena
    runner: asyncio.Runner
    done: Counter[str]  # calls that were accepted
    expired: Counter[str]  # units, by asset

    @initialize()
    def begin(self) -> None:
        self.holds: list[tuple[UUID, Hold]] = []
        self.moved: list[tuple[UUID, Movement]] = []
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        do, five_days = self.arena.do, 5 * DAY
        self.codes = {
            "SOON": await self.arena.asset(lot_order="expiring_first", expires_in=five_days),
            "PAID": await self.arena.asset(lot_order="paid_first", is_paid_expiring=True),
            "NONE": await self.arena.asset(supply=10_000),
        }
        self.model = Model({
            "SOON": Wallet("expiring_first", lives=5),
            "PAID": Wallet("paid_first", is_paid_expiring=True),
            "NONE": Wallet(None),
        })  # fmt: skip
        for source in self.codes.values():
            for target in self.codes.values():
                if source != target:
                    await do("set_conversion_rate", source, target, 1, 1)
        self.task = await self.arena.task(self.codes["PAID"], 7, expires_in=2 * DAY)
        self.item = await self.arena.item(self.codes["SOON"], 1)
        self.user = await self.arena.user()
        for code in ASSETS:
            for function, origin in (("topup", "paid"), ("bonus", "free")):
                row = await do(function, self.user, self.codes[code], 9, fresh("key"))
                self.moved.append((row["transaction_id"], self.model.credit(code, 9, origin)))

    # What there is to do. Each answers what the model makes of it.

    @rule(code=asset, much=amount, lives=st.none() | days)
    def topup(self, code: str, much: int, lives: int | None) -> None:
        self._credit("topup", code, much, "paid", lives)

    @rule(code=asset, much=amount, lives=st.none() | days)
    def bonus(self, code: str, much: int, lives: int | None) -> None:
        self._credit("bonus", code, much, "free", lives)

    @rule(code=asset, much=amount, lives=st.none() | days)
    def adjust(self, code: str, much: int, lives: int | None) -> None:
        self._credit("adjust", code, much, "free", lives)

    def _credit(self, function: str, code: str, much: int, origin: str, lives: int | None) -> None:
        rest = ("a correction",) if function == "adjust" else ()
        options = {} if lives is None else {"expires_at": self._in_days(lives)}
        self._move(
            lambda: self.model.credit(code, much, origin, lives),
            function, self.codes[code], much, fresh("key"), *rest, **options,
        )  # fmt: skip

    @rule()
    def complete_task(self) -> None:
        self._move(
            lambda: self.model.credit("PAID", 7, days=2), "complete_task", self.task, fresh("key")
        )

    @rule(code=asset, much=amount)
    def spend(self, code: str, much: int) -> None:
        self._move(
            lambda: self.model.debit(code, much), "spend", self.codes[code], much, fresh("key")
        )

    @rule(code=asset, much=amount)
    def take_away(self, code: str, much: int) -> None:
        self._move(
            lambda: self.model.debit(code, much),
            "adjust", self.codes[code], -much, fresh("key"), "a correction",
        )  # fmt: skip

    @rule(much=amount)
    def buy_item(self, much: int) -> None:
        self._move(
            lambda: self.model.debit("SOON", much), "buy_item", self.item, much, None, fresh("key")
        )

    @rule(source=asset, into=asset, much=amount)
    def convert(self, source: str, into: str, much: int) -> None:
        if source != into:
            self._move(
                lambda: self.model.convert(source, into, much),
                "convert", self.codes[source], self.codes[into], much, fresh("key"),
            )  # fmt: skip

    @rule(parts=st.lists(st.tuples(asset, amount, kind, st.none() | days), min_size=1, max_size=6))
    def post_batch(self, parts: list[tuple[str, int, str, int | None]]) -> None:
        requests = [
            (self.user, kind, self.codes[code], much, fresh("key"), None, None)
            for code, much, kind, _ in parts
        ]
        expiries = [lives and self._in_days(lives) for *_, lives in parts]
        rows = self.runner.run(self._post_batch(requests, expiries))
        for (code, much, kind, lives), row in zip(parts, rows, strict=True):
            try:
                if kind == "SPEND" and lives:
                    raise Refused("WA502")
                made = (
                    self.model.debit(code, much)
                    if kind == "SPEND"
                    else self.model.credit(code, much, ORIGINS[kind], lives)
                )
            except Refused as refused:
                assert row["code"] == str(refused)
            else:
                assert row["code"] is None, row["detail"]
                self.moved.append((row["transaction_id"], made))
                self.done["post_batch"] += 1
        self._compare()

    async def _post_batch(self, requests: list[Any], expiries: list[Any]) -> list[Row]:
        """Counts those that were posted together, and those that were posted one by one."""
        first = self.arena.first
        async with first.connection.transaction():
            await first.execute("SET LOCAL track_functions = 'pl'")
            before = await first.fetchval(ALONE)
            rows = await first.fetch(POST_BATCH, requests, expiries)
            alone = await first.fetchval(ALONE) - before
        self.done["batched alone"] += alone
        self.done["batched together"] += len(rows) - alone
        return rows

    @rule(code=lots, much=amount, lives=days)
    def place_hold(self, code: str, much: int, lives: int) -> None:
        answer, hold = self._ask(
            lambda: self.model.hold(code, much, lives),
            "place_hold", self.codes[code], much, lives * DAY, fresh("key"),
        )  # fmt: skip
        if hold is not None:
            self.holds.append((answer["hold_id"], hold))

    @rule(which=place, much=st.none() | amount)
    def capture_hold(self, which: int, much: int | None) -> None:
        if self.holds:
            hold_id, hold = self.holds[which % len(self.holds)]
            self._move(
                lambda: self.model.capture(hold, much), "capture_hold", hold_id, much, fresh("key")
            )

    @rule(which=place)
    def release_hold(self, which: int) -> None:
        if self.holds:
            hold_id, hold = self.holds[which % len(self.holds)]
            self._ask(lambda: self.model.release(hold), "release_hold", hold_id, fresh("key"))

    @rule(which=place, much=st.none() | amount, clamps=st.booleans(), grace=st.none() | days)
    def reverse(self, which: int, much: int | None, clamps: bool, grace: int | None) -> None:
        if self.moved:
            transaction, movement = self.moved[-1 - which % len(self.moved)]
            options = {} if grace is None else {"grace": grace * DAY}
            answer, taken = self._ask(
                lambda: self.model.reverse(movement, much, clamps, grace),
                "reverse", transaction, much, "a mistake", fresh("key"),
                policy="clamp" if clamps else "reject", **options,
            )  # fmt: skip
            assert taken is None or answer["amount"] == taken

    @rule(passing=days)
    def time_passes(self, passing: int) -> None:
        self.runner.run(self.arena.first.execute(f"CALL pg_temp.let_pass('{passing} days')"))
        self.model.pass_days(passing)
        self._compare()

    @rule()
    def sweep(self) -> None:
        self.runner.run(self._sweep())
        self._compare()

    async def _sweep(self) -> None:
        await self.arena.do("expire_holds")
        while (await self.arena.do("expire_lots", 2))["expire_lots"]:
            pass

    # How it is compared.

    def _move(self, expect: Any, function: str, *arguments: Any, **options: Any) -> None:
        answer, made = self._ask(expect, function, *arguments, **options)
        if made is not None:
            self.moved.append((answer["transaction_id"], made))

    def _ask(self, expect: Any, function: str, *arguments: Any, **options: Any) -> tuple[Row, Any]:
        answer = self.runner.run(
            self.arena.first.ask(call(function, self.user, *arguments, **options))
        )
        try:
            made = expect()
        except Refused as refused:
            assert isinstance(answer, Refusal) and answer.code == str(refused), (answer, refused)
            answer, made = {}, None
        else:
            assert not isinstance(answer, Refusal), answer
            self.done[function] += 1
        self._compare()
        return answer, made

    def _in_days(self, lives: int) -> Any:
        return self.runner.run(self.arena.first.fetchval("SELECT now() + $1", lives * DAY))

    def _compare(self) -> None:
        self.runner.run(self._compare_with_model())

    async def _compare_with_model(self) -> None:
        now = await self.arena.first.fetchval("SELECT now()")
        for name, wallet in self.model.wallets.items():
            code = self.codes[name]
            found = [
                (
                    row["origin"], row["remaining"], row["held"],
                    row["expires_at"] and round((row["expires_at"] - now) / DAY),
                )
                for row in await self.arena.first.fetch(
                    "SELECT * FROM wallet.list_lots($1, $2)", self.user, code
                )
            ]  # fmt: skip
            expected = [
                (
                    lot.origin, lot.remaining, lot.held,
                    None if lot.expires == NEVER else lot.expires[0] - self.model.day,
                )
                for lot in wallet.ranked()
            ]  # fmt: skip
            assert found == expected, name
            balance = await self.arena.do("get_balance", self.user, code)
            assert balance["available"] == wallet.available
            if wallet.order:
                by_origin = Counter[str]()
                for lot in wallet.lots:
                    by_origin[lot.origin] += lot.remaining
                assert (balance["paid"], balance["free"]) == (by_origin["paid"], by_origin["free"])
                assert balance["balance"] == by_origin.total()

    def teardown(self) -> None:
        if hasattr(self, "user"):
            self.runner.run(self._finish())

    async def _finish(self) -> None:
        first = self.arena.first
        assert await first.fetch("SELECT * FROM wallet.verify($1)", self.user) == []
        await self._compare_liability()
        await self._sweep()
        for name, wallet in self.model.wallets.items():
            expired = await first.fetchval(
                """SELECT coalesce(-sum(amount), 0) FROM wallet.transaction
                WHERE user_id = $1 AND asset = $2 AND kind = 'EXPIRE'""",
                self.user,
                self.codes[name],
            )
            assert expired == wallet.expired, name
            self.expired[name] += expired
        assert await first.fetch("SELECT * FROM wallet.verify($1)", self.user) == []

    async def _compare_liability(self) -> None:
        """At some movements, an hour after them, at some expiries, now, and in three days."""
        first = self.arena.first
        for name in WITH_LOTS:
            code = self.codes[name]
            ledger = [
                dict(row) | {"details": _json(row["details"])}
                for row in await first.fetch(LEDGER, code)
            ]
            now = await first.fetchval("SELECT now()")
            past = [row["created_at"] for row in ledger]
            past += [moment + DAY / 24 for moment in past]
            past += await first.fetchval(
                """SELECT array_agg(DISTINCT l.expires_at) FROM wallet_private.lot AS l
                WHERE l.user_id = $1 AND l.expires_at IS NOT NULL""",
                self.user,
            )
            moments = [now, now + 3 * DAY, *sorted(past)[:: len(past) // 8 or 1]]
            moments += [row["created_at"] for row in ledger if "grace" in (row["details"] or "")]
            rows = await first.fetch(LIABILITY, code, moments)
            for moment in moments:
                assert dict(found(row for row in rows if row["at"] == moment)) == dict(
                    recompute(ledger, moment)
                ), (name, moment)
            outstanding = Counter[str]()
            for row in await first.fetch("SELECT * FROM wallet.liability($1)", code):
                outstanding[row["origin"]] += row["outstanding"]
            balance = await self.arena.do("get_balance", self.user, code)
            assert (outstanding["paid"], outstanding["free"]) == (balance["paid"], balance["free"])


def _json(text: str | None) -> Any:
    return text and json.loads(text, parse_float=Decimal)


@pytest.fixture
def machine(server: Server) -> Iterator[type[Histories]]:
    with asyncio.Runner() as runner:
        arena = runner.run(Arena.open(server.create(template=server.template)))
        runner.run(arena.first.execute(time_machine()))
        made = {"arena": arena, "runner": runner, "done": Counter(), "expired": Counter()}
        yield type("Histories", (Histories,), made)
        findings = runner.run(arena.findings())
        runner.run(arena.close())
        assert findings == []


def time_machine() -> str:
    """What the tests in SQL move all that has happened into the past with."""
    text = (SQL_TESTS / "support/_books.sql").read_text()
    return "SET check_function_bodies = off;" + re.sub(r"^\\.*\n", "", text, flags=re.M)


def test_any_history_leaves_the_lots_that_the_model_has(machine: type[Histories]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=4 * EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            derandomize=EXAMPLES == 12,
            suppress_health_check=list(HealthCheck),
            database=None,
            print_blob=True,
        ),
    )
    assert min(machine.done[name] for name in (*CALLS, *BATCHED)) > 0, machine.done
    assert min(machine.expired[code] for code in WITH_LOTS) > 0, machine.expired
