"""ops/haproxy.cfg, run by HAProxy before a gateway: what it lets in is served, the rest is told."""

import asyncio
import json
import re
import socket
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from gateway.problems import CODES
from tests.http.conftest import Whole, http, make_token, problem, ready, serve
from tests.support import thirdparty
from tests.support.paths import ROOT
from tests.support.servers import Database

__all__ = ["http", "serve"]

CONFIG = ROOT / "ops" / "haproxy.cfg"


@pytest.fixture(scope="module")
def program() -> Path:
    try:
        return thirdparty.haproxy()
    except thirdparty.Unavailable as reason:
        pytest.skip(f"HAProxy: {reason}")


class Proxied:
    """A gateway and the proxy before it."""

    def __init__(self, gateway: subprocess.Popen[str], port: int, log: Path) -> None:
        self.gateway, self.port, self.url, self.log = gateway, port, f"http://127.0.0.1:{port}", log

    async def connect(
        self, address: str = "127.0.0.1"
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0))

    async def logs(self, text: str, count: int = 1) -> None:
        """Wait until its log has that."""
        for _ in range(200):
            if self.log.read_text().count(text) >= count:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{text} is not in {self.log.read_text()}")


@pytest.fixture
async def proxied(program: Path, serve: Any, http: Any, tmp_path: Path) -> AsyncIterator[Proxied]:
    gateway, target = serve(
        stderr=subprocess.DEVNULL,
        PGWALLET_PROXIES="1",
        PGWALLET_ADDRESS_RATE="5/hour",
        PGWALLET_DATABASE_PATIENCE="20",
    )
    await ready(http, target)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {"LISTEN": f"127.0.0.1:{port}", "GATEWAY": target.removeprefix("http://")}
    with (tmp_path / "log").open("w") as log:
        proxy = await asyncio.create_subprocess_exec(
            program, "-f", CONFIG, env=environ, stdout=log, stderr=log
        )
    try:
        found = Proxied(gateway, port, tmp_path / "log")
        await ready(http, found.url)
        yield found
    finally:
        proxy.terminate()
        await proxy.wait()


@asynccontextmanager
async def client(address: str, role: str = "service") -> AsyncIterator[aiohttp.ClientSession]:
    """Who asks from an address of the loopback network, on as many connections as it takes."""
    connector = aiohttp.TCPConnector(limit=0, local_addr=(address, 0))
    headers = {"Authorization": f"Bearer {make_token(role, 'x')}"}
    async with aiohttp.ClientSession(
        connector=connector, headers=headers, response_class=Whole
    ) as session:
        yield session


@pytest.fixture
def user(database: Database) -> str:
    database.psql("SELECT wallet.create_asset('GOLD', 'Gold')")
    user_id = database.psql("SELECT user_id FROM wallet.create_user()")
    database.psql(f"SELECT wallet.bonus('{user_id}', 'GOLD', 1000, 'start')")
    return user_id


async def spend(
    session: aiohttp.ClientSession, proxied: Proxied, user: str
) -> aiohttp.ClientResponse:
    return await session.post(
        f"{proxied.url}/v1/wallets/{user}/spend",
        json={"asset": "GOLD", "amount": 1},
        headers={"Idempotency-Key": str(uuid4())},
    )


async def test_what_a_client_asks_for_is_served(proxied: Proxied, http: Any, user: str) -> None:
    person = {"email": "eve@example.com", "password": "correct horse"}
    answer = await http.post(f"{proxied.url}/v1/auth/signup", json=person | {"name": "Eve"})
    assert answer.status == 201
    answer = await http.post(f"{proxied.url}/v1/auth/login", json=person)
    assert answer.status == 200
    assert (await spend(http, proxied, user)).status == 201
    request = {"user_id": user, "kind": "SPEND", "asset": "GOLD", "amount": 1}
    batch = json.dumps({"requests": [request | {"idempotency_key": "in a batch"}]})
    answer = await http.post(f"{proxied.url}/v1/batches", data=batch + 500_000 * " ")
    assert answer.status == 200
    for path in ("/health", "/docs", "/docs/start.js", "/openapi.json"):
        assert (await http.get(f"{proxied.url}{path}")).status == 200, path


