"""Who asks: verifies tokens and remembers them; issues tokens of this gateway's own."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from gateway import metrics
from gateway.database import Call, Gate, Row
from gateway.problems import Problem
from gateway.settings import Settings, SettingsError
from gateway.users import PREFIX, no_user

_ASYMMETRIC = {"RS256": RSAPublicKey, "ES256": EllipticCurvePublicKey, "EdDSA": Ed25519PublicKey}
_REMEMBERED = 50_000  # tokens at most
_REMEMBERED_FOR = 60  # seconds at most, and never past their exp


class Claims(NamedTuple):
    """What a verified token says."""

    sub: str  # a user's uuid, any name of a service
    role: str
    exp: float
    external_id: str | None = None  # of the user, if there is one


def check_issuer(settings: Settings) -> None:
    """Raises GW501 if this gateway issues no tokens of its own."""
    if not settings.jwt_secret:
        raise Problem("GW501", "Tokens come from the issuer whose keys are configured.")


def issue_token(
    settings: Settings, sub: str, role: str, issued_at: float | None = None
) -> tuple[str, datetime]:
    """A token of this gateway's own, and when it expires.

    issued_at: seconds since 1970, now by default. It keeps its fraction, because it is compared
    with the moment at which tokens were revoked.
    """
    check_issuer(settings)
    now = time.time() if issued_at is None else issued_at
    exp = int(now) + settings.token_ttl
    payload = {"sub": sub, "role": role, "iat": now, "exp": exp}
    if settings.jwt_issuer:
        payload["iss"] = settings.jwt_issuer
    if settings.jwt_audience:
        payload["aud"] = settings.jwt_audience
    token = jwt.encode(payload, settings.jwt_secret, "HS256")
    return token, datetime.fromtimestamp(exp, UTC)


async def _nobody(_: Mapping[str, Any]) -> list[Row]:
    return []


class Verifier:
    """Turns `Authorization: Bearer <token>` into claims.

    It remembers what it found for 60 seconds. A revoked token is refused after that.
    """

    def __init__(self, settings: Settings, get_token_state: Call = _nobody) -> None:
        self._key, self._algorithms = _trusted(settings)
        self._issuer = settings.jwt_issuer or None
        self._audience = settings.jwt_audience or None
        self._subject_claim, self._role_claim = settings.jwt_subject_claim, settings.jwt_role_claim
        self._is_own = bool(settings.jwt_secret)
        self._is_external = settings.jwt_subject_is == "external_id"
        self._values = {  # the role with the most rights first
            "admin": _values(settings.jwt_admin_values),
            "service": _values(settings.jwt_service_values),
            "support": _values(settings.jwt_support_values),
            "user": _values(settings.jwt_user_values),
        }
        self._get_token_state = get_token_state
        self._may_fetch = settings.jwt_jwks.startswith("http")
        self._gate = Gate("tokens", slots=4, queue=100, patience=5)
        self._asking: dict[str, asyncio.Task[Claims]] = {}
        self._known: dict[str, tuple[Claims, float]] = {}  # until: on the monotonic clock

    async def claims(self, header: str | None) -> Claims:
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Problem("GW401", "The header Authorization: Bearer <token> is missing.")
        claims, until = self._known.get(token, (None, 0.0))
        if claims is not None and monotonic() < until and time.time() < claims.exp:
            return claims
        asking = self._asking.get(token)
        if asking is None:  # requests with the same token share one look-up
            asking = self._asking[token] = asyncio.create_task(self._find(token))
            asking.add_done_callback(lambda _: self._asking.pop(token))
        return await asyncio.shield(asking)

    async def _find(self, token: str) -> Claims:
        asked_at = monotonic()
        try:
            if self._may_fetch:  # fetching keys blocks the thread
                async with self._gate:
                    said, issued_at = await asyncio.to_thread(self._verify, token)
            else:
                said, issued_at = self._verify(token)
            claims = await self._check_account(said, issued_at)
        except Problem:
            metrics.tokens.labels("refused").inc()
            raise
        metrics.tokens.labels("accepted").inc()
        if len(self._known) >= _REMEMBERED:
            del self._known[next(iter(self._known))]  # the oldest
        self._known[token] = claims, asked_at + _REMEMBERED_FOR
        return claims

    def _verify(self, token: str) -> tuple[Claims, float]:
        """What the token says, and when it was issued; 0 if it doesn't say."""
        try:
            payload = jwt.decode(
                token,
                self._key(token),
                self._algorithms,
                issuer=self._issuer,
                audience=self._audience,
                options={"require": ["exp"], "verify_aud": bool(self._audience)},
            )
            sub = _claim(payload, self._subject_claim)
            role = self._role(_claim(payload, self._role_claim))
            if not sub or not sub.isprintable():
                raise ValueError("nobody that can be named")
            return Claims(sub, role, float(payload["exp"])), float(payload.get("iat", 0))
        except jwt.PyJWKClientConnectionError:
            raise Problem("GW503", "The issuer's keys can't be fetched.") from None
        except jwt.ExpiredSignatureError:
            raise Problem("GW401", "The token has expired.") from None
        except (
            jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError, OverflowError
        ):  # fmt: skip
            raise Problem("GW401", "The token is not valid here.") from None

    def _role(self, said: Any) -> str:
        """The role with the most rights of those that the token names."""
        is_list = isinstance(said, list) and not self._is_own
        said = {value for value in (said if is_list else [said]) if value}
        for role, values in self._values.items():
            if not values.isdisjoint(said):
                return role
        raise ValueError("no role that is known here")

    async def _check_account(self, claims: Claims, issued_at: float) -> Claims:
        """Refuses a token if its account is closed, frozen or missing. A service needs none."""
        user_id, external_id = None, None
        if self._is_external:
            external_id = claims.sub
        elif claims.sub.startswith(PREFIX):
            external_id = claims.sub.removeprefix(PREFIX)
        else:
            try:
                user_id = UUID(claims.sub)
            except ValueError:
                if claims.role == "user":
                    raise Problem("GW401", "The token is not valid here.") from None
                return claims
        state = await self._get_token_state({"user_id": user_id, "external_id": external_id})
        if not state:
            if claims.role == "user":
                raise no_user(user_id or PREFIX + str(external_id))
            return claims
        [account] = state
        if account["status"] != "active":
            raise Problem("WA501", f"The account is {account['status']}.")
        revoked_at = account["tokens_revoked_at"]
        if revoked_at is not None and issued_at < revoked_at.timestamp():
            raise Problem("GW401", "The token has been revoked.")
        return claims._replace(sub=str(account["user_id"]), external_id=account["external_id"])


def _values(setting: str) -> frozenset[str]:
    return frozenset(value.strip() for value in setting.split(","))


def _claim(payload: Any, name: str) -> Any:
    """A claim by its name, or by a path such as realm_access.roles."""
    if name in payload:
        return payload[name]
    for part in name.split("."):
        payload = payload[part]
    return payload


def _trusted(settings: Settings) -> tuple[Callable[[str], Any], list[str]]:
    """The key that must have signed a token, and the algorithms that such keys are for."""
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
