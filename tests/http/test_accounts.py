"""Sign-up and log-in."""

from typing import Any

import jwt
import pytest
from argon2 import Parameters, PasswordHasher, Type, extract_parameters
from argon2.exceptions import VerifyMismatchError
from msgspec.structs import replace

from gateway.accounts import Accounts, hash_password
from gateway.app import create_app
from gateway.settings import Settings

from .conftest import SECRET, Caller, problem

PASSWORD = "correct horse battery"


async def sign_up(anyone: Caller, email: str, password: str = PASSWORD) -> Any:
    body = {"name": "Zoe", "email": email, "password": password}
    return await anyone("POST", "/v1/auth/signup", body)


async def log_in(anyone: Caller, email: str, password: str = PASSWORD) -> Any:
    return await anyone("POST", "/v1/auth/login", {"email": email, "password": password})


async def test_a_sign_up_and_a_log_in(anyone: Caller, gateway: Any, gold: str) -> None:
    answer = await sign_up(anyone, "Zoe@example.com")
    assert answer.status == 201
    account = await answer.json()
    assert set(account) == {"user_id", "name", "email", "balances", "refused_bonuses"}
    assert {balance["asset"] for balance in account["balances"]} == {gold}

    answer = await log_in(anyone, "zoe@EXAMPLE.com")
    assert answer.status == 200
    login = await answer.json()
    assert set(login) == {"token", "expires_at", "user_id", "role"}
    assert (login["user_id"], login["role"]) == (account["user_id"], "user")
    assert answer.headers["Cache-Control"] == "no-store"

    zoe = Caller(gateway, login["token"])
    assert (await (await zoe("GET", "/v1/wallets/me")).json())["user_id"] == account["user_id"]


async def test_a_cap_that_is_reached_keeps_nobody_from_joining(
    anyone: Caller, admin: Caller
) -> None:
    body = {"code": "SCARCE", "name": "Scarce", "supply": "15", "sign_up_bonus": "10"}
    assert (await admin("POST", "/v1/admin/assets", body)).status == 201
    answers = [await sign_up(anyone, f"{name}@example.com") for name in ("early", "late")]
    assert (await admin("PATCH", "/v1/admin/assets/SCARCE", {"sign_up_bonus": 0})).status == 200

    assert [answer.status for answer in answers] == [201, 201]
    early, late = [await answer.json() for answer in answers]
    assert (early["refused_bonuses"], late["refused_bonuses"]) == ([], ["SCARCE"])
    balances = [
        {each["asset"]: each["balance"] for each in account["balances"]}["SCARCE"]
        for account in (early, late)
    ]
    assert balances == ["10", "0"]
    assert (await log_in(anyone, "late@example.com")).status == 200


async def test_an_address_signs_up_once(anyone: Caller) -> None:
    assert (await sign_up(anyone, "once@example.com")).status == 201
    assert await problem(await sign_up(anyone, "ONCE@example.com")) == (409, "WA302")


@pytest.mark.parametrize("password", ["1234567", "x" * 129, "", 12345678, None])
async def test_a_password_has_8_to_128_characters(anyone: Caller, password: Any) -> None:
    assert await problem(await sign_up(anyone, "p@example.com", password)) == (422, "GW422")


@pytest.mark.parametrize(
    "password",
    [
        "12345678",
        "password",
        "qwertyuiop",
        "Password1!",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "abcdefghijkl",
        "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44",
        "zoe@example.com",
        "zoezoezoe",
        "ZOE12345",
    ],
)
async def test_a_password_that_is_tried_first_is_refused(anyone: Caller, password: str) -> None:
    answer = await sign_up(anyone, "zoe@example.com", password)
    assert await problem(answer) == (422, "GW422")
    body = await answer.json()
    assert body["title"] == "the password is too easy to guess"
    assert body["hint"]


