"""What a request may look like, and what it is told when it doesn't."""

import json
from typing import Any

import pytest

from .conftest import NOBODY, Caller, problem

FINE = [1, "1", "0.5", "00.50", 10**2]
MALFORMED = [
    1.0, 0.5, 1e2, True, None, "", " ", "1 ", " 1", "1\n", "1e2", "1E2", ".5", "5.", "+1", "1,5",
    "0x1", "1_0", "NaN", "Infinity", "-Infinity", "٣", "\uff11", "1.5.1", "--1", [1], {"a": 1},
    "9" * 41, "0." + "1" * 21, "1\0",
]  # fmt: skip
REFUSED = {0: "WA102", "-1": "WA102", -1: "WA102", "0.001": "WA103", 10**30: "WA105"}


def spend(amount: Any, **more: Any) -> dict[str, Any]:
    return {"asset": "GOLD", "amount": amount} | more


@pytest.mark.parametrize("amount", FINE)
async def test_an_amount_is_exact(user: Caller, amount: Any) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", spend(amount))
    assert answer.status == 201
    receipt = await answer.json()
    assert isinstance(receipt["amount"], str)
    assert float(receipt["amount"]) == float(amount)


@pytest.mark.parametrize("amount", MALFORMED, ids=repr)
async def test_an_amount_that_is_none_is_refused(user: Caller, amount: Any) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", spend(amount))
    assert await problem(answer) == (422, "GW422")
    assert "$.amount" in (await answer.json())["detail"]


@pytest.mark.parametrize(("amount", "code"), REFUSED.items(), ids=repr)
async def test_sql_judges_an_amount(user: Caller, amount: Any, code: str) -> None:
    assert await problem(await user("POST", "/v1/wallets/me/spend", spend(amount))) == (422, code)


async def test_a_number_of_5000_digits(user: Caller) -> None:
    body = f'{{"asset": "GOLD", "amount": {"9" * 5000}}}'
    answer = await user("POST", "/v1/wallets/me/spend", data=body)
    assert await problem(answer) == (422, "GW422")


@pytest.mark.parametrize(
    "body",
    ["", "{", "nonsense", '{"asset": "GOLD", "amount": NaN}', b"\xff", b'{"asset": "\xff"}',
     '{"asset": "GOLD", "amount": 1} {}',
     '{"asset": "\\ud800", "amount": 1}'],
)  # fmt: skip
async def test_a_body_is_json(user: Caller, body: Any) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", data=body)
    assert answer.status in ((422,) if body == "" else (400,))
    assert (await problem(answer))[1] in ("GW400", "GW422")


@pytest.mark.parametrize(
    "body",
    [
        '{"asset": "GOLD", "amount": 1, "amount": 2}',
        '{"asset": "GOLD", "amount": 1, "amount": 1}',
        '{"asset": "GOLD", "amount": 1, "\\u0061mount": 2}',
        '{"asset": "GOLD", "amount": 1, "metadata": {"a": [{"b": 1, "b": 2}]}}',
    ],
)
async def test_a_name_given_twice_is_refused(user: Caller, body: str) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", data=body)
    assert await problem(answer) == (422, "GW422")
    assert "twice" in (await answer.json())["detail"]
    balance = await (await user("GET", "/v1/wallets/me/balances/GOLD")).json()
    assert balance["balance"] == "100.00"


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "null", "true", "[{}]"])
async def test_a_body_is_an_object(user: Caller, body: str) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", data=body)
    assert await problem(answer) == (422, "GW422")


async def test_a_body_may_be_nested_but_not_endlessly(user: Caller) -> None:
    nested = '{"a":' * 9000 + "1" + "}" * 9000
    body = f'{{"asset": "GOLD", "amount": 1, "metadata": {nested}}}'
    answer = await user("POST", "/v1/wallets/me/spend", data=body)
    assert await problem(answer) == (422, "GW422")


@pytest.mark.parametrize(
    "field",
    ["p_amount", "actor", "p_actor", "is_self", "idempotency_key", "user_id", "Amount", ""],
)
async def test_an_unknown_field_is_refused(user: Caller, field: str) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", spend(1, **{field: "x"}))
    assert await problem(answer) == (422, "GW422")
    assert f"`{field}`" in (await answer.json())["detail"]


async def test_a_long_name_is_not_said_back(user: Caller) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", {"x" * 20_000: 1})
    assert await problem(answer) == (422, "GW422")
    assert len(await answer.text()) < 1000


@pytest.mark.parametrize(
    "query",
    ["limit=1&limit=2", "asset=GOLD&asset=SILVER", "x=1", "actor=me", "user_id=1", "limit=",
     "limit=x", "limit=1.5", "limit=0", "limit=201", "limit=99999999999999999999", "limit=٣",
     "LIMIT=1"],
)  # fmt: skip
async def test_an_odd_query_is_refused(user: Caller, query: str) -> None:
    answer = await user("GET", f"/v1/wallets/me/transactions?{query}")
    assert await problem(answer) == (422, "GW422")


async def test_a_post_takes_no_query(user: Caller) -> None:
    answer = await user("POST", "/v1/wallets/me/spend?amount=5", spend(1))
    assert await problem(answer) == (422, "GW422")


@pytest.mark.parametrize(
    "at",
    [
        "yesterday",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-13-01T00:00:00Z",
        "NaN",
        "0",
        "20240101",
    ],
)
async def test_a_moment_has_a_zone(user: Caller, at: str) -> None:
    answer = await user("GET", "/v1/wallets/me/balances/GOLD", params={"at": at})
    assert await problem(answer) == (422, "GW422")


