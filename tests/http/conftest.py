"""A gateway on a module's own database, and who asks it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

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
    payload = {"sub": sub, "role": role, "exp": int(time.time()) + 600} | claims
    kept = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(kept, secret, "HS256")


@pytest.fixture
def settings(module_database: Any) -> Settings:
    return Settings(
        database_url=module_database.dsn,
        jwt_secret=SECRET,
        address_rate="1000/second",
        account_rate="1000/second",
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
                asked, answer.status, answer.headers, answer.content_type, await answer.text()
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


async def problem(answer: ClientResponse) -> tuple[int, str]:
    """(status, code) of a problem, which is checked to be one."""
    body = await answer.json(content_type="application/problem+json")
    assert set(body) == {"type", "title", "status", "detail", "code", "hint", "request_id"}
    assert body["status"] == answer.status
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert body["type"].endswith(body["code"])
    return answer.status, body["code"]
