"""The OpenAPI 3.1 document, made of the map of routes and its types, and a page to read it on."""

from typing import Any

import msgspec
import openapi_ui_bundles
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway import __version__
from gateway import types as t
from gateway.problems import CODES
from gateway.routes import ROUTES, Route, page, results

_Object = dict[str, Any]

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>pgwallet</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_SCRIPT = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#ui", deepLinking: true});\n'
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "One for each intent; the same again when it is retried.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
_REPLAYED = {
    "description": "`true` when this key had been used: the first answer again, nothing moved.",
    "schema": {"type": "string", "const": "true"},
}
_REQUEST_ID = {"description": "As in the log.", "schema": {"type": "string"}}


def add_routes(app: web.Application) -> None:
    """/openapi.json, and Swagger UI at /docs with nothing from elsewhere."""
    text = msgspec.json.encode(document()).decode()
    app.router.add_get("/openapi.json", _fixed(text, "application/json"))
    app.router.add_get("/docs", _fixed(_PAGE, "text/html"))
    app.router.add_get("/docs/start.js", _fixed(_SCRIPT, "text/javascript"))
    app.router.add_static("/docs/assets", openapi_ui_bundles.swagger_ui.static_path)


def _fixed(text: str, content_type: str) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": _POLICY}
        return web.Response(text=text, content_type=content_type, headers=headers)

    return handle


def document() -> _Object:
    paths: _Object = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    bodies = [route.body for route in ROUTES if route.body]
    answers = [route.answer or route.row for route in ROUTES]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "pgwallet",
            "version": __version__,
            "description": "Wallets for virtual currencies. Amounts are exact decimals.",
        },
        "paths": paths,
        "components": {
            "schemas": _schemas([t.ProblemDetails, *bodies, *answers])[1],
            "responses": {str(status): _problem(status) for status, _ in CODES.values()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _schemas(types: list[Any]) -> tuple[list[_Object], _Object]:
    """A schema for each type, and what they refer to; patterns as JavaScript has them."""
    made = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    text = msgspec.json.encode(made).decode().replace(r"\\A", "^").replace(r"\\Z", "$")
    return msgspec.json.decode(text, type=tuple[list[_Object], _Object])


def _operation(route: Route) -> _Object:
    success: _Object = {
        "description": "Done" if route.status == 201 else "Found",
        "headers": {"X-Request-ID": _REQUEST_ID},
        "content": {"application/json": {"schema": _answer(route)}},
    }
    operation: _Object = {
        "operationId": route.function,
        "tags": [route.path.split("/")[2]],
        "summary": route.summary,
        "parameters": _parameters(route),
        "responses": {str(route.status): success}
        | {
            str(status): {"$ref": f"#/components/responses/{status}"} for status in _failures(route)
        },
        "security": [{"token": []}] if route.roles else [],
    }
    if route.roles:
        operation["description"] = f"For {', '.join(sorted(route.roles))}."
    if route.is_movement:
        operation["parameters"].append(_KEY)
        success["headers"]["Idempotent-Replayed"] = _REPLAYED
    if route.body:
        [schema], _ = _schemas([route.body])
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    return operation


def _answer(route: Route) -> _Object:
    [schema], _ = _schemas([route.answer or route.row])
    if route.shape not in (page, results):
        return schema
    properties: _Object = {"items": {"type": "array", "items": schema}}
    if route.shape is page:
        properties["next_cursor"] = {"type": ["string", "null"]}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _parameters(route: Route) -> list[_Object]:
    schemas, _ = _schemas(list(route.path_fields.values()))
    path = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in zip(route.path_fields, schemas, strict=True)
    ]
    [_], made = _schemas([route.query])
    [query] = made.values()
    return path + [
        {"name": name, "in": "query", "required": name in query["required"], "schema": schema}
        for name, schema in query["properties"].items()
    ]


def _failures(route: Route) -> list[int]:
    statuses = {422, 500, 503}
    if route.roles:
        statuses |= {401, 403}
    if route.path_fields:
        statuses |= {404}
    if route.body:
        statuses |= {400, 409, 413}
    if route.around:
        statuses |= {401, 403, 429}
    return sorted(statuses)


def _problem(status: int) -> _Object:
    codes = [f"`{code}` {title}" for code, (number, title) in CODES.items() if number == status]
    return {
        "description": ", ".join(codes),
        "headers": {"X-Request-ID": _REQUEST_ID},
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
        },
    }
