"""The page at /console. It asks the documented routes, as any other client does."""

from pathlib import Path

from aiohttp import web

_here = Path(__file__).resolve().parent
# Its files: inside the package once it is installed, beside it in a checkout.
FILES = _here / "console" if (_here / "console").is_dir() else _here.parent / "console"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)


def add_routes(app: web.Application) -> None:
    app.router.add_get("/console", _page)
    app.router.add_static("/console", FILES)


async def _page(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(FILES / "index.html", headers={"Content-Security-Policy": _POLICY})
