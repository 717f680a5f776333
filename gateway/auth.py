"""Who asks: tokens verified and remembered, passwords, and the limits on guessing them."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, get_args
from uuid import UUID

import jwt
from aiohttp import web
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from limits import RateLimitItem
from limits import parse as parse_rate
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway import metrics
from gateway.database import Call, Gate, Row
from gateway.problems import Problem
from gateway.settings import Settings, SettingsError
from gateway.types import Role

_ASYMMETRIC = {"RS256": RSAPublicKey, "ES256": EllipticCurvePublicKey, "EdDSA": Ed25519PublicKey}
_REMEMBERED = 10_000  # tokens at most,
_REMEMBERED_FOR = 60  # seconds at most, and never past their exp
_ROLES = get_args(Role)


# argon2id at OWASP's first choice of parameters: 19 MiB, 2 passes, about 25 ms.
_HASHER = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)


class Claims(NamedTuple):
    """What a verified token says."""

    sub: str  # a user's uuid, any name of a service
    role: str
    exp: float


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def issue_token(settings: Settings, sub: str, role: str) -> tuple[str, datetime]:
    """A token of this gateway's own, and when it expires."""
    if not settings.jwt_secret:
        raise Problem("GW501", "Tokens come from the issuer whose keys are configured.")
    now = int(time.time())
    payload = {"sub": sub, "role": role, "iat": now, "exp": now + settings.token_ttl}
    if settings.jwt_issuer:
        payload["iss"] = settings.jwt_issuer
    if settings.jwt_audience:
        payload["aud"] = settings.jwt_audience
    token = jwt.encode(payload, settings.jwt_secret, "HS256")
    return token, datetime.fromtimestamp(now + settings.token_ttl, UTC)


class Verifier:
    """Turns `Authorization: Bearer <token>` into claims."""

    def __init__(self, settings: Settings) -> None:
        self._key, self._algorithms = _trusted(settings)
        self._issuer = settings.jwt_issuer or None
        self._audience = settings.jwt_audience or None
        self._may_fetch = settings.jwt_jwks.startswith("http")
        self._gate = Gate("tokens", slots=4, queue=100, patience=5)
        self._known: dict[str, tuple[Claims, float]] = {}  # until when, on a clock that never steps

    async def claims(self, header: str | None) -> Claims:
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Problem("GW401", "The header Authorization: Bearer <token> is missing.")
        claims, until = self._known.get(token, (None, 0.0))
        if claims is not None and time.monotonic() < until and time.time() < claims.exp:
            return claims
        try:
            if self._may_fetch:  # which blocks
                async with self._gate:
                    claims = await asyncio.to_thread(self._verify, token)
            else:
                claims = self._verify(token)
        except Problem:
            metrics.tokens.labels("refused").inc()
            raise
        metrics.tokens.labels("accepted").inc()
        if len(self._known) >= _REMEMBERED:
            del self._known[next(iter(self._known))]  # the oldest
        self._known[token] = claims, time.monotonic() + _REMEMBERED_FOR
        return claims

    def _verify(self, token: str) -> Claims:
        try:
            payload = jwt.decode(
                token,
                self._key(token),
                self._algorithms,
                issuer=self._issuer,
                audience=self._audience,
                options={"require": ["exp", "sub", "role"], "verify_aud": bool(self._audience)},
            )
            claims = Claims(payload["sub"], payload["role"], float(payload["exp"]))
            if not claims.sub or claims.role not in _ROLES:
                raise ValueError("nobody that is known here")
            return claims._replace(sub=str(UUID(claims.sub))) if claims.role == "user" else claims
        except jwt.PyJWKClientConnectionError:
            raise Problem("GW503", "The issuer's keys can't be fetched.") from None
        except jwt.ExpiredSignatureError:
            raise Problem("GW401", "The token has expired.") from None
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError):
            raise Problem("GW401", "The token is not valid here.") from None


