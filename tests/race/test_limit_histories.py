"""Limits, over any history in which time goes by: hypothesis thinks of one, a model knows the rest.

The model counts by Python's own calendar. Time is moved on by the wallet's: a movement is never
before the one before it, so a wallet whose last movement is in the future lives there.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.race.arena import Arena, Refusal, Row, call, fresh
from tests.race.test_properties import EXAMPLES
from tests.support.servers import Server

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
US = timedelta(microseconds=1)  # between a movement and the next
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PERIODS = ("day", "week", "month")
# Where clocks changed, and what is odd there.
CHANGES = [
    ("Europe/Berlin", "2026-03-29T01:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00Z"),  # by half an hour
    ("Australia/Lord_Howe", "2026-10-03T15:30Z"),
    ("America/St_Johns", "2006-10-29T02:31Z"),  # from 00:01 back to the day before
    ("America/St_Johns", "2026-03-08T05:30Z"),
    ("Africa/Casablanca", "2026-02-15T02:00Z"),  # for Ramadan
    ("Africa/Casablanca", "2026-03-22T02:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00Z"),  # a day that begins at 01:00
    ("Pacific/Apia", "2011-12-30T10:00Z"),  # that day never was
    ("Asia/Kolkata", "2026-06-30T18:30Z"),
    ("UTC", "2026-12-31T00:00Z"),
]


def first_day(period: str, zone: str, at: datetime) -> date:
    day = at.astimezone(ZoneInfo(zone)).date()
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day


def next_first_day(period: str, day: date) -> date:
    if period == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if period == "week" else 1)


def period_end(period: str, zone: str, day: date) -> datetime:
    """The minute from which on the calendar there never shows a day before the next period."""
    following = next_first_day(period, day)
    minute = datetime(following.year, following.month, following.day, tzinfo=UTC) + 30 * HOUR
    while (minute - timedelta(minutes=1)).astimezone(ZoneInfo(zone)).date() >= following:
        minute -= timedelta(minutes=1)
    return minute


points = st.tuples(
    st.sampled_from(CHANGES),
    st.integers(-50 * 3600, 50 * 3600) | st.integers(-7500, 7500) | st.integers(-9_000_000, 0),
    st.sampled_from(PERIODS),
)


@pytest.fixture
def runner(server: Server) -> Iterator[tuple[asyncio.Runner, Arena]]:
    with asyncio.Runner() as runner:
        arena = runner.run(Arena.open(server.create(template=server.template)))
        yield runner, arena
        findings = runner.run(arena.findings())
        runner.run(arena.close())
        assert findings == []


def test_periods_are_those_of_the_calendar(runner: tuple[asyncio.Runner, Arena]) -> None:
    loop, arena = runner

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES == 12, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(points, min_size=10, max_size=30))
    def compare(some: list[tuple[tuple[str, str], int, str]]) -> None:
        asked = [
            (period, zone, datetime.fromisoformat(change) + timedelta(seconds=seconds))
            for (zone, change), seconds, period in some
        ]
        rows = loop.run(
            arena.first.fetch(
                """SELECT p.day, wallet_private.period_end(u.period, u.zone, p.day) AS ends_at
                FROM unnest($1::text[], $2::text[], $3::timestamptz[])
                    WITH ORDINALITY AS u (period, zone, at, ord),
                LATERAL wallet_private.local_period(u.period, u.zone, u.at) AS p (day)
                ORDER BY u.ord""",
                *map(list, zip(*asked, strict=True)),
            )
        )
        for (period, zone, at), row in zip(asked, rows, strict=True):
            day = first_day(period, zone, at)
            assert row["day"] == day, (period, zone, at)
            assert row["ends_at"] == period_end(period, zone, day), (period, zone, at)

    compare()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("America/St_Johns", "2006-10-28", 25),
        ("Africa/Casablanca", "2026-02-15", 25),
        ("Africa/Casablanca", "2026-03-22", 23),
        ("Pacific/Apia", "2011-12-29", 24),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Pacific/Apia", "2011-12-31", 24),
        ("Asia/Kolkata", "2026-03-29", 24),
    ],
)
async def test_a_day_is_as_long_as_its_clocks_make_it(arena: Arena, zone, day, hours) -> None:
    sql = "SELECT wallet_private.period_end('day', $1, $2::date)"
    end = await arena.first.fetchval(sql, zone, date.fromisoformat(day))
    begin = await arena.first.fetchval(sql, zone, date.fromisoformat(day) - DAY)
    assert end - begin == hours * HOUR


@dataclass(eq=False)
class Counted:
    """A movement, and what limits counted of it."""

    amount: int
    given_back: int = 0
    captured: int = 0
    is_open: bool = False  # of a hold
    uses: list[tuple["Limit", Any]] = field(default_factory=list)


@dataclass(eq=False)
class Limit:
    code: str
    measure: str
    maximum: int
    kinds: tuple[str, ...]
    period: str | None
    zone: str | None
    rolling: timedelta | None
    used: Counter[Any] = field(default_factory=Counter)

    def key(self, at: datetime) -> Any:
        if self.rolling:
            return (at - EPOCH) * 100 // self.rolling
        return first_day(self.period, self.zone, at)

    def used_at(self, at: datetime) -> int:
        key = self.key(at)
        if self.rolling:
            return sum(used for k, used in self.used.items() if key - 100 <= k <= key)
        return self.used[key]

    def more_at(self, at: datetime) -> datetime | None:
        if not self.used_at(at):
            return None
        key = self.key(at)
        if self.rolling:
            oldest = min(k for k, used in self.used.items() if used and key - 100 <= k <= key)
            return EPOCH + (oldest + 101) * self.rolling / 100
        return period_end(self.period, self.zone, key)


zones = st.sampled_from(sorted({zone for zone, _ in CHANGES}))
limits = st.fixed_dictionaries({
    "measure": st.sampled_from(["amount", "count"]),
    "maximum": st.integers(3, 25),
    "kinds": st.sampled_from([
        ("SPEND", "PURCHASE", "HOLD", "CONVERT"), ("SPEND",), ("HOLD",), ("BONUS",),
    ]),
    "time": st.tuples(st.sampled_from(PERIODS), zones)
    | st.sampled_from([timedelta(minutes=10), HOUR, 36 * HOUR, 30 * DAY]),
})  # fmt: skip
amount = st.integers(1, 9)
place = st.integers(0, 9)
jumps = (
    st.integers(1, 3600)
    | st.integers(1, 100).map(lambda n: n * 3600)
    | st.integers(1, 60).map(lambda n: n * 86400)
)


class Histories(RuleBasedStateMachine):
    arena: Arena
    runner: asyncio.Runner
    done: Counter[str]

    @initialize(rules=st.lists(limits, min_size=1, max_size=3), has_lots=st.booleans())
    def begin(self, rules: list[dict[str, Any]], has_lots: bool) -> None:
        self.moved: list[tuple[UUID, Counted]] = []
        self.holds: list[tuple[UUID, Counted]] = []
        self.captures: list[tuple[UUID, Counted, list[int]]] = []
        self.runner.run(self._begin(rules, has_lots))

    async def _begin(self, rules: list[dict[str, Any]], has_lots: bool) -> None:
        options = {"lot_order": "free_first"} if has_lots else {}
        self.asset = await self.arena.asset(**options)
        self.user = await self.arena.user(**{self.asset: 1_000_000})
        self.limits = []
        for each in rules:
            rolling = each["time"] if isinstance(each["time"], timedelta) else None
            period, zone = (None, None) if rolling else each["time"]
            made = Limit(
                fresh("limit"), each["measure"], each["maximum"], each["kinds"], period, zone,
                rolling,
            )  # fmt: skip
            self.limits.append(made)
            await self.arena.do(
                "create_limit", made.code, self.asset, made.measure, made.maximum,
                "credit" if made.kinds == ("BONUS",) else "debit", list(made.kinds), None, period,
                zone, rolling,
            )  # fmt: skip
        await self._jump(3600)

    @rule(seconds=jumps)
    def time_passes(self, seconds: int) -> None:
        self.runner.run(self._jump(seconds))
        self._compare()

    @rule(which=place, seconds=st.integers(-2, 2))
    def time_passes_to_the_end_of_a_period(self, which: int, seconds: int) -> None:
        limit = self.limits[which % len(self.limits)]
        end = limit.more_at(self.now)
        if end and end > self.now + 5 * timedelta(seconds=1):
            self.runner.run(self._jump((end - self.now) // timedelta(seconds=1) + seconds))
            self._compare()

    async def _jump(self, seconds: int) -> None:
        self.now = await self.arena.first.fetchval(
            """UPDATE wallet_private.wallet
            SET moved_at = greatest(moved_at, clock_timestamp()) + $2
            WHERE user_id = $1 AND asset_id = (
                SELECT asset_id FROM wallet_private.asset WHERE code = $3
            ) RETURNING moved_at""",
            self.user,
            timedelta(seconds=seconds),
            self.asset,
        )

    @rule(much=amount)
    def spend(self, much: int) -> None:
        self._count("spend", "SPEND", much, self.asset, much, fresh("key"))

    @rule(much=amount)
    def bonus(self, much: int) -> None:
        self._count("bonus", "BONUS", much, self.asset, much, fresh("key"))

    @rule(much=amount)
    def place_hold(self, much: int) -> None:
        self._count("place_hold", "HOLD", much, self.asset, much, 366 * DAY, fresh("key"))

    @rule(parts=st.lists(amount, min_size=2, max_size=4))
    def post_batch(self, parts: list[int]) -> None:
        requests = [
            (self.user, "SPEND", self.asset, much, fresh("key"), None, None) for much in parts
        ]
        rows = self.runner.run(
            self.arena.first.fetch("SELECT * FROM wallet.post_batch($1)", requests)
        )
        for much, row in zip(parts, rows, strict=True):
            counted = self._expect("SPEND", much)
            assert row["code"] == (None if counted else "WA412"), row
            if counted:
                self.now = row["created_at"]
                self.moved.append((row["transaction_id"], counted))
                self.done["post_batch"] += 1
        self._compare()

    @rule(which=place, much=st.none() | amount)
    def capture_hold(self, which: int, much: int | None) -> None:
        open_holds = [each for each in self.holds if each[1].is_open]
        if open_holds:
            hold_id, hold = open_holds[which % len(open_holds)]
            left = hold.amount - hold.captured
            much = left if much is None else min(much, left)
            answer = self._do("capture_hold", hold_id, much, fresh("key"))
            hold.captured += much
            hold.is_open = hold.captured < hold.amount
            self.captures.append((answer["transaction_id"], hold, [much]))
            self._compare()

    @rule(which=place)
    def release_hold(self, which: int) -> None:
        open_holds = [each for each in self.holds if each[1].is_open]
        if open_holds:
            hold_id, hold = open_holds[which % len(open_holds)]
            self._do("release_hold", hold_id, fresh("key"))
            hold.is_open = False
            self._give_back(hold, hold.amount - hold.captured)
            self._compare()

    @rule(which=place, much=amount)
    def reverse(self, which: int, much: int) -> None:
        if self.moved:
            transaction_id, counted = self.moved[-1 - which % len(self.moved)]
            much = min(much, counted.amount - counted.given_back)
            if much:
                self._do("reverse", transaction_id, much, "a mistake", fresh("key"))
                self._give_back(counted, much)
                self._compare()

    @rule(which=place, much=amount)
    def reverse_a_capture(self, which: int, much: int) -> None:
        if self.captures:
            transaction_id, hold, left = self.captures[-1 - which % len(self.captures)]
            much = min(much, left[0])
            if much:
                self._do("reverse", transaction_id, much, "a mistake", fresh("key"))
                left[0] -= much
                self._give_back(hold, much)
                self.done["reverse_a_capture"] += 1
                self._compare()

    def _count(self, function: str, kind: str, much: int, *arguments: Any) -> None:
        answer = self._do(function, *arguments, may_refuse=True)
        counted = self._expect(kind, much)
        if counted is None:
            assert isinstance(answer, Refusal) and answer.code == "WA412", answer
            self.done["refused"] += 1
        else:
            assert not isinstance(answer, Refusal), answer
            if kind == "HOLD":
                counted.is_open = True
                self.holds.append((answer["hold_id"], counted))
            else:
                self.moved.append((answer["transaction_id"], counted))
        self._compare()

    def _do(self, function: str, *arguments: Any, may_refuse: bool = False) -> Row | Refusal:
        answer = self.runner.run(self.arena.first.ask(call(function, self.user, *arguments)))
        assert may_refuse or not isinstance(answer, Refusal), answer
        if not isinstance(answer, Refusal):
            self.done[function] += 1
            self.now += US
        return answer

    def _expect(self, kind: str, much: int) -> Counted | None:
        """What limits count of a movement; None: one refuses it."""
        at = self.now
        uses = [
            (limit, limit.key(at), 1 if limit.measure == "count" else much)
            for limit in self.limits
            if kind in limit.kinds
        ]
        if any(limit.used_at(at) + use > limit.maximum for limit, _, use in uses):
            return None
        for limit, key, use in uses:
            limit.used[key] += use
        return Counted(much, uses=[(limit, key) for limit, key, _ in uses])

    def _give_back(self, counted: Counted, much: int) -> None:
        counted.given_back += much
        for limit, key in counted.uses:
            if limit.measure == "amount":
                limit.used[key] -= much
            elif counted.given_back == counted.amount:
                limit.used[key] -= 1

    def _compare(self) -> None:
        rows = self.runner.run(
            self.arena.first.fetch(
                "SELECT * FROM wallet.list_limit_use($1, $2)", self.user, self.asset
            )
        )
        found = [(row["code"], row["used"], row["remaining"], row["more_at"]) for row in rows]
        assert found == [
            (
                limit.code, limit.used_at(self.now), limit.maximum - limit.used_at(self.now),
                limit.more_at(self.now),
            )
            for limit in self.limits
        ]  # fmt: skip

    def teardown(self) -> None:
        if hasattr(self, "limits"):
            # The wallet is where its last movement is again.
            self._do("adjust", self.asset, 1, fresh("key"), "the end")
            first = self.arena.first
            found = self.runner.run(first.fetch("SELECT * FROM wallet.verify($1)", self.user))
            assert found == []


CALLS = (
    "spend", "bonus", "place_hold", "post_batch", "capture_hold", "release_hold", "reverse",
    "reverse_a_capture", "refused",
)  # fmt: skip


def test_any_history_counts_as_the_model_does(runner: tuple[asyncio.Runner, Arena]) -> None:
    loop, arena = runner
    done = Counter[str]()
    machine = type("Histories", (Histories,), {"arena": arena, "runner": loop, "done": done})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            derandomize=EXAMPLES == 12,
            suppress_health_check=list(HealthCheck),
            database=None,
            print_blob=True,
        ),
    )
    assert min(done[function] for function in CALLS) > 0, done
