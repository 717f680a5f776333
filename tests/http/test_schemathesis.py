"""The gateway keeps to its OpenAPI document, whatever schemathesis makes up from that.

PGWALLET_TEST_EXAMPLES says how many requests each route gets of each kind, and
PGWALLET_TEST_SEED which.
"""

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
import requests
from hypothesis import HealthCheck, given, seed, settings

from .conftest import make_token, ready, serving
from .test_matrix import MATRIX

EXAMPLES = int(os.environ.get("PGWALLET_TEST_EXAMPLES", "3"))
SEED = int(os.environ.get("PGWALLET_TEST_SEED", "0"))
STREAM = "/v1/wallets/{user_id}/events"  # has no end; test_live.py looks at it
ROUTES = [(method, path) for method, path in MATRIX if path.startswith("/v1/") and path != STREAM]

# What no JSON Schema can say. (To it, 1.0 is an integer.)
UNSAID = ("got `float`", "the character NUL", "too easy to guess")


@pytest.fixture(scope="module")
def operations() -> dict[tuple[str, str], Any]:
    import schemathesis  # two seconds that nobody else should pay

    from pgwallet.openapi import document

    schema = schemathesis.openapi.from_dict(document())
    found = (each.ok() for each in schema.get_all_operations())
    return {(each.method.upper(), each.path): each for each in found}


@pytest.fixture(scope="module")
def base_url(module_database: Any) -> Iterator[str]:
    async def wait(url: str) -> None:
        async with aiohttp.ClientSession() as http:
            await ready(http, url)

    # Nobody reads what it logs.
    quiet = {"PGWALLET_LOG_LEVEL": "ERROR", "PGWALLET_ADDRESS_RATE": "1000/second"}
    with serving(module_database.dsn) as start:
        _, url = start(**quiet)
        asyncio.run(wait(url))
        yield url


@pytest.fixture(scope="module")
def admin() -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token('admin', 'x')}"}


@pytest.fixture(scope="module")
def real(base_url: str, admin: dict[str, str]) -> dict[str, Any]:
    """What a request that is well-formed should also find, by the names of its fields."""

    def make(path: str, **body: Any) -> Any:
        headers = admin | {"Idempotency-Key": "x"}
        answer = requests.post(f"{base_url}/v1/{path}", json=body, headers=headers, timeout=60)
        assert answer.status_code == 201, answer.text
        return answer.json()

    for code in ("GOLD", "SILVER"):
        make("admin/assets", code=code, name=code, scale=8)
    user_id = make("admin/users", name="Ann")["user_id"]
    make(f"wallets/{user_id}/topup", asset="GOLD", amount=10**9)
    named = {"code": "a", "name": "A", "asset": "GOLD"}
    return {
        "user_id": user_id,
        "asset": "GOLD",
        "from_asset": "GOLD",
        "to_asset": "SILVER",
        "task_id": make("admin/tasks", reward=1, **named)["task_id"],
        "item_id": make("admin/items", price=1, **named)["item_id"],
    }


def test_no_route_is_missing(operations: dict[tuple[str, str], Any]) -> None:
    assert set(ROUTES) <= set(operations)


@pytest.mark.parametrize("kind", ["POSITIVE", "NEGATIVE"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_route_keeps_to_the_document(
    base_url: str,
    admin: dict[str, str],
    operations: Any,
    real: dict[str, Any],
    method: str,
    path: str,
    kind: str,
) -> None:
    from schemathesis import GenerationMode
    from schemathesis.checks import CHECKS

    # Its own rule wants a schema that foresees every judgement of the database.
    too_much = CHECKS.get_by_names(["positive_data_acceptance"])
    if path == "/v1/batches":  # a kind that is not known is refused in its item, in a 200
        too_much += CHECKS.get_by_names(["negative_data_rejection"])

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operations[method, path].as_strategy(GenerationMode[kind]))
    def ask(case: Any) -> None:
        if kind == "POSITIVE":
            for fields in (case.path_parameters, case.query, case.body):
                if isinstance(fields, dict):
                    fields.update({name: real[name] for name in real.keys() & fields.keys()})
        answer = case.call(base_url=base_url, headers=admin, timeout=60)
        case.validate_response(answer, excluded_checks=too_much, headers=admin)
        if kind == "POSITIVE" and answer.status_code in (400, 422):
            refusal = answer.json()
            is_judged = refusal["code"].startswith("WA")
            assert is_judged or any(text in str(refusal) for text in UNSAID), refusal

    ask()


def test_the_books_are_still_right(base_url: str, admin: dict[str, str]) -> None:
    answer = requests.get(f"{base_url}/v1/admin/verify", headers=admin, timeout=60)
    assert answer.json()["items"] == []
