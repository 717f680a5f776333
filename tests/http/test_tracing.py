"""Spans: what they hold, whose trace they belong to, and that they arrive."""

import asyncio
import json
import logging
import sys
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec.structs import replace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from gateway import logs
from gateway.app import create_app
from gateway.settings import Settings, SettingsError
from gateway.tracing import Tracing

from .conftest import NOBODY, Caller, end, ready

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = {"traceparent": f"00-{TRACE}-{PARENT}-01"}


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
async def gateway(aiohttp_client: Any, settings: Settings, spans: InMemorySpanExporter) -> Any:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return await aiohttp_client(create_app(settings, Tracing(provider)))


def only(spans: InMemorySpanExporter, kind: SpanKind) -> ReadableSpan:
    [span] = [span for span in spans.get_finished_spans() if span.kind is kind]
    return span


@pytest.fixture
async def rich(user: Caller, spans: InMemorySpanExporter) -> Caller:
    """A user, and no spans of how it came to be."""
    spans.clear()
    return user


async def test_a_request_and_its_call_are_spans_of_the_callers_trace(
    rich: Caller, gold: str, spans: InMemorySpanExporter
) -> None:
    spans.clear()
    body = {"asset": gold, "amount": 1, "reference": "a secret"}
    await rich("POST", "/v1/wallets/me/spend", body, headers=TRACEPARENT)
    server, call = only(spans, SpanKind.SERVER), only(spans, SpanKind.CLIENT)
    assert server.name == "POST /v1/wallets/{user_id}/spend"
    assert dict(server.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/v1/wallets/{user_id}/spend",
        "http.response.status_code": 201,
    }
    assert f"{server.context.trace_id:032x}" == f"{call.context.trace_id:032x}" == TRACE
    assert server.parent and f"{server.parent.span_id:016x}" == PARENT
    assert call.parent and call.parent.span_id == server.context.span_id
    assert call.name == "wallet.spend"
    assert dict(call.attributes or {}) == {
        "db.system.name": "postgresql",
        "db.stored_procedure.name": "wallet.spend",
    }
    assert server.start_time <= call.start_time <= call.end_time <= server.end_time
    for span in (server, call):
        assert span.status.status_code is StatusCode.UNSET
        assert "secret" not in span.to_json() and str(rich.user_id) not in span.to_json()


async def test_without_a_parent_or_with_an_odd_one_a_trace_begins(
    anyone: Caller, spans: InMemorySpanExporter
) -> None:
    odd = ("", "00-zz-1-01", f"00-{'0' * 32}-{PARENT}-01", "x" * 3000)
    for given in odd:
        await anyone("GET", "/health", headers={"traceparent": given} if given else {})
    found = spans.get_finished_spans()
    assert len({span.context.trace_id for span in found}) == len(odd)
    assert all(span.parent is None for span in found)


async def test_a_refusal_has_its_code_and_is_no_error(
    rich: Caller, gold: str, spans: InMemorySpanExporter
) -> None:
    spans.clear()
    await rich("POST", "/v1/wallets/me/spend", {"asset": gold, "amount": 1000})
    server, call = only(spans, SpanKind.SERVER), only(spans, SpanKind.CLIENT)
    assert server.attributes["http.response.status_code"] == 409
    assert server.attributes["pgwallet.code"] == "WA401"
    assert call.attributes["db.response.status_code"] == "WA401"
    for span in (server, call):
        assert span.status.status_code is StatusCode.UNSET
        assert not span.events
    spans.clear()
    await rich("GET", f"/v1/wallets/{NOBODY}")
    assert only(spans, SpanKind.SERVER).attributes["pgwallet.code"] == "WA201"
    await rich("GET", f"/{NOBODY}")
    assert NOBODY not in "".join(span.to_json() for span in spans.get_finished_spans())


