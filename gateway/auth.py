"""Who asks: tokens verified and remembered, passwords, and the limits on guessing them."""

import asyncio
import re
import time
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from ipaddress import IPv6Address, IPv6Network, ip_address
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

import jwt
from aiohttp import web
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from zxcvbn import zxcvbn

from gateway import metrics
from gateway.database import Call, Database, Gate, Row
from gateway.problems import Problem
from gateway.rates import Limiter, refuse_before
from gateway.settings import Settings, SettingsError
from gateway.types import Credential
from gateway.users import PREFIX, no_user

_ASYMMETRIC = {"RS256": RSAPublicKey, "ES256": EllipticCurvePublicKey, "EdDSA": Ed25519PublicKey}
_REMEMBERED = 50_000  # tokens at most, and accounts with an address,
_REMEMBERED_FOR = 60  # seconds at most, and never past their exp
_SLOWED_BY = 5  # seconds at most
_STRENGTH = 2  # of zxcvbn's 0 to 4: more than a million guesses
_JUDGED = 32  # characters; what is strong so far is strong

# argon2id at OWASP's first choice of parameters: 19 MiB, 2 passes, about 25 ms.
_HASHER = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)


class Claims(NamedTuple):
    """What a verified token says."""

    sub: str  # a user's uuid, any name of a service
    role: str
    exp: float
    external_id: str | None = None  # of the user, if there is one


def hash_password(password: str) -> str:
    return _HASHER.hash(_normal(password))


def _check_issuer(settings: Settings) -> None:
    """Refuses what would need a token of this gateway's own, if there are none."""
    if not settings.jwt_secret:
        raise Problem("GW501", "Tokens come from the issuer whose keys are configured.")


