"""Traces for OpenTelemetry: a span for each request, and in it a span for the function's call.

It needs the extra `otel`. The standard OTEL_* variables say where the spans go. A span holds no
more than a line of the log: no path, no argument, no message.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Self

import asyncpg
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from opentelemetry import propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode, format_trace_id

from gateway import __version__, logs
from gateway.database import Call, Row
from gateway.problems import CODE, Problem
from gateway.routes import template


class Tracing:
    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("pgwallet", __version__)

    @classmethod
    def from_env(cls) -> Self:
        resource = Resource.create()
        if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):
            resource = resource.merge(Resource({SERVICE_NAME: "pgwallet"}))
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        return cls(provider)

    def middleware(self) -> Middleware:
        """Continues the caller's trace if the request names one."""

        @web.middleware
        async def trace(request: web.Request, handler: Handler) -> web.StreamResponse:
            method, route = request.match_info.route.method, template(request)
            with self._tracer.start_as_current_span(
                f"{method} {route}",
                propagate.extract(request.headers),
                SpanKind.SERVER,
                {"http.request.method": method, "http.route": route},
                record_exception=False,  # its message may hold what no trace must show
                set_status_on_exception=False,
            ) as span:
                if (context := span.get_span_context()).is_valid:
                    logs.REQUEST.set({"trace_id": format_trace_id(context.trace_id)})
                response = await handler(request)
                span.set_attribute("http.response.status_code", response.status)
                if code := request.get(CODE):
                    span.set_attribute("pgwallet.code", code)
                if response.status >= 500:
                    span.set_attribute("error.type", code or str(response.status))
                    span.set_status(StatusCode.ERROR)
                return response

        return trace

    def call(self, function: str, call: Call) -> Call:
        """The same call in a span, which includes the time waited."""
        name = f"wallet.{function}"
        attributes = {"db.system.name": "postgresql", "db.stored_procedure.name": name}

        async def traced(values: Mapping[str, Any]) -> list[Row]:
            with self._tracer.start_as_current_span(
                name,
                kind=SpanKind.CLIENT,
                attributes=attributes,
                record_exception=False,
                set_status_on_exception=False,
            ) as span:
                try:
                    return await call(values)
                except Exception as error:
                    if isinstance(error, Problem):
                        span.set_attribute("db.response.status_code", error.code)
                    elif isinstance(error, asyncpg.PostgresError):
                        span.set_attribute("db.response.status_code", error.sqlstate or "")
                    raise

        return traced

    async def stop(self, app: web.Application) -> None:
        """Sends the spans that are left."""
        await asyncio.to_thread(self._provider.shutdown)
