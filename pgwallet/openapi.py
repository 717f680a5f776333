"""Makes the OpenAPI 3.1 document of the map of routes and its types."""

import inspect
import re
from typing import Any

import msgspec

from gateway import __version__
from gateway import types as t
from gateway.pages import PAGE
from gateway.problems import CODES
from gateway.routes import LIVE, ROUTES, Route, page, results
from pgwallet import DB_DIR

_Object = dict[str, Any]


_INFO = """\
Wallets for virtual currencies. Amounts are exact decimals: strings in answers, integers or strings
in requests, never JSON floats.

A POST that moves something needs the header `Idempotency-Key`. After a 503, or no answer at all,
send the request again with the same key: it moves once, and the first answer comes again, with
`Idempotent-Replayed: true`.

A request may bring an `X-Request-ID` (1 to 64 letters, digits, `.`, `_` and `-`); each answer has
one. What fails is answered as `application/problem+json` (RFC 9457) with a `code` that stays; so is
another path (`GW404`) or method (`GW405`) than these.

For machines: [openapi.json](/openapi.json).
"""
_TAGS = {
    "Accounts": "Signing up and logging in, where this gateway issues the tokens.",
    "Wallets": "What a user has, and how it came about.",
    "Movements": "What changes a balance. Each needs an `Idempotency-Key`.",
    "Events": "The ledger as a feed, for other systems.",
    "Catalogue": "What there is to have, convert, earn and buy.",
    "Administration": "For the role `admin`.",
    "Operation": "For load balancers and monitoring.",
}
_HEADERS: _Object = {
    "X-Request-ID": {
        "description": "The request's own, or a new one; the log has it too.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Idempotent-Replayed": {
        "description": "There when the key had been used: the first answer again, nothing moved.",
        "schema": {"type": "string", "const": "true"},
    },
    "Dry-Run": {
        "description": "There when the query had `dry_run=true`: nothing moved.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "What is asked for: a token.",
        "required": True,
        "schema": {"type": "string", "const": "Bearer"},
    },
}
_HEADERS_OF = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}
_KEY: _Object = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "One for each intent, and the same again when it is retried.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
}
_USER_ID = {  # as the client writes it
    "description": "Or `me`: the token's own user; or `ext:` and an external id.",
    "anyOf": [
        {"type": "string", "format": "uuid"},
        {"type": "string", "const": "me"},
        {"type": "string", "pattern": "^ext:."},
    ],
}
_NO_HTTP: _Object = {
    "description": "What came is not HTTP.",
    "headers": {},
    "content": {"text/plain": {"schema": {"type": "string", "examples": ["Bad Request"]}}},
}
_BY_FORMAT = {"uuid": "01a1fd7e-9e13-7565-b744-6ff475e822d8", "date-time": "2026-01-31T12:00:00Z"}


def document() -> _Object:
    """The same for the same version: nothing in it is of a database or of settings."""
    paths: _Object = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    paths[LIVE.path] = {"get": _stream()}
    paths |= _open_paths()
    operations = [operation for methods in paths.values() for operation in methods.values()]
    bodies = [route.body for route in ROUTES if route.body]
    answers = [route.answer or route.row for route in ROUTES]
    _, schemas = _schemas([t.ProblemDetails, t.Health, *bodies, *answers])
    schemas |= {name: _page(route) for route in ROUTES if (name := _page_name(route))}
    for operation in operations:
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            for content in part.get("content", {}).values():
                content["example"] = _example(content["schema"], schemas)
    failures = {
        reference["$ref"].rpartition("/")[2]: _failure(int(status), reference["$ref"])
        for operation in operations
        for status, reference in operation["responses"].items()
        if "$ref" in reference
    }
    codes = {code for name in failures for code in name.split("-")}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "pgwallet",
            "version": __version__,
            "description": _INFO,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "Where this document came from."}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": {"Idempotency-Key": _KEY},
            "headers": _HEADERS,
            "responses": failures,
            "examples": {code: _problem_example(code) for code in CODES if code in codes},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "From the log-in, `pgwallet token` or an issuer of your own: "
                    "`sub`, `role` (user, service or admin) and `exp`.",
                }
            },
        },
    }


# ---------------------------------------------------------------------------------------------
# Operations
# ---------------------------------------------------------------------------------------------