@pytest.mark.parametrize(
    "password", ["kiwi tram", "kumquatfjord", "пароль из слов", "9203 5517 8846 0", "x7!Kq" * 25]
)
async def test_a_password_is_made_of_what_one_likes(anyone: Caller, password: str) -> None:
    email = f"{len(password)}@likes.example"
    assert (await sign_up(anyone, email, password)).status == 201
    assert (await log_in(anyone, email, password)).status == 200


async def test_a_password_may_have_to_be_longer(aiohttp_client: Any, settings: Settings) -> None:
    client = await aiohttp_client(create_app(replace(settings, password_length=15)))
    anyone = Caller(client, None)
    answer = await sign_up(anyone, "long@example.com", "kumquat fjords")
    assert await problem(answer) == (422, "GW422")
    assert "15 characters" in (await answer.json())["detail"]
    assert (await sign_up(anyone, "long@example.com", "kumquat fjords!")).status == 201


async def test_characters_are_counted_as_they_are_seen(anyone: Caller) -> None:
    answer = await sign_up(anyone, "seen@example.com", "e\u0301o\u0301" * 2)  # four letters
    assert "8 characters" in (await answer.json())["detail"]


async def test_a_password_is_the_same_however_it_is_typed(anyone: Caller) -> None:
    assert (await sign_up(anyone, "typed@example.com", "caf\u00e9 bateau")).status == 201
    assert (await log_in(anyone, "typed@example.com", "cafe\u0301 bateau")).status == 200


async def test_a_new_password_replaces_the_old_one(anyone: Caller, gateway: Any) -> None:
    await sign_up(anyone, "change@example.com")
    body = {"email": "change@example.com", "password": PASSWORD, "new_password": "kumquat fjord"}
    wrong = body | {"password": "wrong password"}
    assert await problem(await anyone("POST", "/v1/auth/password", wrong)) == (401, "GW401")
    weak = body | {"new_password": "change@example.com"}
    assert await problem(await anyone("POST", "/v1/auth/password", weak)) == (422, "GW422")
    answer = await anyone("POST", "/v1/auth/password", body)
    assert answer.status == 200
    assert await problem(await log_in(anyone, "change@example.com")) == (401, "GW401")
    assert (await log_in(anyone, "change@example.com", "kumquat fjord")).status == 200
    changed = Caller(gateway, (await answer.json())["token"])
    assert (await changed("GET", "/v1/wallets/me")).status == 200


async def test_a_wrong_password_is_as_an_unknown_address(anyone: Caller) -> None:
    await sign_up(anyone, "known@example.com")
    bodies = []
    for email in ("known@example.com", "unknown@example.com"):
        answer = await log_in(anyone, email, "wrong password")
        assert await problem(answer) == (401, "GW401")
        bodies.append({**await answer.json(), "request_id": None})
    assert bodies[0] == bodies[1]


