"""How often a token may ask, if a setting says so."""

import re
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.app import create_app
from gateway.rates import Limiter
from gateway.settings import Settings

from .conftest import Caller, make_token, problem

TOLD = {"RateLimit", "RateLimit-Policy"}


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("gateway.rates.monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_what_was_taken_comes_back_evenly(clock: Clock) -> None:
    limiter = Limiter("7/minute")
    for left in range(6, -1, -1):
        assert limiter.take("a") == 0
        assert limiter.left("a")[0] == left
    assert limiter.take("a") == pytest.approx(60 / 7)
    assert limiter.take("a") == pytest.approx(60 / 7)  # to ask in vain costs nothing
    assert limiter.left("b") == (7, 0)  # nor does it cost anybody else
    assert limiter.left("a") == (0, 60)
    clock.now += 60 / 7
    assert limiter.take("a") == 0
    assert limiter.take("a") > 0
    clock.now += 3600
    assert limiter.left("a") == (7, 0)  # no more than there ever were
    assert [limiter.take("a") > 0 for _ in range(8)] == [False] * 7 + [True]


def test_what_is_given_back_is_there(clock: Clock) -> None:
    limiter = Limiter("1/hour")
    limiter.give_back("a")  # nothing was taken
    assert limiter.take("a") == 0
    limiter.give_back("a")
    assert limiter.take("a") == 0
    assert limiter.take("a") > 0


def test_a_debt_grows_and_is_forgiven(clock: Clock) -> None:
    limiter = Limiter("2/minute")
    assert [limiter.overdraw("a") for _ in range(4)] == [0, 0, 30, 60]
    for _ in range(100):
        limiter.overdraw("a")
    assert limiter.overdraw("a") == 90
    clock.now += 120
    assert limiter.overdraw("a") == 0


def test_only_keys_that_say_something_are_kept(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.rates._SWEPT", 10)
    monkeypatch.setattr("gateway.rates._REMEMBERED", 40)
    limiter = Limiter("1/second")
    limiter.take("kept")
    for key in range(1000):
        clock.now += 0.06 if key < 500 else 0
        limiter.take(key)
        assert len(limiter._whole_at) <= 40
    limiter = Limiter("1/day")
    for key in range(25):
        limiter.take(key)
    assert all(limiter.take(key) for key in range(25))  # none was forgotten


async def test_nothing_is_limited_by_default(user: Caller) -> None:
    answer = await user("GET", "/v1/wallets/me")
    assert not TOLD & set(answer.headers)


@pytest.fixture
async def limited(aiohttp_client: Any, settings: Settings) -> Any:
    return await aiohttp_client(create_app(replace(settings, user_rate="3/minute")))


async def test_a_user_is_limited(limited: Any, user: Caller) -> None:
    # It is the user who is limited: another token doesn't help.
    tokens = [make_token("user", user.user_id or "", jti=str(n)) for n in range(4)]
    answers = [await Caller(limited, token)("GET", "/v1/wallets/me") for token in tokens]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    for left, answer in zip((2, 1, 0, 0), answers, strict=True):
        assert answer.headers["RateLimit-Policy"] == '"user";q=3;w=60'
        found = re.fullmatch(r'"user";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
        assert found and int(found[1]) == left and 0 < int(found[2]) <= 60
    assert await problem(answers[-1]) == (429, "GW429")
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 20


async def test_refusals_tell_the_rate_too(limited: Any, user: Caller, settings: Settings) -> None:
    asker = Caller(limited, user.token)
    for path, status in (("wallets/me/balances/NONE", 404), ("admin/treasury", 403)):
        answer = await asker("GET", f"/v1/{path}")
        assert answer.status == status
        assert set(answer.headers) >= TOLD
    assert not TOLD & set((await asker("GET", "/health")).headers)


async def test_others_go_on(limited: Any, user: Caller, service: Caller, new_user: Any) -> None:
    for _ in range(4):
        answer = await Caller(limited, user.token)("GET", "/v1/assets")
    assert answer.status == 429
    other = await new_user()
    assert (await Caller(limited, other.token)("GET", "/v1/assets")).status == 200
    for _ in range(5):
        answer = await Caller(limited, service.token)("GET", "/v1/assets")
        assert answer.status == 200
        assert not TOLD & set(answer.headers)


async def test_staff_has_a_rate_of_its_own(
    aiohttp_client: Any, settings: Settings, user: Caller
) -> None:
    client = await aiohttp_client(create_app(replace(settings, staff_rate="2/hour")))
    service = Caller(client, make_token("service", "a till"))
    answers = [await service("GET", "/v1/assets") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"service";q=2;w=3600'
    assert (await Caller(client, make_token("service", "other"))("GET", "/v1/assets")).status == 200
    assert not TOLD & set((await Caller(client, user.token)("GET", "/v1/assets")).headers)
