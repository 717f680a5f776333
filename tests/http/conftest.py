"""A gateway on a module's own database, who asks it, and the gateway as a process."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any
from uuid import uuid4

import aiohttp
import jwt
import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from gateway.app import create_app
from gateway.settings import Settings
from tests.support import contract

SECRET = "a secret for tests, 32 bytes or more"
NOBODY = "00000000-0000-4000-8000-000000000000"


def make_token(role: str, sub: str, *, secret: str = SECRET, **claims: Any) -> str:
    """A token; a claim that is None is left out."""
    payload = {"sub": sub, "role": role, "exp": int(time.time()) + 86_400} | claims
    kept = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(kept, secret, "HS256")


@pytest.fixture
def settings(module_database: Any) -> Settings:
    return Settings(
        database_url=module_database.dsn,
        jwt_secret=SECRET,
        address_rate="1000/second",
        account_rate="1000/second",
        support_limits="GOLD:100",
    )


@pytest.fixture
async def gateway(aiohttp_client: Any, settings: Settings) -> TestClient:
    return await aiohttp_client(create_app(settings))


@pytest.fixture
async def connect_module(module_database: Any) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """Open connections to the gateway's database, with all rights: await connect_module()."""
    opened = []

    async def open_one() -> Any:
        opened.append(await module_database.connect())
        return opened[-1]

    yield open_one
    for connection in opened:
        await connection.close()


async def bring_over(connection: Any, asset: str, *lines: tuple[str | None, str, float]) -> None:
    """Movements (user, kind, amount) as of three days ago; and all that is counted is ranked."""
    await connection.execute(
        """SELECT wallet_private.import_history(array(
            SELECT row(
                l.user_id, NULL, NULL, $1, l.kind, l.amount, now() - interval '3 days', NULL, NULL,
                NULL
            )::wallet_private.history_line
            FROM unnest($2::uuid[], $3::text[], $4::numeric[]) AS l (user_id, kind, amount)
        ))""",
        asset, *map(list, zip(*lines, strict=True)),
    )  # fmt: skip
    await connection.execute("SELECT wallet.fold_economy(100000)")
    await connection.execute("SELECT wallet.rank_users()")


class Caller:
    """Asks the gateway as someone; each answer has to be as the API document says."""

    def __init__(self, client: TestClient, token: str | None, user_id: str | None = None) -> None:
        self.client, self.token, self.user_id = client, token, user_id

    async def __call__(
        self, method: str, path: str, json: Any = None, *, key: str | None = "", **more: Any
    ) -> ClientResponse:
        """A POST has a fresh idempotency key, unless `key` says which, or None for none."""
        headers = dict(more.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if method == "POST" and key is not None:
            headers.setdefault("Idempotency-Key", key or str(uuid4()))
        answer = await self.client.request(method, path, json=json, headers=headers, **more)
        if asked := contract.operation(method, answer.url.raw_path):
            contract.check_answer(
                asked,
                answer.status,
                answer.headers,
                answer.content_type,
                "" if answer.content_type == "text/event-stream" else await answer.text(),
            )
            if answer.ok:
                contract.check_request(asked, json)
        return answer


@pytest.fixture
def anyone(gateway: TestClient) -> Caller:
    return Caller(gateway, None)


@pytest.fixture
def admin(gateway: TestClient) -> Caller:
    return Caller(gateway, make_token("admin", "an admin"))


@pytest.fixture
def support(gateway: TestClient) -> Caller:
    return Caller(gateway, make_token("support", "an agent"))


@pytest.fixture
def service(gateway: TestClient) -> Caller:
    return Caller(gateway, make_token("service", "a service"))


@pytest.fixture
async def new_user(
    gateway: TestClient, admin: Caller, service: Caller, gold: str
) -> Callable[..., Awaitable[Caller]]:
    """await new_user(100) is a user with 100 of the asset `gold`."""

    async def make(balance: int = 0) -> Caller:
        answer = await admin("POST", "/v1/admin/users", {"name": "Ann"})
        user_id = (await answer.json())["user_id"]
        if balance:
            body = {"asset": gold, "amount": balance}
            assert (await service("POST", f"/v1/wallets/{user_id}/topup", body)).status == 201
        return Caller(gateway, make_token("user", user_id), user_id)

    return make


@pytest.fixture
async def gold(admin: Caller) -> str:
    """The code of an asset with two decimals."""
    body = {"code": "GOLD", "name": "Gold", "scale": 2}
    assert (await admin("POST", "/v1/admin/assets", body)).status in (201, 409)
    return "GOLD"


@pytest.fixture
async def user(new_user: Any) -> Caller:
    return await new_user(100)


class Held:
    """A user's wallet that somebody else has locked."""

    def __init__(self, connection: Any, user: Caller) -> None:
        self.connection, self.user = connection, user

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        async with self.connection.transaction():
            await self.connection.execute(
                "UPDATE wallet_private.wallet SET held = held WHERE user_id = $1",
                self.user.user_id,
            )
            yield

    async def movements(self, key: str) -> int:
        found = "SELECT count(*) FROM wallet_private.transfer WHERE idempotency_key = $1"
        return int(await self.connection.fetchval(found, key))

    async def balance(self) -> str:
        found = "SELECT balance::text FROM wallet.get_balance($1, 'GOLD')"
        return str(await self.connection.fetchval(found, self.user.user_id))


@pytest.fixture
async def held(user: Caller, connect_module: Any) -> Held:
    return Held(await connect_module(), user)


async def problem(answer: ClientResponse) -> tuple[int, str]:
    """(status, code) of a problem, which is checked to be one."""
    body = await answer.json(content_type="application/problem+json")
    assert set(body) == {"type", "title", "status", "detail", "code", "hint", "request_id"}
    assert body["status"] == answer.status
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert body["type"].endswith(body["code"])
    return answer.status, body["code"]


Start = Callable[..., tuple[subprocess.Popen[str], str]]


@contextmanager
def serving(dsn: str) -> Iterator[Start]:
    """Start `pgwallet serve` on a free port, by another command or not: (process, URL)."""
    started = []

    def start(
        *arguments: str, by: Sequence[str] = (), stderr: int = subprocess.PIPE, **environ: str
    ) -> tuple[subprocess.Popen[str], str]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            "DATABASE_URL": dsn,
            "PGWALLET_JWT_SECRET": SECRET,
            "PGWALLET_PORT": str(port),
        }
        process = subprocess.Popen(
            [*by, sys.executable, "-m", "pgwallet", "serve", *arguments],
            env=os.environ | settings | environ,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        started.append(process)
        return process, f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.communicate()


@pytest.fixture
def serve(database: Any) -> Iterator[Start]:
    with serving(database.dsn) as start:
        yield start


@pytest.fixture
async def http() -> Any:
    headers = {"Authorization": f"Bearer {make_token('admin', 'x')}"}
    async with aiohttp.ClientSession(headers=headers, response_class=Whole) as session:
        yield session


class Whole(aiohttp.ClientResponse):
    """An answer with its body, whether the test looks at it or not: it keeps no connection."""

    async def start(self, connection: Any) -> Any:
        await super().start(connection)
        await self.read()
        return self


async def ready(http: aiohttp.ClientSession, url: str, path: str = "/health") -> None:
    for _ in range(600):
        with suppress(aiohttp.ClientConnectionError):
            if (await http.get(f"{url}{path}")).status == 200:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("it doesn't answer")


async def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = await asyncio.to_thread(process.communicate, timeout=20)
    return process.returncode, out, err
