"""A server, gateways on it, players at both, and what can happen to them."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg
import jwt
import psutil

from pgwallet.embedded import EmbeddedPostgres
from tests.soak.checker import Report, check
from tests.soak.load import Game, HttpWay, create_catalogue, create_users
from tests.soak.reader import KINDS, Reader
from tests.support.servers import Database

SECRET = "a secret for the soak, 32 bytes or more"
NEVER = 180  # seconds: nothing takes that long, on a busy machine either
PLAYERS = 12

# What has to survive a crash here.
DURABLE = {"fsync": "on", "full_page_writes": "on", "autovacuum": "on"}


async def until(is_done: Callable[[], Awaitable[bool]], what: str) -> None:
    end = time.monotonic() + NEVER
    while not await is_done():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.05)


class Gateway:
    """`pgwallet serve`, started again whenever it has ended, as a service manager does it."""

    def __init__(self, dsn: str, log: Path, *, workers: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._command = [sys.executable, "-m", "pgwallet", "serve", "--workers", str(workers)]
        self._environ = os.environ | {
            "DATABASE_URL": dsn,
            "PGWALLET_JWT_SECRET": SECRET,
            "PGWALLET_PORT": str(self.port),
            "PGWALLET_LOG_LEVEL": "ERROR",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._launch()
        self._keeper = asyncio.create_task(self._keep())

    async def until_healthy(self, session: aiohttp.ClientSession) -> None:
        async def is_healthy() -> bool:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(f"{self.url}/health") as answer:
                    return answer.status == 200
            return False

        await until(is_healthy, f"{self.url} does not answer")

    def _launch(self) -> None:
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environ, stdout=subprocess.DEVNULL, stderr=log
            )

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            if self._process is not None and self._process.poll() is not None:
                self._launch()

    def kill(self, chance: random.Random) -> None:
        """One of the processes that serve, with no time to say anything."""
        assert self._process is not None
        with suppress(psutil.NoSuchProcess):
            workers = psutil.Process(self._process.pid).children() or [self._process]
            chance.choice(workers).kill()

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait, NEVER)


@dataclass
class World:
    database: Database
    gateways: list[Gateway]
    session: aiohttp.ClientSession
    game: Game
    chance: random.Random

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database, folder: Path, seed: int) -> AsyncIterator["World"]:
        connection = await database.connect()
        rules = await create_catalogue(connection)
        users = await create_users(connection)
        await connection.close()
        gateways = [
            Gateway(database.dsn, folder / f"gateway-{workers}.log", workers=workers)
            for workers in (2, 1)
        ]
        game = Game(rules, users, seed)
        async with aiohttp.ClientSession() as session:
            world = cls(database, gateways, session, game, random.Random(seed))
            try:
                for gateway in gateways:
                    gateway.start()
                await world.until_healthy()
                yield world
            finally:
                game.is_on = False
                await asyncio.gather(*(gateway.stop() for gateway in gateways))

    def ways(self) -> list[HttpWay]:
        """Each player's own; they go by both gateways."""
        claims = {"sub": "a player", "role": "admin", "exp": int(time.time()) + 86_400}
        token = jwt.encode(claims, SECRET, "HS256")
        return [
            HttpWay(self.gateways[n % len(self.gateways)].url, token, self.session, self.chance)
            for n in range(PLAYERS)
        ]

    @asynccontextmanager
    async def play(self) -> AsyncIterator[None]:
        """Load for as long as the block lasts; after it all is quiet, and each is answered."""
        self.game.is_on = True
        ways, others = self.ways(), self.ways()
        async with asyncio.TaskGroup() as players:
            for way, other in zip(ways, reversed(others), strict=True):
                players.create_task(self.game.play(way, other))
            try:
                yield
            finally:
                self.game.is_on = False
        await until(self.is_quiet, "the server does not come to rest")
        await self.game.settle(ways)

    async def is_quiet(self) -> bool:
        sql = """SELECT count(*) FROM pg_stat_activity
            WHERE datname ^@ current_database() AND state <> 'idle' AND pid <> pg_backend_pid()
                AND backend_type = 'client backend'"""
        with suppress(asyncpg.PostgresError, OSError):
            connection = await self.database.connect()
            try:
                return await connection.fetchval(sql) == 0
            finally:
                await connection.close()
        return False

    async def until_played(self, count: int) -> None:
        """So many more requests have been accepted."""
        wanted = len(self.game.moved) + count

        async def is_done() -> bool:
            return len(self.game.moved) >= wanted

        await until(is_done, "nothing is accepted any more")

    async def check(self) -> Report:
        connection = await self.database.connect()
        try:
            return await check(connection, self.game.rules, self.game.asked)
        finally:
            await connection.close()

    async def until_healthy(self) -> None:
        """The gateways have recovered, by themselves."""
        for gateway in self.gateways:
            await gateway.until_healthy(self.session)

    async def change_player(self) -> None:
        """A new user for the oldest one, who has used up what there was to earn."""
        connection = await self.database.connect()
        self.game.users = [*self.game.users[1:], *await create_users(connection, 1)]
        await connection.close()

    # What can happen.

    @property
    def embedded(self) -> EmbeddedPostgres:
        embedded = self.database.server.embedded
        assert embedded is not None
        return embedded

    async def kill_postmaster(self) -> None:
        os.kill(self.embedded.pid(), signal.SIGKILL)
        await asyncio.to_thread(self.embedded.start)

    async def stop_immediately(self) -> None:
        await asyncio.to_thread(self.embedded.stop, "immediate")
        await asyncio.to_thread(self.embedded.start)

    async def kill_backend(self) -> None:
        """A busy one, if there is any; the server then ends all the others and recovers."""
        connection = await self.database.connect()
        pid = await connection.fetchval(
            """SELECT pid FROM pg_stat_activity WHERE application_name = 'pgwallet'
            ORDER BY (state = 'active') DESC, random() LIMIT 1"""
        )
        connection.terminate()
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def kill_gateway(self) -> None:
        self.chance.choice(self.gateways).kill(self.chance)


# Each in its turn.
CRASHES = [World.kill_postmaster, World.kill_backend, World.stop_immediately]


@asynccontextmanager
async def reading(world: World, folder: Path) -> AsyncIterator[list[Reader]]:
    """Readers of events, of each kind one."""
    readers = [Reader(world.database, folder, kind) for kind in KINDS]
    for reader in readers:
        await reader.begin()
    try:
        yield readers
    finally:
        for reader in readers:
            await reader.end()


async def crash(world: World, number: int, accepted: int, readers: Sequence[Reader] = ()) -> Report:
    """One round: under load a gateway and the readers are killed, then the server crashes; and then
    the check."""
    await world.change_player()
    async with world.play():
        await world.until_played(accepted)
        await world.kill_gateway()
        for reader in readers:
            await reader.kill()
        await world.until_played(accepted)
        await CRASHES[number % len(CRASHES)](world)
        await world.until_healthy()
        await world.until_played(accepted)
    report = await world.check()
    for reader in readers:
        report.findings += await reader.findings()
    return report