@pytest.mark.parametrize(
    "path",
    ["wallets/1", "wallets/nobody", f"wallets/urn:uuid:{NOBODY}",
     f"wallets/{NOBODY}%0A", "wallets/%00"],
)  # fmt: skip
async def test_an_id_is_a_uuid(admin: Caller, path: str) -> None:
    assert await problem(await admin("GET", f"/v1/{path}")) == (422, "GW422")


@pytest.mark.parametrize("task", ["x", "1.5", "9223372036854775808", "-9223372036854775809"])
async def test_an_id_of_a_task_is_an_int8(user: Caller, task: str) -> None:
    answer = await user("POST", f"/v1/wallets/me/tasks/{task}/complete")
    assert await problem(answer) == (422, "GW422")


@pytest.mark.parametrize("task", ["0", "-1", "9223372036854775807", "-9223372036854775808"])
async def test_an_unknown_task(user: Caller, task: str) -> None:
    answer = await user("POST", f"/v1/wallets/me/tasks/{task}/complete")
    assert await problem(answer) == (404, "WA203")


async def test_the_character_nul(user: Caller, gold: str) -> None:
    for body in (
        {"asset": "GO\0LD", "amount": 1},
        spend(1, reference="a\0b"),
        spend(1, metadata={"a": "\0"}),
        spend(1, metadata={"\0": 1}),
    ):
        assert await problem(await user("POST", "/v1/wallets/me/spend", body)) == (422, "GW422")
    answer = await user("GET", "/v1/wallets/me/balances/GO%00LD")
    assert await problem(answer) == (422, "GW422")
    answer = await user("GET", "/v1/wallets/me/transactions?cursor=%00")
    assert await problem(answer) == (422, "GW422")


@pytest.mark.parametrize(
    "reference", ["'; DROP SCHEMA wallet CASCADE; --", "\\", '"', "$1", "%s", "é\u202e😀"]
)
async def test_text_is_only_text(user: Caller, reference: str) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", spend(1, reference=reference))
    assert (await answer.json())["reference"] == reference


async def test_metadata_comes_back(user: Caller) -> None:
    metadata = {"é": [1, 2.5, None, True, {"a": "b"}], "big": 12345678901234567890123}
    answer = await user("POST", "/v1/wallets/me/spend", spend(1, metadata=metadata))
    assert json.loads(await answer.text())["metadata"] == metadata


@pytest.mark.parametrize("metadata", [[], "x", 1, True])
async def test_metadata_is_an_object(user: Caller, metadata: Any) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", spend(1, metadata=metadata))
    assert await problem(answer) == (422, "GW422")


async def test_a_body_is_64_kib_at_most(user: Caller) -> None:
    body = json.dumps(spend(1)).ljust(64 * 1024)
    assert (await user("POST", "/v1/wallets/me/spend", data=body)).status == 201
    answer = await user("POST", "/v1/wallets/me/spend", data=body + " ")
    assert await problem(answer) == (413, "GW413")


async def test_a_chunked_body_is_measured_too(user: Caller) -> None:
    async def chunks() -> Any:
        for _ in range(1000):
            yield b" " * 1000

    answer = await user("POST", "/v1/wallets/me/spend", data=chunks())
    assert await problem(answer) == (413, "GW413")


KEYS = {
    "abc": "abc",
    "a b!~": "a b!~",
    '"abc"': "abc",
    r'"a\"b\\c"': r"a\"b\c".replace('\\"', '"'),
    "x" * 255: "x" * 255,
    f'"{"x" * 255}"': "x" * 255,
    'a"b': 'a"b',
}


@pytest.mark.parametrize(("header", "key"), KEYS.items())
async def test_a_key_is_bare_or_quoted(
    user: Caller, connect_module: Any, header: str, key: str
) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", spend(1), key=header)
    assert answer.status == 201
    database = await connect_module()
    stored = await database.fetchval(
        "SELECT idempotency_key FROM wallet.get_transaction($1, $2)",
        user.user_id,
        (await answer.json())["transaction_id"],
    )
    assert stored == key


@pytest.mark.parametrize(
    "header", ["", " ", '"', '""', '"a', '"a"b"', '"a\\b"', "x" * 256, "é", "ключ", '"é"']
)
async def test_a_malformed_key_is_refused(user: Caller, header: str) -> None:
    headers = {"Idempotency-Key": header}
    answer = await user("POST", "/v1/wallets/me/spend", spend(1), headers=headers)
    assert await problem(answer) == (400, "WA104")


async def test_a_key_is_required_once(user: Caller) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", spend(1), key=None)
    assert await problem(answer) == (400, "WA104")
    headers = [("Idempotency-Key", "a")] * 2 + [("Authorization", f"Bearer {user.token}")]
    answer = await user.client.post("/v1/wallets/me/spend", json=spend(1), headers=headers)
    assert await problem(answer) == (400, "WA104")


async def test_a_replay_answers_as_the_first_time(user: Caller) -> None:
    answers = [await user("POST", "/v1/wallets/me/spend", spend(1), key="again") for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true"]
    assert await answers[0].json() == await answers[1].json()
    assert "is_replay" not in await answers[0].json()
    answer = await user("POST", "/v1/wallets/me/spend", spend(2), key="again")
    assert await problem(answer) == (422, "WA301")


async def test_routes_that_do_not_exist(admin: Caller) -> None:
    for path in ("/", "/v1", "/v2/assets", "/v1/assets/", "/v1/wallets", "/docs/assets/../../x"):
        assert await problem(await admin("GET", path)) == (404, "GW404")
    answer = await admin("DELETE", "/v1/assets")
    assert await problem(answer) == (405, "GW405")
    assert answer.headers["Allow"] == "GET,HEAD"
    assert await problem(await admin("GET", "/v1/wallets/me/spend")) == (405, "GW405")
