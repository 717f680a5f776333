"""Writers that end whenever they like, readers that stop anywhere and go on, and who compares."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import asyncpg

from tests.support.servers import Database

Place = tuple[str, int, int]  # a transfer: its user, asset and seq

ASSETS = ("GOLD", "SILVER")
ENDS = ("commit", "rollback", "commit prepared", "rollback prepared")
LEDGER = "SELECT user_id, asset_id, seq FROM wallet_private.transfer"
AWAY = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)  # the server has crashed


class Economy:
    def __init__(self, database: Database, seed: int) -> None:
        self.database, self.random = database, random.Random(seed)
        self.users: list[str] = []
        self.asset_ids: dict[str, int] = {}
        self.is_over = False  # nobody begins anything any more
        self.is_settled = False  # and all has ended
        self.prepared = 0
        self.ends = Counter[str]()

    async def begin(self, users: int = 4) -> None:
        connection = await self.database.connect()
        for asset in ASSETS:
            await connection.execute("SELECT wallet.create_asset($1, $1, 0)", asset)
        await connection.execute("SELECT wallet.set_conversion_rate('GOLD', 'SILVER', 1, 2)")
        rows = await connection.fetch("SELECT asset_id, code FROM wallet_private.asset")
        self.asset_ids = {row["code"]: row["asset_id"] for row in rows}
        for _ in range(users):
            user = await connection.fetchval("SELECT (wallet.create_user()).user_id")
            self.users.append(str(user))
            for asset in ASSETS:
                await connection.execute(
                    "SELECT wallet.topup($1, $2, 1000000, $3)", user, asset, f"first {asset}"
                )
        self.users.sort()
        await connection.close()

    async def write(self, name: str) -> None:
        """Transaction after transaction, whatever becomes of the server."""
        number = 0
        while not self.is_over:
            with suppress(*AWAY):
                connection = await self.database.connect()
                try:
                    while not self.is_over:
                        number += 1
                        await self._transact(connection, f"{name}-{number}")
                finally:
                    connection.terminate()
            await asyncio.sleep(0.05)

    async def _transact(self, connection: asyncpg.Connection, name: str) -> None:
        choose = self.random
        await connection.execute("BEGIN")
        # In the order of users, so that no two wait for each other.
        for user in sorted(choose.sample(self.users, choose.randint(1, 3))):
            await self._move(connection, user, f"{name}-{choose.random()}")
            await asyncio.sleep(choose.choice((0, 0, 0.001, 0.01)))
        if choose.random() < 0.05:
            await asyncio.sleep(0.3)
        end = choose.choices(("commit", "rollback", "prepare"), (7, 2, 2))[0]
        if end == "prepare":
            self.prepared += 1
            gid = f"{name}-{self.prepared}"
            await connection.execute(f"PREPARE TRANSACTION '{gid}'")
            await asyncio.sleep(choose.choice((0, 0.05)))
            end = choose.choice(("commit", "rollback"))
            await connection.execute(f"{end.upper()} PREPARED '{gid}'")
            end = f"{end} prepared"
        else:
            await connection.execute(end.upper())
        self.ends[end] += 1

    async def _move(self, connection: asyncpg.Connection, user: str, key: str) -> None:
        asset = self.random.choice(ASSETS)
        kind = self.random.choice(("topup", "spend", "convert", "hold", "batch", "run"))
        if kind in ("topup", "spend"):
            await connection.execute(f"SELECT wallet.{kind}($1, $2, 1, $3)", user, asset, key)
        elif kind == "convert":
            await connection.execute(
                "SELECT wallet.convert($1, 'GOLD', 'SILVER', 1, $2)", user, key
            )
        elif kind == "hold":
            await connection.execute(
                "SELECT wallet.place_hold($1, $2, 1, '1 hour', $3)", user, asset, key
            )
        else:
            assets = ASSETS if kind == "batch" else (asset, asset)
            requests = [
                (user, "SPEND", each, 1, f"{key}-{n}", None, None) for n, each in enumerate(assets)
            ]
            await connection.fetch("SELECT * FROM wallet.post_batch($1)", requests)

    async def go_on(self, transactions: int) -> None:
        """Until so many more have ended, of each end some."""
        goal = self.ends.total() + transactions
        limit = time.monotonic() + 60
        while self.ends.total() < goal or len(self.ends) < len(ENDS):
            assert time.monotonic() < limit, self.ends
            await asyncio.sleep(0.01)

    async def commit_prepared(self) -> None:
        """Commits what was prepared before the server started and has nobody who ends it."""
        connection = await self.database.connect()
        rows = await connection.fetch(
            "SELECT gid FROM pg_prepared_xacts WHERE prepared < pg_postmaster_start_time()"
        )
        for row in rows:
            await connection.execute(f"COMMIT PREPARED '{row['gid']}'")
        await connection.close()

    async def settle(self) -> None:
        """Nothing comes any more."""
        await self.commit_prepared()
        self.is_settled = True

    async def ledger(self) -> set[Place]:
        connection = await self.database.connect()
        rows = await connection.fetch(LEDGER)
        await connection.close()
        return {(str(row["user_id"]), row["asset_id"], row["seq"]) for row in rows}


class Reader:
    """Keeps what it has read, and the cursor of the last of it, outside of the database."""

    def __init__(self, economy: Economy, subscription: str, seed: int) -> None:
        self.economy, self.subscription = economy, subscription
        self.random = random.Random(seed)
        self.read: list[Place] = []
        self.cursor: str | None = None
        self.stops = 0

    async def begin(self) -> None:
        connection = await self.economy.database.connect()
        await connection.execute(
            "SELECT wallet.create_subscription($1, p_start => 'beginning')", self.subscription
        )
        await connection.close()

    async def run(self) -> None:
        """Until the economy is settled and all of it has been read."""
        while True:
            was_settled = self.economy.is_settled
            with suppress(*AWAY):
                connection = await self.economy.database.connect()
                try:
                    if await self._read(connection) and was_settled:
                        return
                finally:
                    connection.terminate()
            await asyncio.sleep(0.01)

    async def _read(self, connection: asyncpg.Connection) -> bool:
        """Until there is no more for now: true. Now and then it stops before."""
        while True:
            page = await connection.fetchrow(
                "SELECT * FROM wallet.read_events($1, $2, $3)",
                self.subscription, self.random.choice((1, 3, 20, 200)), self.cursor,
            )  # fmt: skip
            events = page["events"]
            if self.random.random() < 0.1:  # in the middle of a page, which is then read again
                self.stops += 1
                events = events[: self.random.randint(0, len(events))]
                self._keep(events)
                return False
            self._keep(events)
            self.cursor = page["next_cursor"]
            if self.random.random() < 0.3:
                await connection.execute(
                    "SELECT wallet.acknowledge_events($1, $2)", self.subscription, self.cursor
                )
                if self.random.random() < 0.3:
                    self.cursor = None  # the database knows it
            if page["is_last"]:
                return True

    def _keep(self, events: Iterable[Any]) -> None:
        for event in events:
            asset_id = self.economy.asset_ids[event["asset"]]
            self.read.append((str(event["user_id"]), asset_id, event["seq"]))
            self.cursor = event["cursor"]


def compare(read: list[Place], ledger: set[Place]) -> dict[str, list[Place]]:
    """What is wrong with what was read; nothing if it is the ledger, each wallet in its order."""
    counts = Counter(read)
    seqs = Counter[tuple[str, int]]()
    findings: dict[str, list[Place]] = {
        "missed": sorted(ledger - counts.keys()),
        "invented": sorted(counts.keys() - ledger),
        "doubled": sorted(place for place, count in counts.items() if count > 1),
        "out of order": [],
    }
    for user, asset_id, seq in read:
        if seq < seqs[user, asset_id]:
            findings["out of order"].append((user, asset_id, seq))
        seqs[user, asset_id] = max(seq, seqs[user, asset_id])
    return {what: places for what, places in findings.items() if places}
