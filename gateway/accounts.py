"""Sign-up, log-in and passwords, and the limits on guessing them."""

import asyncio
import re
import time
import unicodedata
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from aiohttp import web
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from gateway.database import Call, Database, Gate, Row
from gateway.problems import Problem
from gateway.rates import Limiter, refuse_before
from gateway.settings import Settings
from gateway.tokens import check_issuer, issue_token
from gateway.types import Credential

_REMEMBERED = 50_000  # accounts with an address, at most
_SLOWED_BY = 5  # seconds at most
_STRENGTH = 2  # of zxcvbn's 0 to 4: more than a million guesses
_JUDGED = 32  # characters; what is strong so far is strong

# argon2id at OWASP's first choice of parameters: 19 MiB, 2 passes, about 25 ms.
_HASHER = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)


def hash_password(password: str) -> str:
    return _HASHER.hash(_normal(password))


class Accounts:
    """The routes that do work around the call: sign-up, log-in, change of password.

    An attempt to guess a password counts until it succeeds, at three rates: by address, by account
    and address, and by account. The last one refuses nobody. It makes an attempt wait if it comes
    from an address from which the account has not logged in. So nobody can lock out a user who
    asks from elsewhere.
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
        """Makes a user who logs in with a password, with a wallet in every asset and the sign-up
        bonuses of the assets.
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
        """Gives a user another password and a token. Tokens got with the old password end.
        Raises: GW401 GW429 GW501 WA501.
        """
        check_issuer(self._settings)
        account, _ = await self._check(request, arguments)
        new = await self._hash_new(arguments["new_password"], arguments["email"])
        sub = str(account["user_id"])
        await call({"user_id": sub, "password_hash": new, "actor": sub})
        return [self._token(account, time.time())]

    async def _check(self, request: web.Request, arguments: Row) -> tuple[Row, float]:
        """The account that has this password, and when it was looked up."""
        address, email = self._address(request), arguments["email"].lower()
        pair = email, address
        refuse_before(self._by_address.take(address), "address")
        refuse_before(self._by_pair.take(pair), "account")
        too_early = self._by_account.overdraw(email)
        is_wrong = False
        try:
            if too_early and pair not in self._seen:
                await asyncio.sleep(min(too_early, _SLOWED_BY))
            # A password that is set after this moment ends the token that is issued now.
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
        """Whether it is the account's password. A weak hash of it is replaced by a strong one."""
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
        """Checks a new password and gives its hash. about: what others know of its owner."""
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
        """The client's address; behind trusted proxies the one that the outermost of them saw.

        Of an IPv6 address it is the network of 64 bits: one client has all of its addresses.
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
    """One form for texts that look the same, whatever keyboard made them."""
    return unicodedata.normalize("NFKC", password)


def _weak_password(detail: str, hint: str = "Several words are better than one.") -> Problem:
    return Problem("GW422", detail, hint, title="the password is too easy to guess")


def _check_strength(password: str, *about: str) -> None:
    """Refuses what guessers try first: common passwords and words, also disguised ones."""
    known = [*about, *(part for text in about for part in re.split(r"[\s@.]+", text) if part)]
    found = zxcvbn(_normal(password)[:_JUDGED], user_inputs=known)
    if found["score"] < _STRENGTH:
        feedback = found["feedback"]
        detail = feedback["warning"] or "The password is too easy to guess."
        raise _weak_password(detail, " ".join(feedback["suggestions"]))
