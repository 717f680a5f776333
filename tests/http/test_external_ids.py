"""The host's own user ids, wherever a user_id is asked."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from gateway.users import Users

from .conftest import Caller, make_token, problem

ODD = ["plain-1", "a/b", "a b", "ext:x", "é😀", "me", "100%", "%41", "a?b#c", "..", "x" * 255]


@pytest.fixture
def external_id() -> str:
    return f"player-{uuid4()}"


@pytest.fixture
async def player(
    gateway: Any, admin: Caller, service: Caller, gold: str, external_id: str
) -> Caller:
    """A user of the host's with 100 GOLD; the token says who by the host's id."""
    answer = await admin("POST", "/v1/admin/users", {"external_id": external_id})
    user_id = (await answer.json())["user_id"]
    body = {"asset": gold, "amount": 100}
    answer = await service("POST", f"/v1/wallets/ext:{external_id}/topup", body)
    assert answer.status == 201
    assert (await answer.json())["user_id"] == user_id
    return Caller(gateway, make_token("user", f"ext:{external_id}"), user_id)


@pytest.mark.parametrize("odd", ODD)
async def test_any_external_id_goes(admin: Caller, gold: str, odd: str) -> None:
    answer = await admin("POST", "/v1/admin/users", {"external_id": odd})
    user_id = (await answer.json())["user_id"]
    for _ in range(2):
        answer = await admin("GET", f"/v1/wallets/ext:{quote(odd, safe='')}/balances/{gold}")
        assert answer.status == 200, await answer.text()
        assert (await answer.json())["user_id"] == user_id


async def test_every_route_takes_it(
    service: Caller, admin: Caller, player: Caller, external_id: str
) -> None:
    wallet = f"/v1/wallets/ext:{external_id}"
    body = {"asset": "GOLD", "amount": 1}
    answer = await service("POST", f"{wallet}/spend", body)
    spent = await answer.json()
    assert (answer.status, spent["user_id"]) == (201, player.user_id)
    assert (await service("POST", f"{wallet}/holds", body | {"expires_in": 60})).status == 201
    path = f"{wallet}/transactions/{spent['transaction_id']}"
    assert (await service("GET", path)).status == 200
    assert (await admin("POST", f"{path}/reverse", {"reason": "why not"})).status == 201
    status = f"/v1/admin/users/ext:{external_id}/status"
    answer = await admin("POST", status, {"status": "active"})
    assert (await answer.json())["external_id"] == external_id
    query = {"user_id": f"ext:{external_id}"}
    answer = await admin("GET", "/v1/admin/verify", params=query)
    assert (answer.status, (await answer.json())["items"]) == (200, [])


@pytest.mark.parametrize("name", ["ext:", "ext:nobody", "EXT:nobody", "ext:nobody@example.com"])
async def test_who_is_unknown(service: Caller, name: str) -> None:
    status, code = (404, "WA201") if name.startswith("ext:") else (422, "GW422")
    answer = await service("GET", f"/v1/wallets/{name}")
    assert await problem(answer) == (status, code)
    if status == 404:
        assert (await answer.json())["detail"] == f"There is no user {name}."
        answer = await service("GET", f"/v1/wallets/{name}/balances/GOLD")
        assert await problem(answer) == (404, "WA201")


async def test_who_comes_later_is_found(admin: Caller, external_id: str) -> None:
    path = f"/v1/wallets/ext:{external_id}"
    assert await problem(await admin("GET", path)) == (404, "WA201")
    await admin("POST", "/v1/admin/users", {"external_id": external_id})
    assert (await admin("GET", path)).status == 200


async def test_a_user_asks_by_any_of_the_own_ids(player: Caller, external_id: str) -> None:
    for name in ("me", player.user_id, f"ext:{external_id}"):
        answer = await player("GET", f"/v1/wallets/{name}")
        assert answer.status == 200
        assert (await answer.json())["user_id"] == player.user_id
    answer = await player("POST", "/v1/wallets/me/spend", {"asset": "GOLD", "amount": 1})
    transaction = (await answer.json())["transaction_id"]
    answer = await player("GET", f"/v1/wallets/me/transactions/{transaction}")
    assert (await answer.json())["actor"] == player.user_id


async def test_anothers_external_id_is_as_none(
    player: Caller, external_id: str, user: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> None:
        raise AssertionError("asked, so that it takes longer for those that there are")

    monkeypatch.setattr(Users, "find", never)
    bodies = []
    for name in (external_id, "nobody"):
        answer = await user("GET", f"/v1/wallets/ext:{name}")
        assert await problem(answer) == (404, "WA201")
        bodies.append((await answer.text()).split('"request_id"')[0].replace(name, "?"))
    assert bodies[0] == bodies[1]


async def test_a_token_of_an_unknown_player(gateway: Any) -> None:
    nobody = Caller(gateway, make_token("user", "ext:nobody"))
    answer = await nobody("GET", "/v1/wallets/me")
    assert await problem(answer) == (404, "WA201")
    assert (await answer.json())["detail"] == "There is no user ext:nobody."


async def test_a_batch_names_players(
    service: Caller, player: Caller, user: Caller, external_id: str
) -> None:
    names = [f"ext:{external_id}", user.user_id, "ext:nobody", user.user_id.replace("-", ""),
             f"ext:{external_id}", "ext:x"]  # fmt: skip
    requests = [
        {"user_id": name, "kind": "BONUS", "asset": "GOLD", "amount": 1,
         "idempotency_key": f"{external_id} {number}"}
        for number, name in enumerate(names)
    ]  # fmt: skip
    for is_replay in (False, True):
        answer = await service("POST", "/v1/batches", {"requests": requests})
        found = (await answer.json())["items"]
        assert [item["user_id"] for item in found] == [
            player.user_id, user.user_id, None, user.user_id, player.user_id, None,
        ]  # fmt: skip
        assert [item["code"] for item in found] == [None, None, "WA201", None, None, "WA201"]
        assert found[2]["detail"] == "There is no user ext:nobody."
        assert found[0]["is_replay"] is is_replay


@pytest.mark.parametrize("name", ["", "me", "1", "ext:", "ext:" + "x" * 256, "urn:uuid:x"])
async def test_a_batch_takes_no_other_names(service: Caller, name: str) -> None:
    request = {"user_id": name, "kind": "BONUS", "asset": "GOLD", "amount": 1,
               "idempotency_key": "k"}  # fmt: skip
    answer = await service("POST", "/v1/batches", {"requests": [request]})
    assert await problem(answer) == (422, "GW422")


class Counting:
    """A database that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def function(self, *_: Any) -> Any:
        async def list_user_ids(values: Any) -> Any:
            self.asked.append(sorted(values["external_ids"]))
            return [
                {"external_id": name, "user_id": f"id of {name}"}
                for name in values["external_ids"]
                if name != "nobody"
            ]

        return list_user_ids


async def test_each_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.users._REMEMBERED", 2)
    database = Counting()
    users = Users(database)  # type: ignore[arg-type]
    for _ in range(3):
        assert await users.find("ext:a") == "id of a"
    assert database.asked == [["a"]]
    requests = [{"user_id": name} for name in ("ext:a", "ext:b", "ext:nobody", "ext:b", "u")]
    assert await users.find_all(requests) == {2: "ext:nobody"}
    assert database.asked == [["a"], ["b", "nobody"]]
    assert [request["user_id"] for request in requests][::2] == [
        "id of a", "00000000-0000-0000-0000-000000000000", "u",
    ]  # fmt: skip
    await users.find("ext:c")
    assert len(users._known) == 2
    assert await users.find_all([{"user_id": "u"}]) == {}
    assert len(database.asked) == 3
