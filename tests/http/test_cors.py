"""Pages of other origins get nothing, unless a setting names them."""

from typing import Any

import pytest
from msgspec.structs import replace

from gateway.app import create_app
from gateway.settings import Settings, SettingsError

from .conftest import Caller, problem

GAME, SHOP = "https://game.example", "http://localhost:3000"
EXPOSED = "Dry-Run, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
}


def granted(answer: Any) -> dict[str, str]:
    return {
        name: value
        for name, value in answer.headers.items()
        if name.startswith("Access-Control-") or name == "Vary"
    }


@pytest.fixture
async def opened(aiohttp_client: Any, settings: Settings) -> Any:
    return await aiohttp_client(create_app(replace(settings, cors_origins=f"{GAME},{SHOP}")))


async def test_it_is_closed_by_default(user: Caller) -> None:
    for method in ("GET", "OPTIONS"):
        headers = {"Origin": GAME} | (PREFLIGHT if method == "OPTIONS" else {})
        answer = await user(method, "/v1/wallets/me", headers=headers)
        assert answer.status == (200 if method == "GET" else 405)
        assert not granted(answer)


@pytest.mark.parametrize("origin", [GAME, SHOP])
async def test_a_preflight_is_answered(opened: Any, origin: str) -> None:
    headers = {"Origin": origin} | PREFLIGHT
    answer = await opened.options("/v1/wallets/me/spend", headers=headers)
    assert (answer.status, await answer.read()) == (204, b"")
    assert granted(answer) == {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST, PATCH, PUT, DELETE",
        "Access-Control-Allow-Headers": (
            "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Request-ID"
        ),
        "Access-Control-Max-Age": "600",
        "Access-Control-Expose-Headers": EXPOSED,
        "Vary": "Origin",
    }
    assert "X-Request-ID" in answer.headers


async def test_an_answer_may_be_read(opened: Any, user: Caller) -> None:
    asker = Caller(opened, user.token)
    for path, status in (("/v1/wallets/me", 200), ("/v1/nowhere", 404), ("/v1/admin/verify", 403)):
        answer = await asker("GET", path, headers={"Origin": GAME})
        assert answer.status == status
        assert granted(answer)["Access-Control-Allow-Origin"] == GAME
        assert granted(answer)["Access-Control-Expose-Headers"] == EXPOSED
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        "https://game.example.evil.example",
        "http://game.example",
        "https://game.example:444",
        "https://sub.game.example",
        "HTTPS://GAME.EXAMPLE",
        f"{GAME},{SHOP}",
        "",
    ],
)
async def test_no_other_origin_is_let_in(opened: Any, user: Caller, origin: str | None) -> None:
    given = {} if origin is None else {"Origin": origin}
    answer = await Caller(opened, user.token)("GET", "/v1/wallets/me", headers=given)
    assert answer.status == 200
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"  # a cache must not give it to another origin
    answer = await opened.options("/v1/wallets/me", headers=given | PREFLIGHT)
    assert await problem(answer) == (405, "GW405")
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "origins",
    [
        "*",
        "null",
        "game.example",
        "https://game.example/",
        "https://*.example",
        "https://Game.example",
        "https://game.example https://shop.example",
        "https://user@game.example",
        "ftp://game.example",
        "https://game.example,*",
    ],
)
def test_an_origin_is_as_browsers_send_it(origins: str) -> None:
    with pytest.raises(SettingsError, match="PGWALLET_CORS_ORIGINS"):
        Settings.from_env({"PGWALLET_CORS_ORIGINS": origins})


async def test_every_answer_has_safe_headers(user: Caller) -> None:
    for path in ("/v1/wallets/me", "/v1/nowhere", "/health", "/docs", "/metrics"):
        headers = (await user("GET", path)).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "Server" not in headers
