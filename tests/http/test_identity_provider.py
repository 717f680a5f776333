"""Tokens of the host's identity provider, read as the settings say."""

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from msgspec.structs import replace

from gateway.app import create_app
from gateway.problems import Problem
from gateway.settings import Settings, SettingsError
from gateway.tokens import Verifier

from .conftest import SECRET, Caller, problem
from .test_tokens import KEYS, key_set

KEYCLOAK = {"jwt_role_claim": "realm_access.roles", "jwt_user_values": "player, tester",
            "jwt_admin_values": "wallet-admin", "jwt_service_values": "wallet-service"}  # fmt: skip
AUTH0 = {"jwt_role_claim": "https://game.example/roles", "jwt_subject_is": "external_id",
         "jwt_admin_values": "admin"}  # fmt: skip


def sign(**claims: Any) -> str:
    claims = {"exp": int(time.time()) + 600, "iat": int(time.time())} | claims
    return jwt.encode(claims, KEYS["ES256"], "ES256", headers={"kid": "one"})


@pytest.fixture
def issuer(settings: Settings, tmp_path: Path) -> Any:
    """issuer(**settings): a gateway's settings, with that issuer's keys in a file."""
    file = tmp_path / "jwks.json"
    file.write_text(key_set("one"))
    return lambda **more: replace(settings, jwt_secret="", jwt_jwks=str(file), **more)


async def role_of(settings: Settings, **claims: Any) -> str | None:
    try:
        return (await Verifier(settings).claims(f"Bearer {sign(**claims)}")).role
    except Problem as refusal:
        return {"GW401": None, "WA201": "user"}[refusal.code]  # no account was asked for


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (["player"], "user"),
        (["offline_access", "tester"], "user"),
        (["wallet-admin", "player"], "admin"),
        (["wallet-service", "player"], "service"),
        (["wallet-admin", "wallet-service"], "admin"),
        ("player", "user"),
        (["admin"], None),
        (["user"], None),
        (["player, tester"], None),
        (["PLAYER"], None),
        ([], None),
        ([""], None),
        ("", None),
        (None, None),
        ({"player": True}, None),
        ([["player"]], None),
        ([{"player": 1}], None),
        (1, None),
        (True, None),
    ],
)
async def test_roles_of_keycloak(issuer: Any, roles: Any, role: str | None) -> None:
    settings = issuer(**KEYCLOAK)
    claims = {"sub": str(uuid4()), "realm_access": {"roles": roles}}
    assert await role_of(settings, **claims) == role


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"realm_access": None},
        {"realm_access": []},
        {"realm_access": "roles"},
        {"realm_access": {}},
        {"realm_access": ["roles"]},
        {"role": "admin"},
        {"roles": ["wallet-admin"]},
    ],
)
async def test_who_has_no_role_is_nobody(issuer: Any, claims: Any) -> None:
    assert await role_of(issuer(**KEYCLOAK), sub="x", **claims) is None


async def test_a_claim_with_dots_in_its_name(issuer: Any) -> None:
    settings = issuer(**AUTH0)
    assert await role_of(settings, sub="x", **{"https://game.example/roles": ["admin"]}) == "admin"
    assert await role_of(settings, sub="x", role="admin") is None


async def test_a_subject_of_another_name(issuer: Any) -> None:
    settings = issuer(jwt_subject_claim="user.login")
    verifier = Verifier(settings)
    token = sign(role="service", user={"login": "till"}, sub="other")
    assert (await verifier.claims(f"Bearer {token}")).sub == "till"
    for user in ({}, {"login": ""}, {"login": 1}, {"login": "a\0b"}, {"login": "\ud800"}, "login"):
        assert await role_of(settings, role="service", user=user) is None


@pytest.fixture
async def host(aiohttp_client: Any, issuer: Any) -> Any:
    """A gateway whose users are known by the provider's ids."""
    settings = issuer(jwt_subject_is="external_id", jwt_user_values="player")
    return await aiohttp_client(create_app(settings))


async def test_a_subject_is_the_hosts_id(host: Any, admin: Caller) -> None:
    external_id = f"auth0|{uuid4()}"
    answer = await admin("POST", "/v1/admin/users", {"external_id": external_id})
    user_id = (await answer.json())["user_id"]
    player = Caller(host, sign(sub=external_id, role="player"))
    for name in ("me", user_id, f"ext:{external_id.replace('|', '%7C')}"):
        answer = await player("GET", f"/v1/wallets/{name}")
        assert answer.status == 200
        assert (await answer.json())["user_id"] == user_id

    # What looks like one of our ids is none there.
    impostor = Caller(host, sign(sub=user_id, role="player"))
    assert await problem(await impostor("GET", "/v1/wallets/me")) == (404, "WA201")
    impostor = Caller(host, sign(sub=f"ext:{external_id}", role="player"))
    assert await problem(await impostor("GET", "/v1/wallets/me")) == (404, "WA201")

    # They are cut off by when they were issued.
    await admin("POST", f"/v1/admin/users/{user_id}/tokens/revoke")
    cut = Caller(host, sign(sub=external_id, role="player", iat=int(time.time()) - 5))
    assert await problem(await cut("GET", "/v1/wallets/me")) == (401, "GW401")


async def test_an_unknown_subject(host: Any, admin: Caller) -> None:
    external_id = str(uuid4())
    player = Caller(host, sign(sub=external_id, role="player"))
    for path in ("/v1/wallets/me", "/v1/assets"):
        assert await problem(await player("GET", path)) == (404, "WA201")
    await admin("POST", "/v1/admin/users", {"external_id": external_id})
    assert (await player("GET", "/v1/wallets/me")).status == 200  # no refusal is remembered


async def test_a_service_needs_no_account(host: Any) -> None:
    service = Caller(host, sign(sub="client-7@clients", role="service"))
    assert (await service("GET", "/v1/assets")).status == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PGWALLET_JWT_SUBJECT_CLAIM", "email"),
        ("PGWALLET_JWT_SUBJECT_IS", "external_id"),
        ("PGWALLET_JWT_ROLE_CLAIM", "roles"),
        ("PGWALLET_JWT_USER_VALUES", "player"),
        ("PGWALLET_JWT_ADMIN_VALUES", "root"),
    ],
)
def test_own_tokens_say_what_they_always_say(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match="PGWALLET_JWT_SUBJECT_"):
        Settings.from_env({name: value, "PGWALLET_JWT_SECRET": SECRET})
    Settings.from_env({name: value, "PGWALLET_JWT_JWKS": "https://id.example/keys"})
