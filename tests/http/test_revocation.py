"""A token that is cut off is refused within 60 seconds."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import pytest

from gateway.accounts import Accounts, hash_password
from gateway.settings import Settings
from gateway.tokens import Verifier

from .conftest import NOBODY, SECRET, Caller, make_token, problem

PASSWORD = "correct horse battery"


@pytest.fixture
def email() -> str:
    return f"{uuid4()}@example.com"


@pytest.fixture
async def alice(anyone: Caller, email: str) -> Caller:
    """A user who has logged in, and asked."""
    body = {"name": "Alice", "email": email, "password": PASSWORD}
    assert (await anyone("POST", "/v1/auth/signup", body)).status == 201
    return await log_in(anyone, email)


async def log_in(anyone: Caller, email: str) -> Caller:
    body = {"email": email, "password": PASSWORD}
    login = await (await anyone("POST", "/v1/auth/login", body)).json()
    alice = Caller(anyone.client, login["token"], login["user_id"])
    assert (await alice("GET", "/v1/wallets/me")).status == 200
    return alice


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """later(): so many seconds after now, by the clock that the memory of tokens goes by."""

    def move(seconds: float) -> None:
        monkeypatch.setattr("gateway.tokens.monotonic", lambda: time.monotonic() + seconds)

    return move


async def revoke(admin: Caller, user: Caller) -> None:
    answer = await admin("POST", f"/v1/admin/users/{user.user_id}/tokens/revoke")
    assert answer.status == 200
    assert (await answer.json())["user_id"] == user.user_id


async def test_tokens_are_cut_off_within_a_minute(
    alice: Caller, email: str, anyone: Caller, admin: Caller, user: Caller, later: Any
) -> None:
    assert (await user("GET", "/v1/wallets/me")).status == 200
    await revoke(admin, alice)
    later(61)
    answer = await alice("GET", "/v1/wallets/me")
    assert await problem(answer) == (401, "GW401")
    assert (await answer.json())["detail"] == "The token has been revoked."
    assert await problem(await alice("GET", "/v1/assets")) == (401, "GW401")
    assert (await user("GET", "/v1/wallets/me")).status == 200  # another's goes on
    later(0)
    await log_in(anyone, email)


async def test_a_token_that_was_not_seen_is_cut_off_at_once(
    alice: Caller, admin: Caller, gateway: Any
) -> None:
    await revoke(admin, alice)
    for iat, status in ((None, 401), (time.time() - 1, 401), (time.time(), 200)):
        token = make_token("user", alice.user_id or "", iat=iat)
        assert (await Caller(gateway, token)("GET", "/v1/wallets/me")).status == status


async def test_another_password_cuts_tokens_off(
    alice: Caller, email: str, anyone: Caller, later: Any
) -> None:
    body = {"email": email, "password": PASSWORD, "new_password": "kumquat fjord"}
    answer = await anyone("POST", "/v1/auth/password", body)
    later(61)
    assert await problem(await alice("GET", "/v1/wallets/me")) == (401, "GW401")
    new = Caller(anyone.client, (await answer.json())["token"])
    assert (await new("GET", "/v1/wallets/me")).status == 200


async def test_a_log_in_that_was_on_its_way_is_cut_off(
    alice: Caller,
    email: str,
    anyone: Caller,
    connect_module: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = await connect_module()
    work = Accounts._work

    async def meanwhile(self: Accounts, function: Any, *arguments: str) -> Any:
        new = hash_password("kumquat fjord")
        await database.execute("SELECT wallet.set_password($1, $2)", alice.user_id, new)
        return await work(self, function, *arguments)

    monkeypatch.setattr(Accounts, "_work", meanwhile)
    answer = await anyone("POST", "/v1/auth/login", {"email": email, "password": PASSWORD})
    late = Caller(anyone.client, (await answer.json())["token"])
    assert await problem(await late("GET", "/v1/wallets/me")) == (401, "GW401")


async def test_a_frozen_account_is_cut_off_for_good(
    alice: Caller, email: str, anyone: Caller, admin: Caller, later: Any
) -> None:
    path = f"/v1/admin/users/{alice.user_id}/status"
    for status in ("frozen", "closed"):
        assert (await admin("POST", path, {"status": status})).status == 200
        later(61)
        answer = await alice("GET", "/v1/wallets/me")
        assert await problem(answer) == (403, "WA501")
        assert (await answer.json())["detail"] == f"The account is {status}."
    assert (await admin("POST", path, {"status": "active"})).status == 200
    assert await problem(await alice("GET", "/v1/wallets/me")) == (401, "GW401")
    later(0)
    await log_in(anyone, email)


@pytest.mark.parametrize("role", ["service", "admin"])
async def test_staff_with_an_account_is_cut_off_too(gateway: Any, admin: Caller, role: str) -> None:
    answer = await admin("POST", "/v1/admin/users", {"name": "Bot", "role": role})
    bot_id = (await answer.json())["user_id"]
    bot = Caller(gateway, make_token(role, bot_id, iat=int(time.time()) - 1), bot_id)
    await revoke(admin, bot)
    assert await problem(await bot("GET", "/v1/assets")) == (401, "GW401")
    # Who has no account goes on, also under a name that looks like one's.
    nobody = Caller(gateway, make_token(role, NOBODY))
    assert (await nobody("GET", "/v1/assets")).status == 200


async def test_a_user_must_have_an_account(gateway: Any) -> None:
    nobody = Caller(gateway, make_token("user", NOBODY))
    assert await problem(await nobody("GET", "/v1/assets")) == (404, "WA201")


async def test_a_token_costs_one_look_up_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def get_token_state(values: Any) -> list[Any]:
        asked.append(values["user_id"])
        return [{"user_id": NOBODY, "external_id": None, "status": "active",
                 "tokens_revoked_at": None}]  # fmt: skip

    verifier = Verifier(Settings(jwt_secret=SECRET), get_token_state)
    header = "Bearer " + make_token("user", NOBODY)
    real = time.time
    for seconds, times in ((0, 1), (0, 1), (59, 1), (61, 2), (62, 2), (122, 3)):
        monkeypatch.setattr("gateway.tokens.monotonic", lambda s=seconds: time.monotonic() + s)
        monkeypatch.setattr(time, "time", lambda s=seconds: real() - 60 * s)  # the clock goes back
        assert (await verifier.claims(header)).sub == NOBODY
        assert len(asked) == times


async def test_those_who_come_at_once_ask_once() -> None:
    asked = []

    async def get_token_state(values: Any) -> list[Any]:
        asked.append(values["user_id"])
        await asyncio.sleep(0)
        return []

    verifier = Verifier(Settings(jwt_secret=SECRET), get_token_state)
    header = "Bearer " + make_token("user", NOBODY)
    for times in (1, 2):  # and a refusal is not remembered
        found = await asyncio.gather(
            *(verifier.claims(header) for _ in range(20)), return_exceptions=True
        )
        assert [getattr(refusal, "code", None) for refusal in found] == ["WA201"] * 20
        assert len(asked) == times
    assert not verifier._asking


async def test_revoking_is_for_admins(alice: Caller, service: Caller, admin: Caller) -> None:
    path = f"/v1/admin/users/{alice.user_id}/tokens/revoke"
    for caller in (alice, service):
        assert await problem(await caller("POST", path)) == (403, "GW403")
    path = f"/v1/admin/users/{NOBODY}/tokens/revoke"
    assert await problem(await admin("POST", path)) == (404, "WA201")
