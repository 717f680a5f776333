"""Alerts: what a model in plain Python finds in the ledger, whoever writes, looks and dies."""

import asyncio
import json
import random
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg

from tests.support.servers import Database

TRANSACTIONS = 300
WRITERS, LOOKERS, READERS = 6, 4, 2
START = 100  # what each user has at first

ALERTS = {  # of GOLD: what is measured, which way it crosses, the threshold and the margin
    "low": ("balance", "below", START, 3),
    "high": ("balance", "above", START, 0),
    "mine": ("balance", "below", START - 2, 1),  # the first user's only
    "much": ("outstanding", "above", 3 * START, 4),
    "left": ("supply", "below", 100_000, 2),
}
SUPPLY = 3 * START + 100_000

Raised = dict[tuple[str, str | None], list[tuple[str, Decimal]]]  # by alert and user


@dataclass
class Watch:
    """An alert as the model has it: what it measures, and whether it was raised."""

    direction: str
    threshold: int
    margin: int
    value: Decimal
    is_raised: bool = False

    def move(self, amount: Decimal) -> bool:
        """Whether this raises it."""
        sign = 1 if self.direction == "below" else -1
        before, self.value = self.value, self.value + amount
        was_beyond = sign * before < sign * self.threshold
        is_beyond = sign * self.value < sign * self.threshold
        if is_beyond and not was_beyond and not self.is_raised:
            self.is_raised = True
            return True
        if sign * self.value >= sign * self.threshold + self.margin:
            self.is_raised = False
        return False


class World:
    def __init__(self, database: Database, seed: int) -> None:
        self.database, self.random = database, random.Random(seed)
        self.users: list[str] = []
        self.is_over = False  # nobody begins anything any more
        self.is_settled = False  # and all was looked at
        self.ended = 0
        self.killed = 0

    async def begin(self) -> None:
        connection = await self.database.connect()
        await connection.execute("SELECT wallet.create_asset('GOLD', 'Gold', 0, $1)", SUPPLY)
        for number in range(3):
            user = await connection.fetchval("SELECT (wallet.create_user()).user_id")
            self.users.append(str(user))
            await connection.execute(
                "SELECT wallet.topup($1, 'GOLD', $2, $3)", user, START, f"first-{number}"
            )
        self.users.sort()
        await connection.close()

    async def make_alerts(self) -> None:
        connection = await self.database.connect()
        for code, (measure, direction, threshold, margin) in ALERTS.items():
            await connection.execute(
                """SELECT wallet.create_alert($1, $2, 'GOLD', p_direction => $3,
                p_threshold => $4, p_margin => $5, p_user_id => $6)""",
                code, measure, direction, threshold, margin,
                self.users[0] if code == "mine" else None,
            )  # fmt: skip
        await connection.close()

    async def write(self, name: str) -> None:
        connection = await self.database.connect()
        choose, number = self.random, 0
        balances = dict.fromkeys(self.users, Decimal(START))
        while not self.is_over:
            whole = connection.transaction()
            await whole.start()
            for user in sorted(choose.sample(self.users, choose.randint(1, 2))):
                number += 1
                amount = choose.randint(1, 5) * choose.choice((1, -1))
                if abs(balances[user] - START) > 3:  # it stays near the thresholds
                    amount = abs(amount) if balances[user] < START else -abs(amount)
                with suppress(asyncpg.DeadlockDetectedError):  # stripes of the supply
                    async with connection.transaction():
                        balances[user] = await connection.fetchval(
                            "SELECT (wallet.adjust($1, 'GOLD', $2, $3, 'why')).balance",
                            user, amount, f"{name}-{number}",
                        )  # fmt: skip
                await asyncio.sleep(choose.choice((0, 0, 0.001, 0.02)))
            await choose.choices((whole.commit, whole.rollback), (4, 1))[0]()
            self.ended += 1
        await connection.close()

    async def look(self) -> None:
        """Looks, alone or in a longer transaction, and is killed now and then."""
        choose = self.random
        while not self.is_over:
            connection = await self.database.connect()
            how = choose.choice(("alone", "alone", "early", "late", "in vain", "killed"))
            try:
                if how != "alone":
                    await connection.execute("BEGIN")
                if how == "early":  # its transaction has a number before others look
                    await connection.execute("SELECT txid_current()")
                    await asyncio.sleep(choose.choice((0.005, 0.03)))
                await connection.execute(
                    "SELECT wallet.check_alerts($1)", choose.choice((1, 5, 99))
                )
                if how != "alone":
                    await asyncio.sleep(choose.choice((0, 0.01)))
                if how in ("early", "late"):
                    await connection.execute("COMMIT")
                if how == "in vain":
                    await connection.execute("ROLLBACK")
                if how == "killed":
                    self.killed += 1
                    await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            except (asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError):
                assert how == "killed"
            finally:
                connection.terminate()

    async def read(self, name: str) -> list[asyncpg.Record]:
        """What a reader has who stops anywhere, and goes on behind what it acknowledged."""
        connection = await self.database.connect()
        await connection.execute("SELECT wallet.create_subscription($1, p_alerts => $2)", name, [
            *ALERTS
        ])  # fmt: skip
        events: list[asyncpg.Record] = []
        acknowledged, cursor, is_end = 0, None, False
        while not is_end:
            is_over = self.is_settled
            page = await connection.fetchrow(
                "SELECT * FROM wallet.read_events($1, $2, $3)",
                name, self.random.choice((1, 2, 7, 100)), cursor,
            )  # fmt: skip
            events += page["events"]
            cursor = page["next_cursor"]
            is_end = is_over and page["is_last"]
            if self.random.random() < 0.3:
                await connection.execute("SELECT wallet.acknowledge_events($1, $2)", name, cursor)
                acknowledged = len(events)
            if self.random.random() < 0.2 and not is_over:
                events, cursor = events[:acknowledged], None
            await asyncio.sleep(0.002)
        await connection.close()
        return events

    async def go_on(self, transactions: float, kills: int) -> None:
        limit = time.monotonic() + 50
        while self.ended < transactions or self.killed < kills:
            assert time.monotonic() < limit, (self.ended, self.killed)
            await asyncio.sleep(0.01)

    async def settle(self) -> None:
        connection = await self.database.connect()
        while True:
            row = await connection.fetchrow("SELECT * FROM wallet.check_alerts(7)")
            if row["is_last"]:
                break
        await connection.close()
        self.is_settled = True

    async def expected(self) -> Raised:
        """What the ledger says, by the place in the feed at which each alert was made."""
        connection = await self.database.connect()
        ledger = await connection.fetch(
            """SELECT t.user_id::text, t.transaction_id::text, t.amount, t.feed_position
            FROM wallet_private.transfer AS t
            ORDER BY t.feed_position, t.user_id, t.asset_id, t.seq"""
        )
        starts = dict(
            await connection.fetch("SELECT code, feed_position FROM wallet_private.alert")
        )
        await connection.close()
        raised: Raised = defaultdict(list)
        for code, (measure, direction, threshold, margin) in ALERTS.items():
            watches: dict[str | None, Watch] = {}
            for row in ledger:
                user = row["user_id"] if measure == "balance" else None
                if code == "mine" and user != self.users[0]:
                    continue
                first = Decimal(SUPPLY if measure == "supply" else 0)
                watch = watches.setdefault(user, Watch(direction, threshold, margin, first))
                amount = -row["amount"] if measure == "supply" else row["amount"]
                if row["feed_position"] < starts[code]:
                    watch.value += amount
                elif watch.move(amount):
                    raised[code, user].append((row["transaction_id"], watch.value))
        return raised


