"""Which tokens are accepted, and that another's wallet is as none."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.app import create_app
from gateway.problems import Problem
from gateway.settings import Settings, SettingsError
from gateway.tokens import Verifier

from .conftest import NOBODY, SECRET, Caller, make_token, problem

NOW = int(time.time())


def pem(key: Any) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


KEYS = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
CLAIMS = {"sub": "a service", "role": "service", "exp": NOW + 86_400}


def unsigned(header: dict[str, Any], payload: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in (header, payload))
    return ".".join(part.rstrip(b"=").decode() for part in parts) + "."


def raise_(error: Exception) -> None:
    raise error


async def accepts(verifier: Verifier, token: str) -> bool:
    try:
        await verifier.claims(f"Bearer {token}")
    except Problem as refusal:
        assert refusal.code == "GW401"
        return False
    return True


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer x"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": make_token("admin", "x")},
    ],
)
async def test_a_route_needs_a_token(anyone: Caller, headers: dict[str, str]) -> None:
    answer = await anyone("GET", "/v1/assets", headers=headers)
    assert await problem(answer) == (401, "GW401")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_the_scheme_is_in_any_case(anyone: Caller) -> None:
    headers = {"Authorization": f"bEARER {make_token('admin', 'x')}"}
    assert (await anyone("GET", "/v1/assets", headers=headers)).status == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW - 1},
        {"exp": None},
        {"exp": "soon"},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"sub": None},
        {"sub": ""},
        {"role": None},
        {"role": "root"},
        {"role": ["admin"]},
        {"role": "user", "sub": "not a uuid"},
        {"nbf": NOW + 86_400},
        {"iat": NOW + 86_400},
        {"iat": "soon"},
        {"iat": []},
        {"iat": float("nan")},
        {"sub": "a\0b"},
        {"sub": "\ud800"},
    ],
)
async def test_claims_are_checked(claims: dict[str, Any]) -> None:
    token = make_token(**{"role": "service", "sub": "a service"} | claims)
    assert not await accepts(Verifier(Settings(jwt_secret=SECRET)), token)


async def test_another_secret_is_refused() -> None:
    token = make_token("admin", "x", secret=SECRET + "!")
    assert not await accepts(Verifier(Settings(jwt_secret=SECRET)), token)


@pytest.mark.parametrize("algorithm", ["none", "None", "HS384", "HS512", "RS256"])
async def test_only_hs256_goes_with_a_secret(algorithm: str) -> None:
    verifier = Verifier(Settings(jwt_secret=SECRET))
    assert not await accepts(verifier, unsigned({"alg": algorithm}, CLAIMS))
    if algorithm.startswith("HS"):
        assert not await accepts(verifier, jwt.encode(CLAIMS, SECRET * 2, algorithm))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": {"kty": "oct", "k": "c2VjcmV0"}},
        {"jku": "http://127.0.0.1:1/keys"},
        {"x5u": "http://127.0.0.1:1/keys"},
        {"x5c": ["MIIB"]},
        {"kid": "/dev/null"},
        {"kid": "' UNION SELECT 'c2VjcmV0"},
        {"kid": "a\0b"},
    ],
    ids=str,
)
async def test_a_token_brings_no_key_of_its_own(header: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(key_set("one"))
    kid = {"kid": "one"} | header
    for settings in (Settings(jwt_secret=SECRET), Settings(jwt_jwks=str(file))):
        for secret in ("secret" * 6, "\0" * 32):
            forged = jwt.encode(CLAIMS, secret, "HS256", headers=kid)
            assert not await accepts(Verifier(settings), forged)


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"crit": []}, {"b64": False}], ids=str)
async def test_a_header_that_is_not_understood(header: dict[str, Any]) -> None:
    token = jwt.encode(CLAIMS, SECRET, "HS256", headers=header)
    assert not await accepts(Verifier(Settings(jwt_secret=SECRET)), token)


@pytest.mark.parametrize("algorithm", KEYS)
async def test_a_public_key_takes_its_own_algorithm(algorithm: str) -> None:
    verifier = Verifier(Settings(jwt_public_key=pem(KEYS[algorithm])))
    for other, key in KEYS.items():
        assert await accepts(verifier, jwt.encode(CLAIMS, key, other)) == (other == algorithm)


@pytest.mark.parametrize("algorithm", KEYS)
async def test_a_public_key_is_no_secret(algorithm: str) -> None:
    import hashlib
    import hmac

    text = pem(KEYS[algorithm])
    head = unsigned({"alg": "HS256"}, CLAIMS).rstrip(".")
    mac = hmac.new(text.encode(), head.encode(), hashlib.sha256).digest()
    forged = f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    assert not await accepts(Verifier(Settings(jwt_public_key=text)), forged)


async def test_a_key_file(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text(pem(KEYS["ES256"]))
    verifier = Verifier(Settings(jwt_public_key=str(file)))
    assert await accepts(verifier, jwt.encode(CLAIMS, KEYS["ES256"], "ES256"))


def key_set(*kids: str) -> str:
    jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEYS["ES256"].public_key()))
    oct_key = {"kty": "oct", "kid": "oct", "k": base64.urlsafe_b64encode(b"s" * 32).decode()}
    return json.dumps({"keys": [jwk | {"kid": kid, "use": "sig"} for kid in kids] + [oct_key]})


async def test_a_key_set_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(key_set("one"))
    verifier = Verifier(Settings(jwt_jwks=str(file)))
    for kid, is_accepted in {"one": True, "two": False}.items():
        token = jwt.encode(CLAIMS, KEYS["ES256"], "ES256", headers={"kid": kid})
        assert await accepts(verifier, token) == is_accepted
    assert not await accepts(verifier, jwt.encode(CLAIMS, KEYS["ES256"], "ES256"))
    forged = jwt.encode(CLAIMS, b"s" * 32, "HS256", headers={"kid": "oct"})
    assert not await accepts(verifier, forged)


async def test_a_key_set_by_url(aiohttp_server: Any) -> None:
    from aiohttp import web

    app = web.Application()
    kids, asked = ["one"], []

    async def serve(request: web.Request) -> web.Response:
        asked.append(request)
        return web.Response(text=key_set(*kids), content_type="application/json")

    app.router.add_get("/keys", serve)
    server = await aiohttp_server(app)
    verifier = Verifier(Settings(jwt_jwks=str(server.make_url("/keys"))))
    for kid, is_accepted in {"one": True, "two": False, "three": False}.items():
        token = jwt.encode(CLAIMS, KEYS["ES256"], "ES256", headers={"kid": kid})
        assert await accepts(verifier, token) == is_accepted
    assert len(asked) <= 2  # unknown keys don't make it ask each time


async def test_a_key_set_that_is_away_is_no_refusal(unused_tcp_port: int) -> None:
    verifier = Verifier(Settings(jwt_jwks=f"http://127.0.0.1:{unused_tcp_port}/keys"))
    with pytest.raises(Problem) as raised:
        await verifier.claims("Bearer " + jwt.encode(CLAIMS, KEYS["ES256"], "ES256"))
    assert raised.value.status in (401, 503)
    token = jwt.encode(CLAIMS, KEYS["ES256"], "ES256", headers={"kid": "one"})
    with pytest.raises(Problem, match="GW503"):
        await verifier.claims(f"Bearer {token}")


async def test_issuer_and_audience_are_checked_when_configured() -> None:
    lax = Verifier(Settings(jwt_secret=SECRET))
    strict = Verifier(Settings(jwt_secret=SECRET, jwt_issuer="us", jwt_audience="wallet"))
    right = {"iss": "us", "aud": ["wallet", "shop"]}
    assert await accepts(strict, make_token("admin", "x", **right))
    assert await accepts(lax, make_token("admin", "x", **right))
    assert await accepts(lax, make_token("admin", "x"))
    half = ({}, {"iss": "us"}, {"aud": "wallet"})
    for wrong in (*half, right | {"iss": "them"}, right | {"aud": "shop"}):
        assert not await accepts(strict, make_token("admin", "x", **wrong))


async def test_a_remembered_token_still_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    verifier = Verifier(Settings(jwt_secret=SECRET))
    now = int(time.time())
    token = make_token("admin", "x", exp=now + 30)
    assert await accepts(verifier, token)
    assert await accepts(verifier, token)
    monkeypatch.setattr(time, "time", lambda: now + 31.0)
    monkeypatch.setattr(verifier, "_verify", lambda _: raise_(Problem("GW401")))
    assert not await accepts(verifier, token)


async def test_a_clock_that_steps_back_lets_nothing_be_remembered_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verifier = Verifier(Settings(jwt_secret=SECRET))
    verified: list[str] = []
    verify = verifier._verify
    monkeypatch.setattr(verifier, "_verify", lambda token: verified.append(token) or verify(token))
    header = f"Bearer {make_token('service', 'x')}"
    await verifier.claims(header)
    wall, steady = time.time(), time.monotonic()
    monkeypatch.setattr("gateway.tokens.time.time", lambda: wall - 3600)
    await verifier.claims(header)
    assert len(verified) == 1
    monkeypatch.setattr("gateway.tokens.monotonic", lambda: steady + 61)
    await verifier.claims(header)
    assert len(verified) == 2


async def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.tokens._REMEMBERED", 10)
    verifier = Verifier(Settings(jwt_secret=SECRET))
    for number in range(30):
        assert await accepts(verifier, make_token("service", f"service {number}"))
    assert len(verifier._known) == 10


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"jwt_public_key": "/nowhere"},
        {"jwt_public_key": "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----"},
        {"jwt_jwks": "/nowhere"},
    ],
)
def test_unusable_keys_are_refused_at_the_start(keys: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="PGWALLET_JWT"):
        create_app(Settings(**keys))


OTHERS = [
    ("GET", "", None),
    ("GET", "/balances/GOLD", None),
    ("GET", "/transactions", None),
    ("GET", "/ledger", None),
    ("GET", "/holds", None),
    ("GET", f"/transactions/{NOBODY}", None),
    ("POST", "/spend", {"asset": "GOLD", "amount": 1}),
    ("POST", "/convert", {"from_asset": "GOLD", "to_asset": "SILVER", "amount": 1}),
    ("POST", "/tasks/1/complete", None),
    ("POST", "/items/1/buy", {"quantity": 1}),
]


@pytest.mark.parametrize(("method", "path", "body"), OTHERS)
async def test_anothers_wallet_is_as_none(
    new_user: Any, gateway: Any, method: str, path: str, body: Any
) -> None:
    ann, bob = await new_user(10), await new_user(10)
    answers = []
    for user_id in (bob.user_id, NOBODY):
        answer = await ann(method, f"/v1/wallets/{user_id}{path}", body)
        assert await problem(answer) == (404, "WA201")
        said = await answer.json()
        del said["request_id"]
        answers.append({name: str(value).replace(user_id, "") for name, value in said.items()})
    assert answers[0] == answers[1]


async def test_sql_knows_no_user_in_the_same_words(user: Caller, gateway: Any) -> None:
    answers = []
    for caller in (user, Caller(gateway, make_token("user", NOBODY))):
        answer = await caller("GET", f"/v1/wallets/{NOBODY}")
        assert await problem(answer) == (404, "WA201")
        answers.append({**await answer.json(), "request_id": None})
    assert answers[0] == answers[1]


async def test_me_is_the_tokens_user(user: Caller, admin: Caller) -> None:
    assert (await (await user("GET", "/v1/wallets/me")).json())["user_id"] == user.user_id
    assert await problem(await admin("GET", "/v1/wallets/me")) == (422, "GW422")


async def test_an_own_wallet_in_capitals_is_ones_own(user: Caller) -> None:
    assert user.user_id
    assert (await user("GET", f"/v1/wallets/{user.user_id.upper()}")).status == 200