def _operation(route: Route) -> _Object:
    operation: _Object = {
        "operationId": route.around.__name__ if route.around else route.function,
        "tags": [_tag(route)],
        "summary": route.summary,
        "description": _description(route),
        "parameters": _parameters(route),
        "responses": {str(route.status): _success(route)} | _failures(_codes(route)),
        # One of these, each with a role that will do.
        "security": [{"token": [role]} for role in _roles(route)],
    }
    if route.body:
        [schema], made = _schemas([route.body])
        operation["requestBody"] = {
            "description": f"{route.max_body // 1024} KiB at most.",
            "required": bool(made[route.body.__name__]["required"]),
            "content": {"application/json": {"schema": schema}},
        }
    return operation


def _stream() -> _Object:
    """Server-sent events, which no schema describes."""
    example = 'event: transaction\nid: GOLD:8\ndata: {"kind": "SPEND", "balance": "90", ...}\n\n'
    headers = [
        {
            "name": "Last-Event-ID",
            "in": "header",
            "required": False,
            "description": "The id of the last event that has arrived: it goes on behind that.",
            "schema": {"type": "string"},
            "example": "GOLD:7",
        },
        {
            "name": "access_token",
            "in": "query",
            "required": False,
            "description": "The token, for a browser's EventSource, which sends no header.",
            "schema": {"type": "string"},
            "example": "eyJhbGciOiJIUzI1NiJ9.e30.x",
        },
    ]
    operation = _operation(LIVE)
    return operation | {
        "operationId": "listen",
        "description": (
            "Server-sent events. `balances` comes first, unless Last-Event-ID says what is known. "
            "Then `transaction` comes for each transfer, in order by asset, "
            "with the balance after it. `gap` says that more than 100 transfers of an asset, or a "
            "restoration of the database, lie between; it has the balance now. A comment comes "
            "every 15 seconds. The stream ends when the token does.\n\n"
            "For: user whose wallet it is, service, admin. In SQL: `wallet.read_news`."
        ),
        "parameters": operation["parameters"] + headers,
        "responses": operation["responses"]
        | {
            "200": _response(
                "Events", "text/event-stream", {"type": "string", "examples": [example]}, []
            )
        },
    }


def _sources(route: Route) -> list[str]:
    """What stands at whatever answers it: a text and, after `Raises:`, codes."""
    around = [inspect.getdoc(route.around) or ""] if route.around else []
    functions = [route.function, *filter(None, [route.function_at])]
    if "wait" in route.query.__struct_fields__:
        functions.append("acknowledge_events")
    if route.is_bound:
        functions.append("heed_threshold")
    if "what the call raises" in _comment(route.function):
        functions.extend(t.CALLS)
    return around + [_comment(function) for function in functions]


def _description(route: Route) -> str:
    text = re.split(r"^(?:Returns|Raises):", _sources(route)[0], flags=re.M)[0]
    fields = {*route.path_fields, *route.query.__struct_fields__}
    fields |= set(route.body.__struct_fields__ if route.body else ())
    told = " ".join(
        " ".join(sentence.split())
        for sentence in re.split(r"(?<=\.)\s+", text)
        if fields.issuperset(re.findall(r"\bp_(\w+)", sentence))  # else it is for SQL alone
    )
    told = re.sub(r"\bp_(\w+)", r"`\1`", told).replace("NULL", "null")
    who = ", ".join(_roles(route)) or "anyone"
    if "user_id" in route.path_fields:
        who = who.replace("user", "user whose wallet it is")
    return f"{told}\n\nFor: {who}. In SQL: `wallet.{route.function}`."


def _codes(route: Route) -> set[str]:
    codes = {"GW422", "GW500", "GW503", "WA601"}  # the last one where there is a cluster
    for text in _sources(route):
        codes.update(re.findall(r"\b(?:WA|GW)\d{3}\b", text))
    if route.roles:
        codes |= {"GW401", "GW429", "WA201", "WA501"}  # also for what the token's user may not
        if not route.roles.issuperset(t.ROLES):
            codes.add("GW403")
    if route.body:
        codes |= {"GW400", "GW408", "GW413"}
    if route.is_movement:
        codes.add("WA104")
    return codes


