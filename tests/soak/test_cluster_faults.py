"""A cluster under load, through its gateways: a server is killed, and then a proxy.

Each player spends 1 again and again, and sends it again with the same key until it is accepted. So
in the end a balance shows whether anything was lost or doubled.
"""

import asyncio
import os
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from pgwallet.cluster.databases import init, migrate_all
from pgwallet.cluster.verify import verify
from pgwallet.migrate import migrate
from tests.http.conftest import make_token, ready, serving
from tests.support.clusters import PLPROXY, ClusterDatabase, create_cluster
from tests.support.paths import DB
from tests.support.servers import Server

PURSE = 1_000_000
PLAYERS = 6  # by each proxy


@dataclass
class Player:
    """One user, by one gateway."""

    user: UUID
    place: int
    url: str
    pause: float = 0  # seconds from one to the next
    accepted: int = 0
    accepted_at: float = 0
    longest: float = 0  # seconds from one that is accepted to the next
    answers: Counter[Any] = field(default_factory=Counter)  # status, code

    async def play(self, http: aiohttp.ClientSession) -> None:
        """Until it is cancelled."""
        while True:
            await self.spend(http, f"spend-{self.accepted}")
            await asyncio.sleep(self.pause)

    async def spend(self, http: aiohttp.ClientSession, key: str) -> None:
        url = f"{self.url}/v1/wallets/{self.user}/spend"
        headers, body = {"Idempotency-Key": key}, {"asset": "GOLD", "amount": 1}
        while True:
            try:
                async with http.post(url, json=body, headers=headers) as answer:
                    said = await answer.json(content_type=None)
                    self.answers[answer.status, said.get("code")] += 1
                    if answer.status == 201:
                        self.accepted += 1
                        now = monotonic()
                        self.longest = max(self.longest, now - (self.accepted_at or now))
                        self.accepted_at = now
                        return
                    assert answer.status == 503, said
                    assert answer.headers["Retry-After"] == "1"
            except aiohttp.ClientConnectionError:
                self.answers["no answer", None] += 1
            await asyncio.sleep(0.1)


@dataclass
class World:
    wallet: ClusterDatabase
    players: list[Player]
    http: aiohttp.ClientSession

    @asynccontextmanager
    async def play(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(player.play(self.http)) for player in self.players]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                assert isinstance(result, asyncio.CancelledError), result

    def at(self, *places: int) -> list[Player]:
        """Those who live in these partitions."""
        return [player for player in self.players if player.place in places]

    def by(self, gateway: int) -> list[Player]:
        """Those who ask this gateway."""
        return self.players[gateway::2]

    def forget(self) -> None:
        """What was measured so far."""
        for player in self.players:
            player.answers.clear()
            player.longest = 0

    async def take(self, players: list[Player], seconds: float) -> tuple[int, Counter[Any]]:
        """What they get in some seconds: how much is accepted, and all answers."""
        for player in players:
            player.answers.clear()
        before = sum(player.accepted for player in players)
        await asyncio.sleep(seconds)
        answers = sum((player.answers for player in players), Counter[Any]())
        return sum(player.accepted for player in players) - before, answers

    async def until_all_get_on(self, players: list[Player] | None = None) -> None:
        players = players or self.players
        before = [player.accepted for player in players]
        end = monotonic() + 30
        while not all(p.accepted > n for p, n in zip(players, before, strict=True)):
            assert monotonic() < end, [player.answers for player in players]
            await asyncio.sleep(0.05)

    async def check(self) -> None:
        """All that was accepted is in the books, once. What a player was at may be there too."""
        for player in self.players:  # it is sent once more, and is a replay if it was there
            await player.spend(self.http, f"spend-{player.accepted}")
        proxy = await self.wallet.connect()
        for player in self.players:
            balance = await proxy.fetchval(
                "SELECT balance FROM wallet.get_balance($1, 'GOLD')", player.user
            )
            assert balance == PURSE - player.accepted
        await proxy.close()
        assert await verify(self.wallet.cluster) == []


@pytest.fixture
def third(new_server: Callable[..., Server]) -> Server:
    """It has a proxy and no partition."""
    return new_server(PLPROXY, fsync="on")