def issue_token(
    settings: Settings, sub: str, role: str, issued_at: float | None = None
) -> tuple[str, datetime]:
    """A token of this gateway's own, and when it expires.

    issued_at: seconds since 1970, with a fraction, as it is compared with when tokens were revoked;
    now, if it is not given.
    """
    _check_issuer(settings)
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

    What it finds is remembered, so a token that is cut off is refused within 60 seconds.
    """

    def __init__(self, settings: Settings, get_token_state: Call = _nobody) -> None:
        self._key, self._algorithms = _trusted(settings)
        self._issuer = settings.jwt_issuer or None
        self._audience = settings.jwt_audience or None
        self._subject_claim, self._role_claim = settings.jwt_subject_claim, settings.jwt_role_claim
        self._is_own = bool(settings.jwt_secret)
        self._is_external = settings.jwt_subject_is == "external_id"
        self._values = {  # the mightiest first
            "admin": _values(settings.jwt_admin_values),
            "service": _values(settings.jwt_service_values),
            "user": _values(settings.jwt_user_values),
        }
        self._get_token_state = get_token_state
        self._may_fetch = settings.jwt_jwks.startswith("http")
        self._gate = Gate("tokens", slots=4, queue=100, patience=5)
        self._asking: dict[str, asyncio.Task[Claims]] = {}
        self._known: dict[str, tuple[Claims, float]] = {}  # until when, on a clock that never steps

    async def claims(self, header: str | None) -> Claims:
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Problem("GW401", "The header Authorization: Bearer <token> is missing.")
        claims, until = self._known.get(token, (None, 0.0))
        if claims is not None and monotonic() < until and time.time() < claims.exp:
            return claims
        asking = self._asking.get(token)
        if asking is None:  # else those who have it ask together
            asking = self._asking[token] = asyncio.create_task(self._find(token))
            asking.add_done_callback(lambda _: self._asking.pop(token))
        return await asyncio.shield(asking)

    async def _find(self, token: str) -> Claims:
        asked_at = monotonic()
        try:
            if self._may_fetch:  # which blocks
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
        """What the token says by itself, and when it was issued; 0 if it doesn't say."""
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
        """Of several that it says the mightiest. What this gateway issues says one."""
        is_list = isinstance(said, list) and not self._is_own
        said = {value for value in (said if is_list else [said]) if value}
        for role, values in self._values.items():
            if not values.isdisjoint(said):
                return role
        raise ValueError("no role that is known here")

    async def _check_account(self, claims: Claims, issued_at: float) -> Claims:
        """Refuses what an account's state refuses; a service need not have an account."""
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
    """A claim by its whole name, or else the way to it, as in realm_access.roles."""
    if name in payload:
        return payload[name]
    for part in name.split("."):
        payload = payload[part]
    return payload


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
    """The routes with work of their own around the call: sign-up, log-in, another password.

    An attempt to guess counts until it has succeeded, at three rates: by its address; by account
    and address together; and by account alone, which never refuses but makes those wait whom the
    account doesn't know. So nobody can lock out another who asks from elsewhere.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._get_credential = database.function(
            "get_credential", ("email",), Credential.__struct_fields__
        )
        self._rehash = database.function("rehash_password", ("user_id", "from_hash", "to_hash"))
        self._gate = Gate("passwords", slots=2, queue=100, patience=5)  # 19 MiB, a core
        self._nobody = hash_password("")  # as slow to check as anybody's
        self._by_address = Limiter(settings.address_rate)
        self._by_pair = Limiter(settings.account_rate)
        self._by_account = Limiter(settings.account_rate)
        self._seen: dict[tuple[str, str], None] = {}  # accounts and where they logged in from

    async def sign_up(self, request: web.Request, arguments: Row, call: Call) -> list[Row]:
        """Makes a user who logs in with a password, with a wallet in every asset and what the
        assets give new users.
        Raises: GW429.
        """
        refuse_before(self._by_address.take(self._address(request)), "address")
        email, name = arguments["email"], arguments["name"]
        arguments["password_hash"] = await self._hash_new(arguments["password"], email, name)
        return await call(arguments)

    async def log_in(self, request: web.Request, arguments: Row, call: Call) -> list[Row]:
        """Gives a token for an email address and its password.
        Raises: GW401 GW429 GW501 WA501.
        """
        return [self._token(*await self._check(request, arguments))]

    async def change_password(self, request: web.Request, arguments: Row, call: Call) -> list[Row]:
        """Gives a user another password, and a token; those got with the one before are cut off.
        Raises: GW401 GW429 GW501 WA501.
        """
        _check_issuer(self._settings)
        account, _ = await self._check(request, arguments)
        new = await self._hash_new(arguments["new_password"], arguments["email"])
        sub = str(account["user_id"])
        await call({"user_id": sub, "password_hash": new, "actor": sub})
        return [self._token(account, time.time())]

    async def _check(self, request: web.Request, arguments: Row) -> tuple[Row, float]:
        """The account whose password it is, and when it was looked up."""
        address, email = self._address(request), arguments["email"].lower()
        pair = email, address
        refuse_before(self._by_address.take(address), "address")
        refuse_before(self._by_pair.take(pair), "account")
        too_early = self._by_account.overdraw(email)
        is_wrong = False
        try:
            if too_early and pair not in self._seen:
                await asyncio.sleep(min(too_early, _SLOWED_BY))
            # A password set from here on cuts off the token that is issued for this one.
            asked_at = time.time()
            [account] = await self._get_credential(arguments)
            is_wrong = not await self._is_right(account, arguments["password"])
            if is_wrong:
                raise Problem("GW401", "The email address or the password is wrong.")
            if account["status"] != "active":
                raise Problem("WA501", f"The account is {account['status']}.")
        finally:
            if not is_wrong:
                self._by_address.give_back(address)
                self._by_pair.give_back(pair)
                self._by_account.give_back(email)
        self._seen.pop(pair, None)
        self._seen[pair] = None
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]  # the oldest
        return account, asked_at

    async def _is_right(self, account: Row, password: str) -> bool:
        """Whether it is the account's password, whose hash is made anew if it was a weak one."""
        stored = account["password_hash"]
        try:
            await self._work(_HASHER.verify, stored or self._nobody, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        if stored is not None and _HASHER.check_needs_rehash(stored):
            new = await self._work(hash_password, password)
            values = {"user_id": account["user_id"], "from_hash": stored, "to_hash": new}
            await self._rehash(values)
        return stored is not None

    async def _hash_new(self, password: str, *about: str) -> str:
        """The hash of a password that may be one; `about`: what others know of its owner."""
        if len(_normal(password)) < (least := self._settings.password_length):
            raise _weak_password(f"The password has less than {least} characters.")
        await self._work(_check_strength, password, *about)
        hashed: str = await self._work(hash_password, password)
        return hashed

    def _token(self, account: Row, issued_at: float) -> Row:
        sub, role = str(account["user_id"]), account["role"]
        token, expires_at = issue_token(self._settings, sub, role, issued_at)
        return {"token": token, "expires_at": expires_at, "user_id": sub, "role": role}

    async def _work(self, function: Callable[..., Any], *arguments: str) -> Any:
        async with self._gate:
            return await asyncio.to_thread(function, *arguments)

    def _address(self, request: web.Request) -> str:
        """The client's; behind trusted proxies the one that the outermost of them saw.

        Of IPv6 it is the network of 64 bits, all of whose addresses are one client's.
        """
        hops = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        trusted = self._settings.proxies
        seen = hops[-trusted].strip() if 0 < trusted <= len(hops) else request.remote or ""
        try:
            address = ip_address(seen)
        except ValueError:
            return seen
        if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
            return str(IPv6Network((address, 64), strict=False))
        return str(getattr(address, "ipv4_mapped", None) or address)


def _normal(password: str) -> str:
    """One form of what looks the same, however a keyboard makes it."""
    return unicodedata.normalize("NFKC", password)


def _weak_password(detail: str, hint: str = "Several words are better than one.") -> Problem:
    return Problem("GW422", detail, hint, title="the password is too easy to guess")


def _check_strength(password: str, *about: str) -> None:
    """Refuses what a guesser tries first: common passwords and words, also when disguised."""
    known = [*about, *(part for text in about for part in re.split(r"[\s@.]+", text) if part)]
    found = zxcvbn(_normal(password)[:_JUDGED], user_inputs=known)
    if found["score"] < _STRENGTH:
        feedback = found["feedback"]
        detail = feedback["warning"] or "The password is too easy to guess."
        raise _weak_password(detail, " ".join(feedback["suggestions"]))
