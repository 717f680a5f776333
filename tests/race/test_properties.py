"""Whatever writers meet in whatever order: hypothesis thinks of the rounds, and shrinks what fails.

A round is a few calls that all queue for the same user and are let go at once. There is little of
everything, so that they get in each other's way: 2 users, a cap of 12, a stock of 3, an item and a
task that one may have twice.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.race.arena import Arena, Batch, Call, Refusal, Row, batch, call, fresh
from tests.race.model import Model
from tests.race.test_hammer import NEVER_NEGATIVE
from tests.support.servers import Server

EXAMPLES = int(os.environ.get("PGWALLET_TEST_EXAMPLES", "12"))  # the first 12 are always the same

HOUR = timedelta(hours=1)
STOCK, CAP, LIMIT = 3, 12, 2

WRITERS = (
    "topup", "bonus", "spend", "adjust", "convert", "complete_task", "buy_item", "place_hold",
    "capture_hold", "release_hold", "expire_holds", "reverse", "post_batch", "set_user_status",
    "change_supply",
)  # fmt: skip

user = st.integers(0, 1)
asset = st.sampled_from(["capped", "plain"])
amount = st.integers(1, 6)
# Functions and what they get, by names that a round replaces by this example's own.
calls = st.one_of(
    st.tuples(st.sampled_from(["topup", "bonus", "spend"]), asset, amount),
    st.tuples(st.just("adjust"), asset, amount | amount.map(lambda number: -number)),
    st.tuples(st.just("convert"), asset, amount),
    st.tuples(st.just("complete_task")),
    st.tuples(st.just("buy_item"), st.integers(1, 2)),
    st.tuples(st.just("place_hold"), asset, amount),
    st.tuples(st.just("capture_hold"), st.integers(0, 5), st.none() | amount),
    st.tuples(st.just("release_hold"), st.integers(0, 5)),
    st.tuples(st.just("reverse"), st.integers(0, 9), st.none() | amount, st.booleans()),
    st.tuples(st.just("post_batch"), st.lists(st.tuples(asset, amount), min_size=1, max_size=4)),
    st.tuples(st.just("set_user_status"), st.sampled_from(["active", "active", "frozen"])),
    st.tuples(st.just("change_supply"), st.none() | st.integers(1, 20)),
    st.tuples(st.just("expire_holds")),
    st.tuples(st.just("again"), st.integers(0, 9)),
)


class Rounds(RuleBasedStateMachine):
    arena: Arena
    runner: asyncio.Runner
    done: Counter[str]  # calls that were accepted

    @initialize()
    def begin(self) -> None:
        self.said: list[tuple[Call, Row | Refusal]] = []
        self.asked: list[Call] = []
        self.holds: list[Row] = []
        self.moved: list[Row] = []
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        do = self.arena.do
        self.capped = await self.arena.asset(supply=CAP)
        self.plain = await self.arena.asset()
        await do("set_conversion_rate", self.capped, self.plain, 1, 1)
        await do("set_conversion_rate", self.plain, self.capped, 1, 1)
        self.item = await self.arena.item(self.plain, 2, stock=STOCK, max_per_user=LIMIT)
        self.task = await self.arena.task(self.capped, 3, max_completions=LIMIT)
        self.users = await self.arena.users(2)
        for each in self.users:
            await self._hear(call("topup", each, self.plain, 6, fresh("key")))
            await self._hear(call("topup", each, self.capped, 3, fresh("key")))

    async def _hear(self, one: Call) -> None:
        self._note(one, await self.arena.first.ask(one))

    @rule(drawn=st.lists(st.tuples(user, calls), min_size=2, max_size=8), gate=user)
    def round(self, drawn: list[Any], gate: int) -> None:
        self.runner.run(self._round([self._call(*each) for each in drawn], gate))

    async def _round(self, together: list[Call], gate: int) -> None:
        async with self.arena.watch(NEVER_NEGATIVE) as samples:
            answers = await self.arena.queue_for_user(self.users[gate], together)
        assert min(row["least"] for row in samples) >= 0
        for one, answer in zip(together, answers, strict=True):
            self._note(one, answer)

    def _call(self, number: int, drawn: tuple[Any, ...]) -> Call:
        function, *rest = drawn
        who, key = self.users[number], fresh("key")
        code = {"capped": self.capped, "plain": self.plain}
        match function, *rest:
            case "topup" | "bonus" | "spend", name, much:
                made = call(function, who, code[name], much, key)
            case "adjust", name, much:
                made = call("adjust", who, code[name], much, key, "correction")
            case "convert", name, much:
                other = self.plain if name == "capped" else self.capped
                made = call("convert", who, code[name], other, much, key)
            case ("complete_task",):
                made = call("complete_task", who, self.task, key)
            case "buy_item", quantity:
                made = call("buy_item", who, self.item, quantity, None, key)
            case "place_hold", name, much:
                made = call("place_hold", who, code[name], much, HOUR, key)
            case "capture_hold", which, much if self.holds:
                hold = self.holds[which % len(self.holds)]
                made = call("capture_hold", hold["user_id"], hold["hold_id"], much, key)
            case "release_hold", which if self.holds:
                hold = self.holds[which % len(self.holds)]
                made = call("release_hold", hold["user_id"], hold["hold_id"], key)
            case "reverse", which, much, clamps:
                moved = self.moved[which % len(self.moved)]
                who, policy = moved["user_id"], "clamp" if clamps else "reject"
                transaction = moved["transaction_id"]
                made = call("reverse", who, transaction, much, "mistake", key, policy=policy)
            case "post_batch", parts:
                return batch(
                    call(("topup", "spend")[n % 2], who, code[name], much, fresh("key"))
                    for n, (name, much) in enumerate(parts)
                )
            case "set_user_status", status:
                return call("set_user_status", who, status)
            case "change_supply", supply:
                return call("change_supply", self.capped, supply)
            case "again", which if self.asked:
                return self.asked[-1 - which % len(self.asked)]
            case _:
                return call("expire_holds")
        self.asked.append(made)
        return made

    def _note(self, one: Call, answer: Row | Refusal) -> None:
        self.done[one.function] += not isinstance(answer, Refusal)
        if isinstance(one, Batch):
            for request, result in zip(one.arguments, answer["results"], strict=True):
                self._note(request, result)
        elif one.keys:
            self.said.append((one, answer))
            if isinstance(answer, Refusal) or answer["is_replay"]:
                return
            if one.function == "place_hold":
                self.holds.append(answer)
            elif "transaction_id" in answer:
                self.moved.append(answer)

    def teardown(self) -> None:
        if hasattr(self, "users"):
            self.runner.run(self._compare())

    async def _compare(self) -> None:
        """With the model, which takes the receipts in the ledger's order."""
        first = self.arena.first
        seqs = await first.fetch(
            "SELECT transaction_id, asset, seq FROM wallet.transaction WHERE user_id = ANY ($1)",
            self.users,
        )
        model = Model(
            self.said, {(row["transaction_id"], row["asset"]): row["seq"] for row in seqs}
        )
        now = await first.fetchval("SELECT now()")
        for who in self.users:
            for code in (self.capped, self.plain):
                balance = await self.arena.do("get_balance", who, code)
                assert balance["balance"] == model.balances[who, code]
                assert balance["held"] == model.held((who, code), now)
            assert await first.fetch("SELECT * FROM wallet.verify($1)", who) == []
        assert model.sold[self.item] <= STOCK
        assert max(model.owned.values(), default=0) <= LIMIT
        assert max(model.completions.values(), default=0) <= LIMIT


@pytest.fixture
def machine(server: Server) -> Iterator[type[Rounds]]:
    with asyncio.Runner() as runner:
        arena = runner.run(Arena.open(server.create(template=server.template)))
        yield type("Rounds", (Rounds,), {"arena": arena, "runner": runner, "done": Counter()})
        findings = runner.run(arena.findings())
        runner.run(arena.close())
        assert findings == []


def test_any_round_of_writers_leaves_the_books_right(machine: type[Rounds]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=8,
            deadline=None,
            derandomize=EXAMPLES == 12,
            suppress_health_check=list(HealthCheck),
            database=None,
            print_blob=True,
        ),
    )
    assert min(machine.done[function] for function in WRITERS) > 0, machine.done
