"""Request ids, headers, metrics, and what a log must not hold."""

import json
import logging
from typing import Any

import pytest

from gateway import logs

from .conftest import Caller, problem


async def test_every_answer_has_a_request_id(admin: Caller, anyone: Caller) -> None:
    asked = [(admin, "/v1/assets"), (anyone, "/v1/assets"), (anyone, "/no"), (anyone, "/health")]
    for caller, path in asked:
        ids = {(await caller("GET", path)).headers["X-Request-ID"] for _ in range(2)}
        assert len(ids) == 2
    answer = await admin("GET", "/v1/assets", headers={"X-Request-ID": "my-own.1"})
    assert answer.headers["X-Request-ID"] == "my-own.1"


@pytest.mark.parametrize("given", ["a b", "x" * 65, "a@example.com", '{"a":1}', "é", ""])
async def test_an_odd_request_id_is_replaced(anyone: Caller, given: str) -> None:
    answer = await anyone("GET", "/health", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] != given


async def test_headers_are_safe(anyone: Caller, admin: Caller) -> None:
    for answer in (
        await anyone("GET", "/health"),
        await admin("GET", "/v1/assets", headers={"Origin": "https://example.com"}),
        await anyone("GET", "/v1/assets"),
        await anyone("GET", "/docs"),
        await anyone("GET", "/docs/assets/swagger-ui.css"),
    ):
        assert "Server" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


async def test_the_page_has_nothing_from_elsewhere(anyone: Caller) -> None:
    page = await (await anyone("GET", "/docs")).text()
    assert "://" not in page
    for path in ("/docs/start.js", "/docs/assets/swagger-ui-bundle.js", "/openapi.json"):
        assert path in page + "/openapi.json"
        assert (await anyone("GET", path)).status == 200
    assert await problem(await anyone("GET", "/docs/assets/")) == (404, "GW404")


async def test_health_tells_the_versions(anyone: Caller) -> None:
    from gateway import __version__

    answer = await anyone("GET", "/health")
    health = await answer.json()
    assert (answer.status, health["status"]) == (200, "ok")
    assert health["version"] == health["functions"] == __version__
    assert health["schema_version"].startswith("V")


async def test_no_log_holds_a_secret(
    anyone: Caller, admin: Caller, user: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    email, password = "secret.person@example.com", "a secret password"
    account = {"name": "Secret Name", "email": email, "password": password, "phone": "+123456789"}
    assert (await anyone("POST", "/v1/auth/signup", account)).status == 201
    assert (await anyone("POST", "/v1/auth/signup", account)).status == 409
    login = {"email": email, "password": password}
    token = (await (await anyone("POST", "/v1/auth/login", login)).json())["token"]
    login["password"] = "wrong secret"
    assert (await anyone("POST", "/v1/auth/login", login)).status == 401
    assert (await admin("GET", "/v1/admin/users", params={"query": email})).status == 200
    assert (await anyone("GET", f"/v1/{email}")).status == 404
    body = {"asset": "GOLD", "amount": "1.23", "reference": "secret reference"}
    assert (await user("POST", "/v1/wallets/me/spend", body, key="secret-key")).status == 201
    assert caplog.records
    formatter = logs._Formatter()
    for record in caplog.records:
        if record.name.startswith("pgwallet"):
            line = formatter.format(record)
            for secret in ("ecret", "1.23", "123456789", token, str(user.token), str(user.user_id)):
                assert secret not in line


async def test_what_nobody_foresaw_is_logged_and_not_told(
    admin: Caller, connect_module: Any, caplog: pytest.LogCaptureFixture
) -> None:
    database = await connect_module()
    body = await database.fetchval("SELECT pg_get_functiondef('wallet.list_assets'::regproc)")
    await database.execute(
        "CREATE OR REPLACE FUNCTION wallet.list_assets() RETURNS SETOF wallet.asset"
        " LANGUAGE plpgsql AS $$"
        " BEGIN RAISE 'a secret failure' USING DETAIL = 'of ann@example.com'; END $$"
    )
    try:
        answer = await admin("GET", "/v1/assets")
    finally:
        await database.execute(body)
    assert await problem(answer) == (500, "GW500")
    assert "secret" not in await answer.text()
    assert "a secret failure" in caplog.text
    assert "list_assets() line 1 at RAISE" in caplog.text
    assert "ann@example.com" not in caplog.text


def test_a_line_is_json_off_a_terminal_and_text_on_one() -> None:
    fields = {"status": 200, "code": None}
    record = logging.LogRecord("pgwallet.access", 20, "", 0, fields, (), None)
    line = json.loads(logs._Formatter().format(record))
    assert (line["status"], line["level"], line["logger"]) == (200, "INFO", "pgwallet.access")
    assert line["time"].endswith("Z")
    assert logs._TerminalFormatter().format(record).endswith("INFO    access   200")