async def test_an_unknown_address_costs_the_same_work(
    anyone: Caller, admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By construction, as times can't be measured on a busy machine: one hash of one strength."""
    await sign_up(anyone, "worked@example.com")
    body = {"email": "unarmed@example.com"}  # an account that has no password
    assert (await admin("POST", "/v1/admin/users", body)).status == 201
    done: list[Parameters] = []

    def verify(self: PasswordHasher, stored: str, password: str) -> bool:
        done.append(extract_parameters(stored))
        raise VerifyMismatchError

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    for name in ("worked", "unarmed", "unknown"):
        answer = await log_in(anyone, f"{name}@example.com", "wrong password")
        assert await problem(answer) == (401, "GW401")
    assert done == done[:1] * 3
    assert done[0].type is Type.ID


async def test_a_frozen_account_cannot_log_in(anyone: Caller, admin: Caller) -> None:
    user_id = (await (await sign_up(anyone, "frozen@example.com")).json())["user_id"]
    status = f"/v1/admin/users/{user_id}/status"
    assert (await admin("POST", status, {"status": "frozen"})).status == 200
    assert await problem(await log_in(anyone, "frozen@example.com")) == (403, "WA501")
    # Who doesn't know the password isn't told.
    answer = await log_in(anyone, "frozen@example.com", "wrong password")
    assert await problem(answer) == (401, "GW401")
    assert (await admin("POST", status, {"status": "active"})).status == 200
    assert (await log_in(anyone, "frozen@example.com")).status == 200


async def test_a_weak_hash_is_replaced(anyone: Caller, connect_module: Any) -> None:
    user_id = (await (await sign_up(anyone, "weak@example.com")).json())["user_id"]
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    database = await connect_module()
    await database.execute("SELECT wallet.set_password($1, $2)", user_id, weak)
    assert (await log_in(anyone, "weak@example.com")).status == 200
    stored = await database.fetchval(
        "SELECT password_hash FROM wallet.get_credential('weak@example.com')"
    )
    assert stored != weak
    assert "m=19456,t=2,p=1" in stored
    assert (await log_in(anyone, "weak@example.com")).status == 200


async def test_a_password_set_meanwhile_is_not_overwritten(
    anyone: Caller, connect_module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = (await (await sign_up(anyone, "race@example.com")).json())["user_id"]
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    database = await connect_module()
    await database.execute("SELECT wallet.set_password($1, $2)", user_id, weak)
    work = Accounts._work

    async def meanwhile(self: Accounts, function: Any, *arguments: str) -> Any:
        if function is hash_password:  # the old one, to be upgraded
            new = hash_password("kumquat fjord")
            await database.execute("SELECT wallet.set_password($1, $2)", user_id, new)
        return await work(self, function, *arguments)

    monkeypatch.setattr(Accounts, "_work", meanwhile)
    await log_in(anyone, "race@example.com")
    monkeypatch.undo()
    assert await problem(await log_in(anyone, "race@example.com")) == (401, "GW401")
    assert (await log_in(anyone, "race@example.com", "kumquat fjord")).status == 200


async def test_a_stronger_hash_cuts_no_token_off(
    anyone: Caller, gateway: Any, connect_module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_up(anyone, "stay@example.com")
    login = await (await log_in(anyone, "stay@example.com")).json()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    database = await connect_module()
    await database.execute(
        "UPDATE wallet_private.credential SET password_hash = $1 WHERE user_id = $2",
        weak,
        login["user_id"],
    )
    assert (await log_in(anyone, "stay@example.com")).status == 200
    stays = Caller(gateway, login["token"])
    assert (await stays("GET", "/v1/wallets/me")).status == 200


async def test_a_hash_that_is_none_is_a_wrong_password(anyone: Caller, connect_module: Any) -> None:
    user_id = (await (await sign_up(anyone, "odd@example.com")).json())["user_id"]
    database = await connect_module()
    await database.execute("SELECT wallet.set_password($1, 'not a hash')", user_id)
    assert await problem(await log_in(anyone, "odd@example.com")) == (401, "GW401")


async def test_tokens_of_another_issuer_are_not_made_here(
    aiohttp_client: Any, settings: Settings
) -> None:
    from .test_tokens import KEYS, pem

    other = replace(settings, jwt_secret="", jwt_public_key=pem(KEYS["EdDSA"]))
    anyone = Caller(await aiohttp_client(create_app(other)), None)
    assert (await sign_up(anyone, "elsewhere@example.com")).status == 201
    assert await problem(await log_in(anyone, "elsewhere@example.com")) == (501, "GW501")
    body = {"email": "elsewhere@example.com", "password": PASSWORD, "new_password": "kumquat fjord"}
    assert await problem(await anyone("POST", "/v1/auth/password", body)) == (501, "GW501")
    # Nothing has changed: the old password is still the right one.
    assert await problem(await log_in(anyone, "elsewhere@example.com")) == (501, "GW501")


async def test_a_token_says_what_the_gateway_checks(anyone: Caller, settings: Settings) -> None:
    await sign_up(anyone, "claims@example.com")
    token = (await (await log_in(anyone, "claims@example.com")).json())["token"]
    claims = jwt.decode(token, SECRET, ["HS256"])
    assert set(claims) == {"sub", "role", "iat", "exp"}
    assert 0 <= claims["iat"] + settings.token_ttl - claims["exp"] < 1