def _trusted(settings: Settings) -> tuple[Callable[[str], Any], list[str]]:
    """The key that a token has to be signed with, and the algorithms that go with such keys."""
    if secret := settings.jwt_secret:
        return lambda token: secret, ["HS256"]
    try:
        if source := settings.jwt_public_key:
            pem = source if source.startswith("-----") else Path(source).read_text()
            key = load_pem_public_key(pem.encode())
            [algorithm] = [name for name, kind in _ASYMMETRIC.items() if isinstance(key, kind)]
            return lambda token: key, [algorithm]
        if (source := settings.jwt_jwks).startswith("http"):
            client = jwt.PyJWKClient(source, timeout=5)
            return client.get_signing_key_from_jwt, list(_ASYMMETRIC)
        if source:
            keys = jwt.PyJWKSet.from_json(Path(source).read_text())
            return lambda token: keys[jwt.get_unverified_header(token)["kid"]], list(_ASYMMETRIC)
    except (OSError, ValueError, jwt.PyJWTError) as error:
        raise SettingsError(f"PGWALLET_JWT_PUBLIC_KEY or _JWKS is of no use: {error}") from error
    raise SettingsError("PGWALLET_JWT_SECRET is missing, or _PUBLIC_KEY, or _JWKS")


class Accounts:
    """Sign-up and log-in, the two routes with work of their own around the call."""

    def __init__(self, settings: Settings, set_password: Call) -> None:
        self._settings = settings
        self._set_password = set_password
        self._gate = Gate("passwords", slots=2, queue=100, patience=5)  # 19 MiB, a core
        self._nobody = hash_password("")  # as slow to check as anybody's
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._address_rate = parse_rate(settings.address_rate)
        self._account_rate = parse_rate(settings.account_rate)

    async def sign_up(self, request: web.Request, arguments: Row, call: Call) -> list[Row]:
        """Makes a user who logs in with a password, with a wallet in every asset and what the
        assets give new users.
        Raises: GW429.
        """
        self._count(self._address_rate, "address", self._address(request))
        arguments["password_hash"] = await self._work(hash_password, arguments["password"])
        return await call(arguments)

    async def log_in(self, request: web.Request, arguments: Row, call: Call) -> list[Row]:
        """Gives a token for an email address and its password.
        Raises: GW401 GW429 GW501 WA501.
        """
        self._count(self._address_rate, "address", self._address(request))
        self._count(self._account_rate, "account", arguments["email"].lower())
        [account] = await call(arguments)
        stored, password = account["password_hash"], arguments["password"]
        try:
            await self._work(_HASHER.verify, stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            stored = None
        if stored is None:
            raise Problem("GW401", "The email address or the password is wrong.")
        if account["status"] != "active":
            raise Problem("WA501", f"The account is {account['status']}.")
        sub = str(account["user_id"])
        if _HASHER.check_needs_rehash(stored):
            new = await self._work(hash_password, password)
            await self._set_password({"user_id": sub, "password_hash": new, "actor": sub})
        token, expires_at = issue_token(self._settings, sub, account["role"])
        answer = {"token": token, "expires_at": expires_at, "user_id": sub, "role": account["role"]}
        return [answer]

    async def _work(self, function: Callable[..., Any], *arguments: str) -> Any:
        async with self._gate:
            return await asyncio.to_thread(function, *arguments)

    def _count(self, rate: RateLimitItem, *key: str) -> None:
        if not self._limiter.hit(rate, *key):
            metrics.throttled.labels(key[0]).inc()
            wait = self._limiter.get_window_stats(rate, *key).reset_time - time.time()
            raise Problem("GW429", headers={"Retry-After": str(max(1, round(wait + 0.5)))})

    def _address(self, request: web.Request) -> str:
        """The client's; behind trusted proxies the one that the outermost of them saw."""
        hops = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        trusted = self._settings.proxies
        return hops[-trusted].strip() if 0 < trusted <= len(hops) else request.remote or ""