def _roles(route: Route) -> list[str]:
    return [role for role in t.ROLES if role in (route.roles or ())]


def _comment(function: str) -> str:
    """What COMMENT ON FUNCTION says of a function of the schema wallet."""
    text = (DB_DIR / "functions" / "api" / f"{function}.sql").read_text()
    [comment] = re.findall(r"^COMMENT ON FUNCTION[^;]*? IS\s+'((?:[^']|'')*)';", text, re.M)
    return str(comment.replace("''", "'"))


def _tag(route: Route) -> str:
    match route.path.split("/")[2]:
        case "auth":
            return "Accounts"
        case "admin":
            return "Administration"
        case "events" | "subscriptions" | "webhooks":
            return "Events"
        case "campaigns" if route.method == "POST":
            return "Movements"
        case "wallets" | "batches":
            return "Wallets" if route.method == "GET" else "Movements"
    return "Catalogue"


def _parameters(route: Route) -> list[_Object]:
    schemas, _ = _schemas(list(route.path_fields.values()))
    fields = dict(zip(route.path_fields, schemas, strict=True))
    if "user_id" in fields:
        example = "me" if "user" in _roles(route) else fields["user_id"]["examples"][0]
        fields["user_id"] = _USER_ID | {"examples": [example]}
    path = [_parameter(name, "path", True, schema) for name, schema in fields.items()]
    [_], made = _schemas([route.query])
    query = made[route.query.__name__]
    for name, schema in query["properties"].items():
        path.append(_parameter(name, "query", name in query["required"], schema))
    return path + [{"$ref": "#/components/parameters/Idempotency-Key"}] * route.is_movement


def _parameter(name: str, place: str, required: bool, schema: _Object) -> _Object:
    """Its description and example beside its schema; nothing in a URL is null."""
    match schema:
        case {"type": [kind, "null"], **rest}:
            schema = {"type": kind, **rest}
        case {"anyOf": [{"$ref": _} as inner, {"type": "null"}], **rest}:
            schema = inner | rest
        case _:
            schema = dict(schema)
    made = {"name": name, "in": place, "required": required}
    if "description" in schema:
        made["description"] = schema.pop("description")
    if required:
        made["example"] = _example(schema, {})
    return made | {"schema": schema}


def _success(route: Route) -> _Object:
    if name := _page_name(route):
        schema = {"$ref": f"#/components/schemas/{name}"}
    else:
        [schema], _ = _schemas([route.answer or route.row])
    headers = ["Idempotent-Replayed"] * route.is_movement
    headers += ["Dry-Run"] * (route.query is t.MovementQuery)
    description = "Done" if route.method != "GET" else "Found"
    return _response(description, "application/json", schema, headers)


def _page_name(route: Route) -> str:
    """Of the schema of an answer with several rows; empty for one."""
    if route.shape not in (page, results):
        return ""
    return route.row.__name__ + ("Page" if route.shape is page else "List")


def _page(route: Route) -> _Object:
    [row], _ = _schemas([route.row])
    properties: _Object = {"items": {"type": "array", "items": row}}
    if route.shape is page:
        properties["next_cursor"] = {
            "description": "For the parameter cursor; null: nothing follows.",
            "type": ["string", "null"],
        }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _failures(codes: set[str]) -> _Object:
    """A response for each status, shared by all that can answer the same codes with it."""
    by_status: dict[int, list[str]] = {}
    for code in sorted(codes):
        by_status.setdefault(CODES[code][0], []).append(code)
    return {
        str(status): {"$ref": f"#/components/responses/{'-'.join(by_status[status])}"}
        for status in sorted(by_status)
    }


def _failure(status: int, reference: str) -> _Object:
    codes = reference.rpartition("/")[2].split("-")
    description = "; ".join(f"`{code}` {CODES[code][1]}" for code in codes)
    kind = "application/problem+json"
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    made = _response(description, kind, schema, _HEADERS_OF.get(status, []))
    made["content"][kind]["examples"] = {
        code: {"$ref": f"#/components/examples/{code}"} for code in codes
    }
    return made


def _problem_example(code: str) -> _Object:
    status, title = CODES[code]
    value = {
        "type": f"urn:pgwallet:problem:{code}",
        "title": title,
        "status": status,
        "detail": "One sentence with the values.",
        "code": code,
        "hint": None,
        "request_id": "90259894dcdbdc5c480b8f85a5b151db",
    }
    return {"summary": f"{code} {title}", "value": value}


