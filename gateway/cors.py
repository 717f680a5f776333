"""Which web pages' scripts may read the answers. A setting names their origins; else none may."""

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from gateway.settings import Settings

_EXPOSED = "Dry-Run, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, PATCH, PUT, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, X-Request-ID",
    "Access-Control-Max-Age": "600",  # seconds
}


def cors(settings: Settings) -> Middleware:
    """Answers preflights, and names the allowed origin on every answer. There are no cookies."""
    origins = frozenset(settings.cors_origins.split(","))

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        is_preflight = (
            request.method == hdrs.METH_OPTIONS
            and "Access-Control-Request-Method" in request.headers
        )
        if is_preflight and origin in origins:
            response: web.StreamResponse = web.Response(status=204, headers=_PREFLIGHT)
        else:
            response = await handler(request)
        response.headers["Vary"] = "Origin"
        if origin in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        return response

    return middleware