async def test_a_request_has_one_id(proxied: Proxied, http: Any) -> None:
    for given, kept in (({"X-Request-ID": "from-me"}, True), ({"X-Request-ID": "a b"}, False)):
        answer = await http.get(f"{proxied.url}/v1/assets", headers=given)
        found = answer.headers["X-Request-ID"]
        assert (found == given["X-Request-ID"]) == kept
        await proxied.logs(f"127.0.0.1 {found} 200 GET")


async def test_metrics_are_not_for_clients(proxied: Proxied) -> None:
    for path in (
        "/metrics", "/%6detrics", "//metrics", "/v1/../metrics", "/v1/%2e%2e/metrics",
        "/docs/../metrics",
    ):  # fmt: skip
        reader, writer = await proxied.connect()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: wallet\r\nConnection: close\r\n\r\n".encode())
        said = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        assert said.startswith(b"HTTP/1.1 40") and b"pgwallet_http" not in said, path


async def test_addresses_reach_the_limits_and_are_not_forged(proxied: Proxied) -> None:
    async def log_in(address: str, **headers: str) -> int:
        async with client(address) as session:
            answer = await session.post(
                f"{proxied.url}/v1/auth/login",
                json={"email": f"{uuid4()}@example.com", "password": "a guess of mine"},
                headers=headers,
            )
            return answer.status

    forged = ["127.0.0.3", "127.0.0.3, 127.0.0.3", *(f"10.0.0.{i}" for i in range(4))]
    statuses = [await log_in("127.0.0.2", **{"X-Forwarded-For": each}) for each in forged]
    assert statuses == [401, 401, 401, 401, 401, 429]
    assert await log_in("127.0.0.3") == 401


async def test_too_many_at_once(proxied: Proxied, database: Database, user: str) -> None:
    """Of 400 that come while nothing is answered, 64 are let in and 200 wait."""
    started, refused_after = time.monotonic(), []
    blocker = await database.connect()
    lock = blocker.transaction()
    await lock.start()
    await blocker.execute("UPDATE wallet_private.wallet SET held = held")

    async def one(session: aiohttp.ClientSession) -> int:
        answer = await spend(session, proxied, user)
        if answer.status == 503 and lock is not None:
            assert await problem(answer) == (503, "GW503")
            refused_after.append(time.monotonic() - started)
            if len(refused_after) == 400 - 64 - 200:
                await lock.rollback()
        return answer.status

    async with (
        client("127.0.0.2") as a, client("127.0.0.3") as b, client("127.0.0.4") as c,
        client("127.0.0.5") as d, client("127.0.0.6") as e,
    ):  # fmt: skip
        statuses = Counter(
            await asyncio.gather(*(one(session) for session in (a, b, c, d, e) for _ in range(80)))
        )
    await blocker.close()
    print(statuses, f"refused after {min(refused_after):.2f} to {max(refused_after):.2f} s")
    assert statuses == {201: 264, 503: 136}
    assert database.psql(f"SELECT available FROM wallet.get_balance('{user}', 'GOLD')") == "736"


async def test_who_waits_for_too_long_is_told(
    proxied: Proxied, database: Database, user: str
) -> None:
    blocker = await database.connect()
    lock = blocker.transaction()
    await lock.start()
    await blocker.execute("UPDATE wallet_private.wallet SET held = held")

    async with client("127.0.0.2") as session:
        begin = time.monotonic()
        asking = [asyncio.create_task(spend(session, proxied, user)) for _ in range(74)]
        await proxied.logs("sQ", count=10)
        await lock.rollback()
        assert time.monotonic() - begin > 1.9
        assert Counter([(await task).status for task in asking]) == {201: 64, 503: 10}
    await blocker.close()


async def test_too_many_of_one_client(proxied: Proxied, http: Any) -> None:
    """100 connections of it are served, 100 more are told, and the rest is closed."""
    request = b"GET /v1/assets HTTP/1.1\r\nHost: wallet\r\nAuthorization: Bearer "
    request += make_token("service", "x").encode() + b"\r\nConnection: close\r\n\r\n"
    opened, told = [], []
    for _ in range(210):
        try:
            opened.append(await proxied.connect("127.0.0.2"))
        except ConnectionError:
            told.append("")
    # The proxy has seen them all. Otherwise the last ones may come when the first ones have gone.
    for _ in range(1000):
        if sum(r.at_eof() or r.exception() is not None for r, _ in opened) + len(told) == 10:
            break
        await asyncio.sleep(0.01)
    for reader, writer in opened:
        try:
            writer.write(request)
            said = await asyncio.wait_for(reader.read(), 10)
            told.append(said[9:12].decode())
        except ConnectionError:
            told.append("")
        writer.close()
    assert Counter(told) == {"200": 100, "429": 100, "": 10}
    assert (await http.get(f"{proxied.url}/v1/assets")).status == 200


