"""The description of the routes: /openapi.json, and a page at /docs to read it and try it.

`pgwallet openapi` makes openapi.json.
"""

from pathlib import Path

import openapi_ui_bundles
from aiohttp import web
from aiohttp.typedefs import Handler

_STATIC = Path(__file__).parent / "static"
PAGE = (_STATIC / "docs.html").read_text()
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def add_routes(app: web.Application) -> None:
    app.router.add_get("/openapi.json", _file("openapi.json", "application/json"))
    app.router.add_get("/docs", _file("docs.html", "text/html"))
    app.router.add_get("/docs/start.js", _file("docs.js", "text/javascript"))
    app.router.add_static("/docs/assets", openapi_ui_bundles.swagger_ui.static_path)


def _file(name: str, content_type: str) -> Handler:
    text = (_STATIC / name).read_text()

    async def handle(request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": _POLICY}
        return web.Response(text=text, content_type=content_type, headers=headers)

    return handle