def told(events: list[Any]) -> Raised:
    raised: Raised = defaultdict(list)
    for event in events:
        if event["kind"] == "ALERT":
            user = event["user_id"] and str(event["user_id"])
            cause = json.loads(event["details"])["transaction_id"]
            raised[event["reference"], user].append((cause, event["balance"]))
    return raised


async def test_alerts_are_what_a_model_finds_in_the_ledger(database: Database) -> None:
    world = World(database, 1)
    await world.begin()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        writing = [tasks.create_task(world.write(f"w{n}")) for n in range(WRITERS)]
        await world.go_on(TRANSACTIONS / 6, kills=0)
        await world.make_alerts()  # while the writers write
        reading = [tasks.create_task(world.read(f"reader_{n}")) for n in range(READERS)]
        looking = [tasks.create_task(world.look()) for _ in range(LOOKERS)]
        await world.go_on(TRANSACTIONS, kills=5)
        world.is_over = True
        await asyncio.gather(*writing, *looking)
        await world.settle()
    read = [task.result() for task in reading]
    expected = await world.expected()
    assert {code for code, _ in expected} == set(ALERTS)
    assert sum(map(len, expected.values())) > 50, expected
    for events in read:
        assert told(events) == expected
        ids = [event["transaction_id"] for event in events if event["kind"] == "ALERT"]
        assert len(ids) == len(set(ids))


async def test_what_is_raised_later_is_read_later(database: Database) -> None:
    """Also when it is raised by a transaction that began earlier."""
    world = World(database, 1)
    await world.begin()
    await world.make_alerts()
    mover, early, other = [await database.connect() for _ in range(3)]
    user = world.users[1]
    for number, amount in enumerate((-1, 4, -4)):  # it crosses, comes back, and crosses again
        await mover.execute(
            "SELECT wallet.adjust($1, 'GOLD', $2, $3, 'why')", user, amount, f"move-{number}"
        )
    await early.execute("BEGIN")
    await early.execute("SELECT txid_current()")
    await other.execute("SELECT wallet.check_alerts(1)")
    await early.execute("SELECT wallet.check_alerts()")
    await early.execute("COMMIT")
    await mover.execute(
        "SELECT wallet.create_subscription('s', '{GOLD}', '{ALERT}', $1, 'beginning')", user
    )
    page = await mover.fetchrow("SELECT * FROM wallet.read_events('s')")
    raised = [(event["reference"], event["balance"]) for event in page["events"]]
    assert raised == [("low", 99), ("high", 103), ("low", 99)]
    for connection in (mover, early, other):
        await connection.close()


async def test_an_alert_misses_nothing_of_what_is_under_way_when_it_is_made(
    database: Database,
) -> None:
    world = World(database, 1)
    await world.begin()
    await world.make_alerts()
    mover, maker, looker = [await database.connect() for _ in range(3)]
    await mover.execute("BEGIN")
    await mover.execute("SELECT wallet.adjust($1, 'GOLD', -50, 'm', 'why')", world.users[1])
    await maker.execute("BEGIN")
    await maker.execute(
        """SELECT wallet.create_alert('new', 'outstanding', 'GOLD', p_direction => 'below',
        p_threshold => 251)"""
    )
    await mover.execute("COMMIT")
    looking = asyncio.create_task(looker.execute("SELECT wallet.check_alerts()"))
    await asyncio.sleep(0.3)
    await maker.execute("COMMIT")
    await looking
    await looker.execute("SELECT wallet.check_alerts()")
    rows = await looker.fetch("SELECT alert, value FROM wallet_private.alert_event")
    assert {("new", 250), ("low", 50)} == set(map(tuple, rows))
    for connection in (mover, maker, looker):
        await connection.close()
