"""Which web pages' scripts may read the answers. A setting names their origins; else none may."""

from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from gateway.settings import Settings

_EXPOSED = "Dry-Run, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, PATCH, PUT, DELETE",
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Request-ID"
    ),
    "Access-Control-Max-Age": "600",  # seconds
}


Signal = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


def cors(settings: Settings) -> tuple[Middleware, Signal]:
    """What answers preflights, and what names the allowed origin on every answer.

    The second is a signal, as a stream's headers are sent before its handler ends. There are no
    cookies.
    """
    origins = frozenset(settings.cors_origins.split(","))

    @web.middleware
    async def answer_preflight(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_preflight = (
            request.method == hdrs.METH_OPTIONS
            and "Access-Control-Request-Method" in request.headers
        )
        if is_preflight and request.headers.get("Origin") in origins:
            return web.Response(status=204, headers=_PREFLIGHT)
        return await handler(request)

    async def allow(request: web.Request, response: web.StreamResponse) -> None:
        origin = request.headers.get("Origin")
        response.headers["Vary"] = "Origin"
        if origin in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = _EXPOSED

    return answer_preflight, allow