async def test_a_failure_is_an_error(
    admin: Caller, spans: InMemorySpanExporter, connect_module: Any
) -> None:
    database = await connect_module()
    body = await database.fetchval("SELECT pg_get_functiondef('wallet.list_assets'::regproc)")
    await database.execute(
        "CREATE OR REPLACE FUNCTION wallet.list_assets() RETURNS SETOF wallet.asset"
        " LANGUAGE plpgsql AS $$ BEGIN RAISE 'a secret failure'; END $$"
    )
    try:
        await admin("GET", "/v1/assets")
    finally:
        await database.execute(body)
    server = only(spans, SpanKind.SERVER)
    assert server.status.status_code is StatusCode.ERROR
    assert server.attributes["error.type"] == "GW500"
    assert "secret" not in "".join(span.to_json() for span in spans.get_finished_spans())


async def test_every_line_about_a_request_has_its_ids(
    rich: Caller, caplog: pytest.LogCaptureFixture, connect_module: Any
) -> None:
    """What was logged is formatted while the request lasts, as by the handler of `serve`."""
    lines = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(logs._Formatter().format(record)))

    database, handler = await connect_module(), Handler()
    body = await database.fetchval("SELECT pg_get_functiondef('wallet.list_assets'::regproc)")
    await database.execute(
        "CREATE OR REPLACE FUNCTION wallet.list_assets() RETURNS SETOF wallet.asset"
        " LANGUAGE plpgsql AS $$ BEGIN RAISE 'a failure'; END $$"
    )
    caplog.set_level(logging.INFO, "pgwallet")
    logging.getLogger("pgwallet").addHandler(handler)
    try:
        headers = {"X-Request-ID": "mine", **TRACEPARENT}
        await rich("GET", "/v1/assets", headers=headers)
    finally:
        logging.getLogger("pgwallet").removeHandler(handler)
        await database.execute(body)
    assert [line["logger"] for line in lines] == ["pgwallet.problems", "pgwallet.access"]
    for line in lines:
        assert (line["request_id"], line["trace_id"]) == ("mine", TRACE)


async def test_off_means_not_even_loaded(database: Any, serve: Any, http: Any) -> None:
    script = (
        "import sys\nfrom gateway.app import create_app\nfrom gateway.settings import Settings\n"
        "create_app(Settings(jwt_secret='x' * 32))\n"
        "print([name for name in sys.modules if 'opentelemetry' in name])"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    assert (await process.communicate())[0].strip() == b"[]"


def test_without_the_extra_it_says_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gateway.tracing", None)
    with pytest.raises(SettingsError, match=r"pgwallet\[otel\]"):
        create_app(replace(settings, traces="on"))


async def test_they_arrive_at_a_collector(serve: Any, http: Any) -> None:
    received: list[ExportTraceServiceRequest] = []

    async def collect(request: web.Request) -> web.Response:
        received.append(ExportTraceServiceRequest.FromString(await request.read()))
        return web.Response(content_type="application/x-protobuf")

    app = web.Application()
    app.router.add_post("/v1/traces", collect)
    async with TestServer(app) as collector:
        process, url = serve(
            PGWALLET_TRACES="on",
            OTEL_EXPORTER_OTLP_ENDPOINT=str(collector.make_url("/")).rstrip("/"),
        )
        await ready(http, url)
        assert (await http.get(f"{url}/v1/assets", headers=TRACEPARENT)).status == 200
        process.terminate()
        code, _, err = await end(process)
    assert (code, "Traceback" in err) == (0, False), err
    resources = [each for request in received for each in request.resource_spans]
    names = {a.key: a.value.string_value for each in resources for a in each.resource.attributes}
    assert names["service.name"] == "pgwallet"
    spans = [span for each in resources for scope in each.scope_spans for span in scope.spans]
    traced = {span.name for span in spans if span.trace_id.hex() == TRACE}
    assert traced == {"GET /v1/assets", "wallet.list_assets"}
    lines = [json.loads(line) for line in err.splitlines()]
    assert {line.get("trace_id") for line in lines if line.get("route") == "/v1/assets"} == {TRACE}


async def test_a_collector_that_is_away_stops_nothing(serve: Any, http: Any) -> None:
    process, url = serve(
        PGWALLET_TRACES="on",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9",
        OTEL_EXPORTER_OTLP_TIMEOUT="1",  # seconds, at the end too
    )
    await ready(http, url)
    assert (await http.get(f"{url}/v1/assets")).status == 200
    process.terminate()
    code, _, err = await end(process)
    assert code == 0
    for line in err.splitlines():
        json.loads(line)
