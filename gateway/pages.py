"""What browsers show: the API's description at /docs, from static/, and the page at /console.

Both ask the documented routes, as any other client does. `pgwallet openapi` makes openapi.json.
"""

from pathlib import Path

import openapi_ui_bundles
from aiohttp import web

_here = Path(__file__).resolve().parent
_DOCS = _here / "static"
# The console's files: inside the package once it is installed, beside it in a checkout.
FILES = _here / "console" if (_here / "console").is_dir() else _here.parent / "console"
PAGE = (_DOCS / "docs.html").read_text()
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_CONSOLE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)


def add_routes(app: web.Application) -> None:
    for path, file, policy in (
        ("/openapi.json", _DOCS / "openapi.json", _DOCS_POLICY),
        ("/docs", _DOCS / "docs.html", _DOCS_POLICY),
        ("/docs/start.js", _DOCS / "docs.js", _DOCS_POLICY),
        ("/console", FILES / "index.html", _CONSOLE_POLICY),
    ):
        _add_file(app, path, file, policy)
    app.router.add_static("/docs/assets", openapi_ui_bundles.swagger_ui.static_path)
    app.router.add_static("/console", FILES)


def _add_file(app: web.Application, path: str, file: Path, policy: str) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(file, headers={"Content-Security-Policy": policy})

    app.router.add_get(path, handle)