def _response(description: str, kinds: str, schema: _Object, headers: list[str]) -> _Object:
    return {
        "description": description,
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"} for name in ["X-Request-ID", *headers]
        },
        "content": {kind: {"schema": schema} for kind in kinds.split()},
    }


def _open_paths() -> _Object:
    """What is not in the table: none of it calls a function for anybody."""
    health = {"$ref": "#/components/schemas/Health"}
    metrics = {"type": "string", "examples": ["pgwallet_http_requests_total{…} 1.0"]}
    this = {"type": "object", "additionalProperties": True, "examples": [{"openapi": "3.1.0"}]}
    html = {"type": "string", "examples": [PAGE]}
    return {
        f"/{name}": {
            "get": {
                "operationId": name.partition(".")[0],
                "tags": ["Operation"],
                "summary": summary,
                "responses": {
                    "200": _response("Found", kinds, schema, []),
                    "400": _NO_HTTP,
                }
                | _failures(codes),
                "security": [],
            }
        }
        for name, summary, kinds, schema, codes in (
            ("health", "Whether it serves", "application/json", health, {"GW503"}),
            (
                "metrics",
                "For Prometheus",
                "text/plain application/openmetrics-text",
                metrics,
                set(),
            ),
            ("openapi.json", "This document", "application/json", this, set()),
            ("docs", "This document to read and try", "text/html", html, set()),
        )
    }


# ---------------------------------------------------------------------------------------------
# Schemas and examples
# ---------------------------------------------------------------------------------------------


def _schemas(types: list[Any]) -> tuple[list[_Object], _Object]:
    """A schema for each type, and what they refer to; patterns as JavaScript has them."""
    made = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    text = msgspec.json.encode(made).decode().replace(r"\\A", "^").replace(r"\\Z", "$")
    schemas, components = msgspec.json.decode(text, type=tuple[list[_Object], _Object])
    named: _Object = {}
    schemas, components = _tidy([schemas, components], named)
    return schemas, components | named


def _tidy(node: Any, named: _Object) -> Any:
    """The schema in the form that generators of clients understand best.

    A schema with a title goes to `named`, and a reference stands in its place. "X or null" is one
    schema where X has a simple type. A default of null is left out: some generators make a field
    with a default required.
    """
    if isinstance(node, list):
        return [_tidy(each, named) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _tidy(value, named) for name, value in node.items()}
    match made:
        case {"anyOf": [inner, {"type": "null"} as null], **outer}:
            if "default" in outer:  # an example of what may be left out is the field's own matter
                inner.pop("examples", None)
                del outer["default"]
            match inner:
                case {"type": str(kind)}:
                    return inner | outer | {"type": [kind, "null"]}
                case {"anyOf": choices}:
                    return inner | outer | {"anyOf": [*choices, null]}
                case {"$ref": reference, **beside}:
                    return {"anyOf": [{"$ref": reference}, null]} | beside | outer
        case {"title": str(title)} if "properties" not in made:
            here = {"$ref": f"#/components/schemas/{title}"}
            for name in ("description", "examples", "default"):
                if name in made:
                    here[name] = made.pop(name)
            named[title] = made
            return here
    return made


def _example(schema: _Object, schemas: _Object) -> Any:
    """Made of what its fields have as examples."""
    match schema:
        case {"examples": [first, *_]}:
            return first
        case {"$ref": reference}:
            return _example(schemas[reference.rpartition("/")[2]], schemas)
        case {"default": default}:
            return default
        case {"enum": [*choices]}:
            return choices[0]
        case {"type": "array", "items": item}:
            return [_example(item, schemas)]
        case {"type": "object", "properties": properties, "required": required}:
            return {
                name: _example(each, schemas)
                for name, each in properties.items()
                if name in required or "examples" in each
            }
        case {"type": "object"}:
            return {}
        case {"type": "boolean"}:
            return True
        case {"type": "string", "format": kind}:
            return _BY_FORMAT[kind]
        case {"type": [*_, "null"]} | {"anyOf": [*_, {"type": "null"}]}:
            return None
    raise ValueError(f"there is no example of {schema}")
