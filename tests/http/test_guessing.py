"""Guessing passwords is slow, and locks nobody out but the guesser."""

import asyncio
import time
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.app import create_app
from gateway.settings import Settings

from .conftest import Caller, problem

PASSWORD = "correct horse battery"


@pytest.fixture
async def anyone(aiohttp_client: Any, settings: Settings) -> Caller:
    """Behind a proxy; three wrong guesses a day for each account and address."""
    limited = replace(settings, account_rate="3/day", proxies=1)
    return Caller(await aiohttp_client(create_app(limited)), None)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long the gateway has made somebody wait."""
    waits: list[float] = []
    sleep = asyncio.sleep

    async def record(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr("gateway.accounts.asyncio.sleep", record)
    return waits


async def sign_up(anyone: Caller, email: str) -> None:
    body = {"name": "Zoe", "email": email, "password": PASSWORD}
    assert (await anyone("POST", "/v1/auth/signup", body)).status in (201, 409)


async def log_in(anyone: Caller, email: str, password: str, address: str) -> Any:
    body = {"email": email, "password": password}
    return await anyone("POST", "/v1/auth/login", body, headers={"X-Forwarded-For": address})


async def statuses(anyone: Caller, email: str, password: str, *addresses: str) -> list[int]:
    return [(await log_in(anyone, email, password, address)).status for address in addresses]


@pytest.mark.parametrize("is_known", [True, False])
async def test_guesses_are_limited(anyone: Caller, slept: list[float], is_known: bool) -> None:
    email = f"guess-{is_known}@example.com"
    if is_known:
        await sign_up(anyone, email)
    assert await statuses(anyone, email, "wrong", *["1.1.1.1"] * 3) == [401, 401, 401]
    answer = await log_in(anyone, email.upper(), PASSWORD, "1.1.1.1")
    assert await problem(answer) == (429, "GW429")
    assert 28_000 < int(answer.headers["Retry-After"]) <= 28_800
    assert not slept
    assert await statuses(anyone, "another@example.com", "wrong", "1.1.1.1") == [401]


async def test_many_guesses_at_once_are_limited_too(anyone: Caller, slept: list[float]) -> None:
    await sign_up(anyone, "burst@example.com")
    guesses = [log_in(anyone, "burst@example.com", "wrong", "1.1.1.1") for _ in range(20)]
    answers = await asyncio.gather(*guesses)
    assert sorted(answer.status for answer in answers) == [401] * 3 + [429] * 17


async def test_who_guesses_elsewhere_locks_nobody_out(anyone: Caller, slept: list[float]) -> None:
    await sign_up(anyone, "alice@example.com")
    attackers = [f"9.9.9.{n // 4}" for n in range(40)]  # all that ten addresses may, and more
    found = await statuses(anyone, "alice@example.com", "wrong", *attackers)
    assert (found.count(401), found.count(429)) == (30, 10)
    assert max(slept) == 5  # seconds: they have to wait,

    slept.clear()  # and so has she, the first time,
    assert await statuses(anyone, "alice@example.com", PASSWORD, "1.2.3.4") == [200]
    assert slept == [5]
    slept.clear()  # but not where she has logged in from before.
    assert await statuses(anyone, "alice@example.com", PASSWORD, "1.2.3.4") == [200]
    assert await statuses(anyone, "alice@example.com", "a typo", "1.2.3.4") == [401]
    assert slept == []


async def test_only_wrong_guesses_count(anyone: Caller, slept: list[float]) -> None:
    await sign_up(anyone, "often@example.com")
    addresses = ["1.1.1.1"] * 8
    assert set(await statuses(anyone, "often@example.com", PASSWORD, *addresses)) == {200}
    assert await statuses(anyone, "often@example.com", "wrong", *addresses[:4]) == [401] * 3 + [429]
    assert slept == []


async def test_another_password_is_guessed_no_faster(anyone: Caller) -> None:
    await sign_up(anyone, "change@example.com")
    body = {"email": "change@example.com", "password": "wrong", "new_password": "kumquat fjord"}
    for status in (401, 401, 401, 429):
        assert (await anyone("POST", "/v1/auth/password", body)).status == status


async def test_an_address_is_limited_whomever_it_asks_for(
    aiohttp_client: Any, settings: Settings
) -> None:
    client = await aiohttp_client(create_app(replace(settings, address_rate="2/day", proxies=1)))
    anyone = Caller(client, None)

    async def guess(*addresses: str) -> list[int]:
        emails = (f"{time.monotonic_ns()}@example.com" for _ in addresses)
        return [
            (await log_in(anyone, email, "wrong", address)).status
            for email, address in zip(emails, addresses, strict=True)
        ]

    # The last hop is the proxy's word; what stands before it is the client's own.
    assert await guess("1.1.1.1", "2.2.2.2, 1.1.1.1", "1.1.1.1", "2.2.2.2") == [401, 401, 429, 401]
    # Whoever has one address of IPv6 has 2^64.
    assert await guess("2001:db8::1", "2001:db8::2", "2001:db8::3") == [401, 401, 429]
    assert await guess("2001:db8:0:1::1", "::ffff:3.3.3.3", "3.3.3.3", "3.3.3.3") == [
        401, 401, 401, 429,
    ]  # fmt: skip


async def test_sign_ups_of_an_address_are_limited(aiohttp_client: Any, settings: Settings) -> None:
    client = await aiohttp_client(create_app(replace(settings, address_rate="2/day")))
    anyone = Caller(client, None)
    for status in (201, 201, 429):
        body = {"name": "Z", "email": f"{time.monotonic_ns()}@s.example", "password": PASSWORD}
        assert (await anyone("POST", "/v1/auth/signup", body)).status == status