@asynccontextmanager
async def new_world(wallet: ClusterDatabase, pause: float = 0) -> AsyncIterator[World]:
    """Players in all partitions, and a gateway for each of two proxies."""
    await init(wallet.cluster)
    size = wallet.cluster.size
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(
            aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {make_token('service', 'a test')}"},
                timeout=aiohttp.ClientTimeout(total=20),
            )
        )
        urls = []
        with ExitStack() as gateways:
            for proxy in wallet.cluster.proxy:
                serve = gateways.enter_context(serving(proxy.url))
                # Nobody reads what they log, and a full pipe would stop them.
                urls.append(serve(PGWALLET_LOG_LEVEL="WARNING", stderr=subprocess.DEVNULL)[1])
            for url in urls:
                await ready(http, url)
            connection = await wallet.connect()
            await connection.execute("SELECT wallet.create_asset('GOLD', 'Gold')")
            players: list[Player] = []
            while len(players) < 2 * PLAYERS:
                user = await connection.fetchval("SELECT user_id FROM wallet.create_user()")
                place = await connection.fetchval("SELECT uuid_hash($1) & $2", user, size - 1)
                if sum(player.place == place for player in players) < 2 * PLAYERS // size:
                    players.append(Player(user, place, urls[len(players) % 2], pause))
                    await connection.execute(
                        "SELECT wallet.topup($1, 'GOLD', $2, 'purse')", user, PURSE
                    )
            await connection.close()
            yield World(wallet, players, http)


@pytest.fixture
async def world(new_server: Callable[..., Server], third: Server) -> AsyncIterator[World]:
    """Two servers with a partition each, and two proxies."""
    first, second = (new_server(PLPROXY, fsync="on") for _ in range(2))
    wallet = create_cluster(first, second, size=2)
    async with new_world(wallet.with_proxy(third)) as world:
        yield world


def kill(server: Server) -> None:
    assert server.embedded
    pid = server.embedded.pid()
    assert pid
    os.kill(pid, signal.SIGKILL)


async def test_a_server_and_a_proxy_are_killed(world: World, third: Server) -> None:
    second = world.wallet.servers[1]
    async with world.play():
        await world.until_all_get_on()
        usual, _ = await world.take(world.at(0), 1.5)

        # Only who lives on the server is told to come back later.
        kill(second)
        accepted, answers = await world.take(world.at(0), 1.5)
        assert answers.keys() == {(201, None)}
        assert accepted > usual / 2
        _, answers = await world.take(world.at(1), 0.5)
        assert answers.keys() == {(503, "WA601")}
        await asyncio.to_thread(second.embedded.start)
        await world.until_all_get_on()

        # Only who asks by the proxy.
        kill(third)
        _, answers = await world.take(world.by(0), 1.5)
        assert answers.keys() == {(201, None)}
        _, answers = await world.take(world.by(1), 0.5)
        assert answers.keys() == {(503, "GW503")}
        await asyncio.to_thread(third.embedded.start)
        await world.until_all_get_on()
    await world.check()


async def test_a_cluster_is_migrated_in_use(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old proxies and old gateways go on while the partitions become those of the next release."""
    root = tmp_path / "db"
    shutil.copytree(DB, root)
    (root / "schema/V9001__next.sql").write_text(
        "ALTER TABLE wallet_private.asset ADD COLUMN colour text;\n"
        "ALTER TYPE wallet.leader ADD ATTRIBUTE colour text;\n"
        "DROP FUNCTION wallet.spend(uuid, text, numeric, text, text, jsonb, text);\n"
    )
    for file in (root / "functions").rglob("*.sql"):  # all of them are made anew
        file.write_text(f"{file.read_text()}-- next\n")
    spend = root / "functions/api/spend.sql"
    text = spend.read_text().replace(
        "p_actor text DEFAULT NULL\n", "p_actor text DEFAULT NULL, p_colour text DEFAULT NULL\n"
    )
    spend.write_text(text.replace("jsonb, text) IS", "jsonb, text, text) IS"))
    monkeypatch.setattr("pgwallet.cluster.databases.migrate", partial(migrate, root=root))
    async with world.play():
        await world.until_all_get_on()
        world.forget()
        done = await migrate_all(world.wallet.cluster)
        await world.until_all_get_on()
    assert len(done) == 4, done  # two partitions, two proxies
    answers = sum((player.answers for player in world.players), Counter[Any]())
    assert {status for status, _ in answers} <= {201, 503}, answers
    assert max(player.longest for player in world.players) < 10
    for database in (*world.wallet.parts, world.wallet):
        assert database.psql("SELECT wallet.schema_version()") == "V9001"
        arguments = "SELECT proargnames FROM pg_proc WHERE oid = 'wallet.spend'::regproc"
        assert "p_colour" in database.psql(arguments)
        assert database.psql("SELECT (NULL::wallet.leader).colour IS NULL") == "t"
    await world.check()
