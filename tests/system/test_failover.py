"""A primary that dies under load, what its standby knows by then, and reads from a replica."""

import asyncio
import json
import random
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import jwt
import psutil
import pytest
from aiohttp.test_utils import TestClient

from gateway.app import create_app
from gateway.database import _one_by_one
from gateway.settings import Settings
from pgwallet.migrate import migrate
from tests.support.servers import Database, Server, Servers

SECRET = "a secret for tests, 32 bytes or more"
GOLD = """
SELECT wallet.create_asset('GOLD', 'Gold', 0);
SELECT wallet.create_asset('SILVER', 'Silver', 0);
SELECT wallet.set_conversion_rate('GOLD', 'SILVER', 1, 50);
"""
WAITING = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
AT_LEAST = 200  # acknowledged movements before and after


class Pair:
    """A primary with a wallet, and a standby that streams from it."""

    def __init__(self, servers: Servers, primary: Server) -> None:
        self.primary = primary
        self.wallet = primary.create(template=None)
        asyncio.run(migrate(self.wallet.dsn))
        self.wallet.psql(GOLD)
        self.standby = servers.standby(primary)
        self.copy = Database(self.standby, self.wallet.name)

    @property
    def url(self) -> str:
        """Of whichever takes writes."""
        hosts = [str(server.embedded.socket_dir) for server in (self.primary, self.standby)]
        query = f"host={quote(','.join(hosts), safe=',')}&target_session_attrs=read-write"
        return f"postgresql://postgres@/{self.wallet.name}?{query}"

    def make_synchronous(self) -> None:
        self.primary.admin("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.admin("SELECT pg_reload_conf()")
        until(lambda: self.primary.admin("SELECT sync_state FROM pg_stat_replication") == "sync")

    def waiting(self) -> str:
        """How many commits wait for the standby."""
        return self.primary.admin(f"SELECT count(*) {WAITING}")

    def kill_primary(self) -> None:
        postmaster = psutil.Process(self.primary.embedded.pid())
        for process in (postmaster, *postmaster.children()):
            process.kill()
        until(lambda: not self.primary.embedded.is_running())

    @contextmanager
    def nothing_received(self) -> Iterator[None]:
        """The standby takes no more of the log."""
        postmaster = psutil.Process(self.standby.embedded.pid())
        [receiver] = [p for p in postmaster.children() if "walreceiver" in p.cmdline()[0]]
        receiver.suspend()
        try:
            yield
        finally:
            receiver.resume()


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


async def eventually(ask: Callable[[], Awaitable[Any]], wanted: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while (found := await ask()) != wanted:
        assert time.monotonic() < end, found
        await asyncio.sleep(0.02)


@pytest.fixture
def pair(servers: Servers, new_server: Any) -> Iterator[Pair]:
    made = Pair(servers, new_server("18"))
    yield made
    made.standby.stop()


class Client:
    def __init__(self, client: TestClient) -> None:
        self.client = client
        claims = {"sub": "tests", "role": "admin", "exp": int(time.time()) + 600}
        self.headers = {"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"}

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.client.get(path, headers=self.headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def post(self, path: str, key: str, **body: Any) -> tuple[int, Any]:
        headers = self.headers | {"Idempotency-Key": key}
        async with self.client.post(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def new_user(self) -> str:
        status, user = await self.post("/v1/admin/users", "none", name="Ann")
        assert status == 201
        return str(user["user_id"])

    async def status(self, path: str) -> int:
        return (await self.get(path))[0]

    async def balance(self, user_id: str) -> str:
        status, balance = await self.get(f"/v1/wallets/{user_id}/balances/GOLD")
        assert status == 200, balance
        return str(balance["balance"])

    async def replica(self) -> str:
        _, health = await self.get("/health")
        return str(health.get("replica"))


@pytest.fixture
async def new_client(aiohttp_client: Any) -> Callable[..., Awaitable[Client]]:
    async def make(url: str, **settings: Any) -> Client:
        app = create_app(Settings(database_url=url, jwt_secret=SECRET, **settings))
        return Client(await aiohttp_client(app))

    return make


class Load:
    """Movements of some users; each is asked for with its key until it is answered."""

    def __init__(self, client: Client, users: list[str]) -> None:
        self.client, self.users = client, users
        self.balances = Counter[tuple[str, str]]()
        self.receipts: dict[str, str] = {}  # key -> transaction
        self.statuses = Counter[int]()
        self.is_over = False

    async def run(self, worker: int) -> None:
        dice, number = random.Random(worker), 0
        while not self.is_over:
            number += 1
            user, amount = dice.choice(self.users), dice.randint(1, 9)
            what = dice.choice(["topup", "spend", "convert"])
            await self.move(f"{worker}-{number}", user, what, amount)

    async def move(self, key: str, user: str, what: str, amount: int) -> None:
        body = {"from_asset": "GOLD", "to_asset": "SILVER"} if what == "convert" else {}
        body = body or {"asset": "GOLD"}
        end = time.monotonic() + 60
        while True:
            path = f"/v1/wallets/{user}/{what}"
            status, answer = await self.client.post(path, key, amount=amount, **body)
            self.statuses[status] += 1
            if status == 201:
                break
            assert status == 503 and time.monotonic() < end, answer
            await asyncio.sleep(0.05)
        self.receipts[key] = answer["transaction_id"]
        self.balances[user, "GOLD"] += amount if what == "topup" else -amount
        if what == "convert":
            self.balances[user, "SILVER"] += 50 * amount

    def differences(self, database: Database) -> list[str]:
        """Between what was answered and what a database knows."""
        found = json.loads(
            database.psql(
                "SELECT jsonb_object_agg(idempotency_key, transaction_id) FROM"
                " wallet_private.transfer WHERE leg = 1"
            )
        )
        keys = found.keys() | self.receipts.keys()
        lines = [key for key in sorted(keys) if found.get(key) != self.receipts.get(key)]
        for (user, asset), balance in self.balances.items():
            known = database.psql(f"SELECT balance FROM wallet.get_balance('{user}', '{asset}')")
            if known != str(balance):
                lines.append(f"{user} {asset}: {known}, not {balance}")
        return lines + database.psql("SELECT * FROM wallet.verify()").splitlines()


@pytest.fixture
async def start_load() -> AsyncIterator[Callable[..., Awaitable[Load]]]:
    workers: list[asyncio.Task[None]] = []

    async def start(client: Client) -> tuple[Load, Callable[[], Awaitable[None]]]:
        load = Load(client, [await client.new_user() for _ in range(4)])
        for user in load.users:
            await load.move(f"first {user}", user, "topup", 1_000_000)
        workers.extend(asyncio.create_task(load.run(n)) for n in range(12))

        async def end() -> None:
            load.is_over = True
            await asyncio.gather(*workers)

        return load, end

    yield start
    for worker in workers:
        worker.cancel()


async def acknowledged(load: Load, more: int) -> None:
    wanted, end = len(load.receipts) + more, time.monotonic() + 60
    while len(load.receipts) < wanted:
        assert time.monotonic() < end, load.statuses
        await asyncio.sleep(0.02)


async def test_nothing_acknowledged_is_lost(pair: Pair, new_client: Any, start_load: Any) -> None:
    pair.make_synchronous()
    client = await new_client(pair.url)
    load, end = await start_load(client)
    await acknowledged(load, AT_LEAST)
    pair.kill_primary()
    await eventually(lambda: client.status("/health"), 503)
    pair.standby.admin("SELECT pg_promote()")
    await acknowledged(load, AT_LEAST)
    await end()
    assert load.differences(pair.copy) == []
    assert set(load.statuses) == {201, 503}
    assert await client.status("/health") == 200


async def test_an_asynchronous_standby_may_lose_what_was_acknowledged(
    pair: Pair, new_client: Any, start_load: Any
) -> None:
    """What docs/operations.md warns of; and the check above sees it."""
    client = await new_client(pair.url)
    load, end = await start_load(client)
    with pair.nothing_received():
        await acknowledged(load, AT_LEAST)
        pair.kill_primary()
    pair.standby.admin("SELECT pg_promote()")
    await acknowledged(load, AT_LEAST)
    await end()
    assert load.differences(pair.copy) != []


async def test_no_answer_is_ahead_of_the_standby(pair: Pair, new_client: Any) -> None:
    """Not that of a retry either, when the movement is in the primary's own log already."""
    pair.make_synchronous()
    client = await new_client(pair.url, database_timeout=0.5)
    user = pair.wallet.psql("SELECT user_id FROM wallet.create_user()")
    topup = {"asset": "GOLD", "amount": 5}
    convert = {"from_asset": "GOLD", "to_asset": "SILVER", "amount": 1}
    batch = {"kind": "TOPUP", "user_id": user, "idempotency_key": "1", **topup}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        (f"/v1/wallets/{user}/topup", "1", topup),
        (f"/v1/wallets/{user}/convert", "2", convert),
        ("/v1/batches", "none", {"requests": [batch]}),
    ]

    with pair.nothing_received():
        for path, key, body in 2 * asked:
            while pair.waiting() == "0":
                status, answer = await client.post(path, key, **body)
                assert status == 503, answer
            # The answer has been given up, so now the commit may stop waiting for the standby.
            pair.primary.admin(f"SELECT pg_cancel_backend(pid) {WAITING}")
            until(lambda: pair.waiting() == "0")
        gold = f"SELECT balance FROM wallet.get_balance('{user}', 'GOLD')"
        assert pair.wallet.psql(gold) == "4"  # it is there, and nobody was told
    for path, key, body in asked:
        end = time.monotonic() + 60
        while (await client.post(path, key, **body))[0] not in (200, 201):
            assert time.monotonic() < end
    assert await client.balance(user) == "4"


async def test_a_host_that_never_answers_is_not_waited_for(
    server: Server, database: Database, new_client: Any
) -> None:
    if server.embedded is None:
        pytest.skip("the given server's address is not known to be a socket")
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen()
        hosts = f"127.0.0.1,{server.embedded.socket_dir}"
        query = f"host={quote(hosts, safe=',')}&port={hole.getsockname()[1]},5432"
        client = await new_client(f"postgresql://postgres@/{database.name}?{query}")
        assert await client.status("/health") == 200
        await client.new_user()


@pytest.mark.parametrize(
    ("url", "urls"),
    [
        ("postgresql://u:p@h:1/d?sslmode=require", None),
        ("postgresql://u@/d?host=/run/x&port=1", None),
        (
            "postgresql://u:p%40@h:1,[::1],i/d?sslmode=require",
            [
                f"postgresql://u:p%40@{host}/d?sslmode=require&target_session_attrs=read-write"
                for host in ("h:1", "[::1]", "i")
            ],
        ),
        (
            "postgresql:///d?host=/a%20b,h&port=1,2&target_session_attrs=any",
            [
                f"postgresql:///d?host={host}&target_session_attrs=any&port={port}"
                for host, port in (("%2Fa+b", 1), ("h", 2))
            ],
        ),
    ],
)
def test_each_host_is_asked_by_itself(url: str, urls: list[str] | None) -> None:
    assert _one_by_one(url, "read-write") == (urls or [url])


async def test_reads_go_to_the_replica_and_writes_never(pair: Pair, new_client: Any) -> None:
    client = await new_client(pair.wallet.dsn, read_database_url=pair.copy.dsn)
    await eventually(client.replica, "ok")
    user = await client.new_user()
    topup = f"/v1/wallets/{user}/topup"
    assert (await client.post(topup, "1", asset="GOLD", amount=5))[0] == 201
    behind = "SELECT pg_last_wal_replay_lsn() < '{}'"
    written = pair.primary.admin("SELECT pg_current_wal_lsn()")
    until(lambda: pair.standby.admin(behind.format(written)) == "f")
    assert await client.balance(user) == "5"

    # It answers as of the moment that it has got to: a client may not see its own movement yet.
    pair.standby.admin("SELECT pg_wal_replay_pause()")
    until(lambda: pair.standby.admin("SELECT pg_get_wal_replay_pause_state()") == "paused")
    status, receipt = await client.post(topup, "2", asset="GOLD", amount=5)
    assert (status, receipt["balance"]) == (201, "10")
    assert await client.balance(user) == "5"
    pair.standby.admin("SELECT pg_wal_replay_resume()")
    await eventually(lambda: client.balance(user), "10")

    # Without it, the primary answers; then it is there again.
    pair.standby.embedded.stop("immediate")
    assert await client.balance(user) == "10"
    await eventually(client.replica, "the database can't be reached")
    assert (await client.post(topup, "3", asset="GOLD", amount=5))[0] == 201
    assert await client.balance(user) == "15"
    pair.standby.embedded.start()
    await eventually(client.replica, "ok")

    # Without the primary, it still answers, and takes no write.
    await eventually(lambda: client.balance(user), "15")
    pair.primary.embedded.stop("immediate")
    assert await client.balance(user) == "15"
    assert (await client.post(topup, "4", asset="GOLD", amount=5))[0] == 503
    status, health = await client.get("/health")
    assert (status, health["detail"][-16:]) == (503, "The replica: ok.")
    pair.primary.embedded.start()
    await eventually(lambda: client.status("/health"), 200)
    assert (await client.post(topup, "4", asset="GOLD", amount=5))[0] == 201