async def test_too_many_requests_of_one_client(proxied: Proxied, http: Any) -> None:
    statuses: Counter[int] = Counter()
    async with client("127.0.0.2") as session:
        for _ in range(30):
            answers = await asyncio.gather(*(session.get(proxied.url) for _ in range(50)))
            statuses.update(answer.status for answer in answers)
    assert statuses[404] + statuses[429] == 1500
    assert 1000 <= statuses[404] < 1200
    assert (await http.get(f"{proxied.url}/health")).status == 200


async def test_log_ins_take_no_place_of_others(proxied: Proxied, http: Any, user: str) -> None:
    async def one(address: str) -> int:
        person = {"email": f"{uuid4()}@example.com", "password": "a guess of mine"}
        async with client(address) as session:
            return (await session.post(f"{proxied.url}/v1/auth/login", json=person)).status

    log_ins = [asyncio.create_task(one(f"127.0.1.{n}")) for n in range(150)]
    await asyncio.sleep(0.2)
    assert (await spend(http, proxied, user)).status == 201
    statuses = Counter(await asyncio.gather(*log_ins))
    print(statuses)
    assert set(statuses) == {401, 503} and statuses[401] >= 8
    await proxied.logs("503 POST /v1/auth/login waited -1")  # the proxy's own


async def test_slow_senders_are_cut_off_and_keep_no_place(
    proxied: Proxied, http: Any, user: str
) -> None:
    head = f"POST /v1/wallets/{user}/spend HTTP/1.1\r\nHost: wallet\r\n".encode()

    async def drip(address: str, begin: bytes) -> tuple[int, float]:
        reader, writer = await proxied.connect(address)
        began = time.monotonic()
        writer.write(begin)
        answer = asyncio.create_task(reader.read())
        while not answer.done():
            writer.write(b"x")
            await asyncio.sleep(0.5)
        writer.close()
        return int((await answer)[9:12]), time.monotonic() - began

    slow = [
        asyncio.create_task(drip(f"127.0.0.{n}", begin))
        for n in range(2, 6)
        for _ in range(40)
        for begin in (head + b"X-Slow: ", head + b"Content-Length: 999\r\n\r\n")
    ]
    await asyncio.sleep(1)
    longest = 0.0
    while not all(task.done() for task in slow):
        began = time.monotonic()
        assert (await spend(http, proxied, user)).status == 201
        longest = max(longest, time.monotonic() - began)
        await asyncio.sleep(0.2)
    ended = await asyncio.gather(*slow)
    print(f"{len(ended)} ended by {max(after for _, after in ended):.1f} s, others {longest:.2f} s")
    assert {status for status, _ in ended} == {408}
    assert max(after for _, after in ended) < 15
    assert longest < 2


async def test_a_gateway_without_its_database_speaks_for_itself(
    proxied: Proxied, http: Any, database: Database
) -> None:
    database.server.admin(f'ALTER DATABASE "{database.name}" ALLOW_CONNECTIONS false')
    database.server.admin(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.name}'"
    )
    for _ in range(8):  # longer than health checks take to give a server up
        answer = await http.get(f"{proxied.url}/health")
        assert answer.status == 503 and (await answer.json())["detail"]  # the proxy gives none
        await asyncio.sleep(1)


async def test_without_the_gateway_it_says_so(proxied: Proxied, http: Any) -> None:
    proxied.gateway.terminate()
    await asyncio.to_thread(proxied.gateway.wait, 20)
    for _ in range(2):
        answer = await http.get(f"{proxied.url}/v1/assets")
        assert await problem(answer) == (503, "GW503")


def test_what_it_says_is_what_the_gateway_says() -> None:
    said = re.findall(r"status (\d+) .*problem:(\w+)\",\"title\":\"(.*?)\"", CONFIG.read_text())
    assert len(said) == 4
    assert {code: (int(status), title) for status, code, title in said}.items() <= CODES.items()
