"""The document: whole, valid, and the one that is committed. Every answer in these tests is held
against it too, see Caller in conftest.py.
"""

import asyncio
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from openapi_spec_validator import validate

from gateway.problems import CODES
from tests.support import contract
from tests.support.contract import DOCUMENT, resolve
from tests.support.paths import ROOT
from tests.support.thirdparty import Unavailable, openapi_tools

from .conftest import Caller, problem

OPERATIONS = [
    pytest.param(operation, id=f"{method.upper()} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_it_is_valid() -> None:
    validate(json.loads(json.dumps(DOCUMENT)))
    assert r"\\A" not in json.dumps(DOCUMENT)  # JavaScript has no such anchor
    assert '"default": null' not in json.dumps(DOCUMENT)  # some generators would require the field
    ids = [parameter.values[0]["operationId"] for parameter in OPERATIONS]
    assert len(ids) == len(set(ids))


def test_a_linter_has_nothing_to_say(tmp_path: Path) -> None:
    try:
        program = openapi_tools() / "@redocly" / "cli" / "bin" / "cli.js"
    except Unavailable as reason:
        pytest.skip(str(reason))
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    done = subprocess.run(
        ["node", program, "lint", "openapi.json", "--extends=recommended", "--format=json"],
        env=os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout, done.stderr
    assert not json.loads(done.stdout)["problems"]


def test_each_choice_has_a_name_for_generated_clients() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    named = [name for name, schema in schemas.items() if "enum" in schema]
    assert len(named) > 5
    others = {name: schema for name, schema in schemas.items() if name not in named}
    assert '"enum": [' not in json.dumps([DOCUMENT["paths"], others])


def test_it_names_the_license_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert DOCUMENT["info"]["license"]["identifier"] == project["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")


async def test_what_is_not_http_is_refused_as_published(gateway: TestClient) -> None:
    reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
    writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n")
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    writer.close()
    published = DOCUMENT["paths"]["/health"]["get"]["responses"]["400"]
    assert head.split()[1] == "400"
    assert [f"Content-Type: {kind}" in head for kind in published["content"]] == [True]


def test_the_committed_one_is_this_one() -> None:
    command = [sys.executable, "-m", "pgwallet", "openapi"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    committed = (ROOT / "gateway" / "static" / "openapi.json").read_text()
    assert committed == printed, "run: make schema"
    assert json.loads(committed) == DOCUMENT


def test_it_has_every_route(gateway: TestClient) -> None:
    served = {
        (route.method, route.resource.canonical)
        for route in gateway.app.router.routes()
        if route.method != "HEAD"
        and not route.resource.canonical.startswith(("/docs/", "/console"))
    }
    published = {
        (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
    }
    assert published == served


@pytest.mark.parametrize("operation", OPERATIONS)
def test_examples_are_what_the_schemas_say(operation: dict[str, Any]) -> None:
    for parameter in map(resolve, operation.get("parameters", ())):
        if parameter["required"]:
            contract.check(parameter["example"], parameter["schema"])
    for part in (operation.get("requestBody"), *operation["responses"].values()):
        for content in resolve(part or {}).get("content", {}).values():
            values = [content["example"]] if "example" in content else []
            values += [resolve(each)["value"] for each in content.get("examples", {}).values()]
            assert values
            for value in values:
                contract.check(value, content["schema"])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_says_who_may_ask_and_what_may_fail(operation: dict[str, Any]) -> None:
    roles = [role for each in operation["security"] for role in each["token"]]
    statuses = set(operation["responses"])
    assert ("401" in statuses) == bool(roles) or operation["operationId"] in (
        "log_in",
        "change_password",
    )
    assert not 0 < len(roles) < 3 or "GW403" in codes(operation)
    assert not roles or {"422", "500", "503"} <= statuses
    if "requestBody" in operation:
        assert {"400", "413"} <= statuses
        assert "description" in operation


def codes(operation: dict[str, Any]) -> set[str]:
    return {
        code
        for response in operation["responses"].values()
        for content in resolve(response)["content"].values()
        for code in content.get("examples", ())
    }


def test_an_operation_has_the_codes_of_its_function() -> None:
    paths = DOCUMENT["paths"]
    spend = codes(paths["/v1/wallets/{user_id}/spend"]["post"])
    assert {"WA401", "WA301", "WA104", "WA201", "GW401", "GW403", "GW422"} <= spend
    assert not {"WA107", "WA402"} & spend
    at = codes(paths["/v1/wallets/{user_id}/balances/{asset}"]["get"])
    of_anyone = {"GW401", "GW422", "GW429", "GW500", "GW503", "WA501", "WA601"}
    assert at == of_anyone | {"WA101", "WA201", "WA202"}
    login = codes(paths["/v1/auth/login"]["post"])
    assert {"GW401", "GW429", "GW501", "WA501"} <= login


def test_every_code_that_reaches_a_caller_is_answered_somewhere() -> None:
    answered = set().union(*(codes(parameter.values[0]) for parameter in OPERATIONS))
    # Where there is no route, only of a line of a campaign's grants, only in SQL, never.
    assert set(CODES) - answered == {
        "GW404", "GW405", "WA115", "WA410", "WA118", "WA127", "WA310", "WA351", "WA901", "WA902",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "name"), [("transactions", "kind"), ("ledger", "kind"), ("holds", "status")]
)
async def test_published_choices_are_those_that_sql_takes(
    path: str, name: str, user: Caller
) -> None:
    parameters = DOCUMENT["paths"]["/v1/wallets/{user_id}/" + path]["get"]["parameters"]
    [schema] = [each["schema"] for each in parameters if each.get("name") == name]
    published = resolve(schema)["enum"]
    answer = await user("GET", f"/v1/wallets/me/{path}", params={name: "other"})
    assert await problem(answer) == (422, "WA110")
    detail = (await answer.json(content_type=None))["detail"]
    taken = detail.rstrip(".").partition(" it can be ")[2].split(", ")
    assert sorted(published) == sorted(taken)
