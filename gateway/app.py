"""Makes the application of the map of routes: one handler for all, and middlewares around it."""

import asyncio
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date, datetime
from functools import partial
from random import getrandbits
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway import __version__, logs, metrics, pages
from gateway.accounts import Accounts
from gateway.cors import cors
from gateway.database import Database
from gateway.events import Events, Live
from gateway.grouping import Groups, Movements, Reads
from gateway.problems import CODE, Problem, problem_of
from gateway.rates import TokenRates, refuse_before
from gateway.routes import LIVE, MAX_BODY, ROUTES, Route, template
from gateway.settings import Settings, SettingsError
from gateway.support import Limits
from gateway.tokens import Claims, Verifier
from gateway.types import BatchRequest, TokenState
from gateway.users import PREFIX, Users, no_user

if TYPE_CHECKING:
    from gateway.tracing import Tracing  # what it needs need not be installed

DATABASE = web.AppKey("database", Database)
LIVE_KEY = web.AppKey("live", Live)
REQUEST_ID = web.RequestKey("request_id", str)
RATE = web.RequestKey("rate", dict[str, str])

HEADERS = {  # of every answer
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

Authenticate = Callable[[web.Request, Route], Awaitable[Claims | None]]

_access = logging.getLogger("pgwallet.access")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_encode = msgspec.json.Encoder().encode


def create_app(settings: Settings, tracing: "Tracing | None" = None) -> web.Application:
    """The gateway. It starts without a database too, and serves as soon as one is there."""
    if settings.traces == "on":
        tracing = _tracing()
    database = Database(settings)
    get_token_state = database.function(
        "get_token_state", ("user_id", "external_id"), TokenState.__struct_fields__
    )
    verifier, users = Verifier(settings, get_token_state), Users(database)
    accounts = Accounts(settings, database)
    rates = TokenRates(settings) if settings.user_rate or settings.staff_rate else None
    authenticate = _authenticate(verifier, rates)
    answer_preflight, allow = cors(settings)
    app = web.Application(
        middlewares=[
            *([tracing.middleware()] if tracing else ()),
            _observe,
            *([answer_preflight] if settings.cors_origins else ()),
        ],
        client_max_size=MAX_BODY,
    )
    app[DATABASE] = database
    app[LIVE_KEY] = live = Live(database)
    app.cleanup_ctx.append(_run_database)
    if metrics.DIRECTORY:
        app.cleanup_ctx.append(_run_samples)
    if tracing:
        app.on_cleanup.append(tracing.stop)
    app.on_response_prepare.append(_harden)
    if settings.cors_origins:
        app.on_response_prepare.append(allow)
    groups: dict[str, Groups] = {}  # of a function
    if settings.grouping == "on":
        movements, reads = Movements(settings, database), Reads(settings, database)
        groups = dict.fromkeys(movements.functions, movements) | dict.fromkeys(
            reads.functions, reads
        )
    events, limits = Events(database), Limits(settings)

    async def stop_waiting(app: web.Application) -> None:
        events.stop()
        live.stop()

    app.on_shutdown.append(stop_waiting)
    # aiohttp tries those of a wallet one by one, so what is asked for most comes first.
    often = Movements.functions | Reads.functions
    for route in sorted(ROUTES, key=lambda route: route.function not in often):
        handler = _handler(
            route, database, authenticate, accounts, users, groups, events, tracing, limits,
            settings.client_timeout,
        )  # fmt: skip
        # As GET, but without the body; aiohttp leaves that out.
        for method in ("GET", "HEAD") if route.method == "GET" else (route.method,):
            app.router.add_route(method, route.path, handler)
    app.router.add_get(LIVE.path, _listen(live, users, authenticate), allow_head=False)
    app.router.add_get("/health", _health)
    app.router.add_get("/metrics", _metrics)
    pages.add_routes(app)
    return app


def _tracing() -> "Tracing":
    try:
        from gateway.tracing import Tracing
    except ImportError as error:
        raise SettingsError(f"PGWALLET_TRACES needs pgwallet[otel]: {error}") from error
    return Tracing.from_env()


async def _run_database(app: web.Application) -> AsyncIterator[None]:
    await app[DATABASE].start()
    yield
    await app[DATABASE].stop()


# ---------------------------------------------------------------------------------------------
# The handler
# ---------------------------------------------------------------------------------------------


def _handler(
    route: Route,
    database: Database,
    authenticate: Authenticate,
    accounts: Accounts,
    users: Users,
    groups: Mapping[str, Groups],
    events: Events,
    tracing: "Tracing | None",
    limits: Limits,
    patience: float,
) -> Handler:
    """Gathers the arguments, calls the function, shapes the answer."""
    names, attributes = route.arguments, route.row.__struct_fields__
    is_read = route.method == "GET" and not route.is_on_primary
    function = partial(database.function, route.function, names, attributes)
    call = call_at = function(is_read=is_read)
    if route.function in groups:
        call = groups[route.function].call(route.function, call)
    if "wait" in route.query.__struct_fields__:
        call = events.call(call)
    dry_call = bound_call = bound_dry_call = limited_call = call
    if "dry_run" in route.query.__struct_fields__:
        dry_call = bound_dry_call = function(judge=_take_back)
    if route.is_bound:
        bound_call = function(is_bound=True)
        bound_dry_call = function(is_bound=True, judge=_take_back)
    if route.is_movement and "support" in (route.roles or ()):
        limited_call = function(is_bound=route.is_bound, judge=lambda rows: limits.allow(rows[0]))
    calls = {  # of a role: what is done, and what is only tried
        "user": (call, dry_call),
        "service": (call, dry_call),
        "support": (limited_call, bound_dry_call),
        "admin": (bound_call, bound_dry_call),
    }
    if route.function_at:
        call_at = database.function(route.function_at, (*names, "at"), attributes, is_read=is_read)
    if tracing:
        traced = partial(tracing.call, route.function)
        calls = {role: (traced(real), traced(dry)) for role, (real, dry) in calls.items()}
        call_at = tracing.call(route.function_at or route.function, call_at)
    path_type = msgspec.defstruct("Path", list(route.path_fields.items()))
    decode_body = msgspec.json.Decoder(route.body).decode if route.body else None
    around, is_movement, is_batch = route.around, route.is_movement, route.body is BatchRequest
    by_query = "user_id" in route.query.__struct_fields__
    # A query's numbers are texts. But a text of digits, such as 20260131, is not a moment.
    is_strict = not {"limit", "days", "dry_run"}.intersection(route.query.__struct_fields__)

    async def handle(request: web.Request) -> web.Response:
        claims = await authenticate(request, route)
        # Each source overrules those above it: query, body, path, token.
        arguments = _fields(msgspec.convert(_query(request), route.query, strict=is_strict))
        if decode_body is not None:
            if route.max_body > MAX_BODY:
                request = request.clone(client_max_size=route.max_body)
            body = await _body(request, patience) or b"{}"
            arguments |= _fields(decode_body(body))
            _find_twice(body.decode())
        if claims is not None:
            path = dict(request.match_info)
            await _find_user(path, claims, users)
            if by_query:
                await _find_user(arguments, claims, users)
            arguments |= _fields(msgspec.convert(path, path_type, strict=False))
            _check_owner(arguments, claims)
            arguments |= {"actor": claims.sub, "is_self": claims.role == "user"}
        if is_movement:
            arguments["idempotency_key"] = _idempotency_key(request)

        strangers = {}
        if is_batch:
            requests = arguments["requests"]
            strangers = await users.find_all(requests)
            arguments["expires_at"] = [each.pop("expires_at") for each in requests]
            # The fields of wallet.request, in their order.
            arguments["requests"] = [tuple(each.values()) for each in requests]
        is_dry = arguments.get("dry_run", False)
        chosen = calls[claims.role if claims else "user"][is_dry]
        if arguments.get("at") is not None:
            chosen = call_at
        if around:
            rows = await around(accounts, request, arguments, chosen)
        else:
            rows = await chosen(arguments)
        if is_movement and claims is not None and claims.role == "support":
            limits.check(rows[0])
        for index, name in strangers.items():
            rows[index]["detail"] = no_user(name).detail

        headers = {"Content-Type": "application/json"}
        if is_movement and rows[0].pop("is_replay"):
            metrics.replays.labels(route.function).inc()
            headers["Idempotent-Replayed"] = "true"
        if is_dry:
            headers["Dry-Run"] = "true"
        answer = _encode(route.shape(arguments, rows))
        return web.Response(body=answer, status=route.status, headers=headers)

    return handle


def _take_back(rows: list[Any]) -> bool:
    """The judge of a dry run."""
    return False


def _listen(live: Live, users: Users, authenticate: Authenticate) -> Handler:
    """Server-sent events."""

    async def handle(request: web.Request) -> web.StreamResponse:
        claims = await authenticate(request, LIVE)
        assert claims is not None
        path = dict(request.match_info)
        await _find_user(path, claims, users)
        user_id = msgspec.convert(path["user_id"], UUID)
        _check_owner({"user_id": user_id}, claims)
        headers = {**request.get(RATE, {}), "X-Request-ID": request[REQUEST_ID]}
        return await live.stream(request, user_id, claims.exp - time.time(), headers)

    return handle


def _fields(struct: msgspec.Struct) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(struct, builtin_types=(date, datetime, UUID))
    return fields


def _query(request: web.Request) -> dict[str, str]:
    if not request.query_string:
        return {}
    if len(request.query) != len(set(request.query)):
        raise Problem("GW422", "A query parameter is repeated.")
    return dict(request.query)


async def _body(request: web.Request, patience: float) -> bytes:
    if request.content.is_eof():  # all of it is there, which is the usual case
        return await request.read()
    try:
        async with asyncio.timeout(patience):
            return await request.read()
    except TimeoutError:
        raise Problem("GW408", headers={"Connection": "close"}) from None


def _check_names(pairs: list[tuple[str, Any]]) -> None:
    """Refuses an object that names a field twice: nobody can tell which value is meant."""
    if len(dict(pairs)) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Problem("GW422", f"The body names {twice[:50]!r} twice.")


_find_twice = json.JSONDecoder(
    object_pairs_hook=_check_names, parse_int=str, parse_float=str
).decode


async def _find_user(fields: dict[str, Any], claims: Claims, users: Users) -> None:
    """Puts the id in the place of `me` and of `ext:<external id>`. A user may only name himself."""
    name = fields.get("user_id") or ""
    if name == "me" or (claims.external_id is not None and name == PREFIX + claims.external_id):
        fields["user_id"] = claims.sub
    elif name.startswith(PREFIX):
        if claims.role == "user":
            raise no_user(name)
        fields["user_id"] = await users.find(name)


def _check_owner(arguments: dict[str, Any], claims: Claims) -> None:
    """Tells a user who asks for another's wallet that it does not exist."""
    user_id = arguments.get("user_id")
    if claims.role == "user" and user_id is not None and str(user_id) != claims.sub:
        raise no_user(user_id)


def _idempotency_key(request: web.Request) -> str:
    """The header's value: bare, or a quoted string of RFC 8941."""
    values = request.headers.getall("Idempotency-Key", ())
    key = values[0] if len(values) == 1 else ""
    if key.startswith('"'):
        quoted = re.fullmatch(r'"((?:[^"\\]|\\["\\])*)"', key)
        key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
    if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise Problem(
            "WA104",
            "The header Idempotency-Key must have 1 to 255 printable ASCII characters.",
            "Give each intent its own key. Send the same key when you retry.",
        )
    return key


# ---------------------------------------------------------------------------------------------
# Around it
# ---------------------------------------------------------------------------------------------


@web.middleware
async def _observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives each request an id, a line in the log and a place in the metrics. Answers problems."""
    started = time.perf_counter()
    given = request.headers.get("X-Request-ID", "")
    request_id = given if _REQUEST_ID.fullmatch(given) else f"{getrandbits(128):032x}"
    method, route = request.match_info.route.method, template(request)
    request[REQUEST_ID] = request_id
    logs.REQUEST.set({"request_id": request_id, **logs.REQUEST.get({})})
    try:
        response = await handler(request)
    except Exception as error:
        problem = problem_of(error)
        request[CODE] = problem.code
        if problem.status >= 500:
            metrics.failures.labels(problem.code).inc()
        response = problem.response(request_id)
    response.headers.update({**request.get(RATE, {}), "X-Request-ID": request_id})
    elapsed, code = time.perf_counter() - started, request.get(CODE, "")
    metrics.answered(method, route, response.status, code).inc()
    if isinstance(response, web.Response):  # a stream takes as long as somebody listens
        metrics.took(method, route).observe(elapsed)
    _access.info(
        {
            "status": response.status,
            "method": method,
            "route": route,
            "ms": round(1000 * elapsed, 1),
            "code": code or None,
        }
    )
    return response


def _authenticate(verifier: Verifier, rates: TokenRates | None) -> Authenticate:
    """Verifies the token and its role, if the route needs one."""

    async def authenticate(request: web.Request, route: Route) -> Claims | None:
        if route.roles is None:
            return None
        given = request.headers.get("Authorization")
        if route is LIVE and given is None:  # a browser's EventSource has no headers
            given = f"Bearer {request.query.get('access_token', '')}"
        claims = await verifier.claims(given)
        if rates is not None:
            request[RATE], wait = rates.take(claims.role, claims.sub)
            refuse_before(wait)
        if claims.role not in route.roles:
            raise Problem("GW403", f"This takes the role {' or '.join(sorted(route.roles))}.")
        return claims

    return authenticate


async def _harden(request: web.Request, response: web.StreamResponse) -> None:
    """Puts HEADERS on an answer that does not say otherwise, and takes aiohttp's name off."""
    response.headers.popall("Server", None)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


# ---------------------------------------------------------------------------------------------
# For operators
# ---------------------------------------------------------------------------------------------


async def _health(request: web.Request) -> web.Response:
    health = {"status": "ok", "version": __version__} | await request.app[DATABASE].health()
    return web.Response(body=_encode(health), content_type="application/json")


async def _metrics(request: web.Request) -> web.Response:
    _sample(request.app)
    body, content_type = metrics.scrape(request.headers.get("Accept", ""))
    return web.Response(body=body, headers={"Content-Type": content_type})


def _sample(app: web.Application) -> None:
    primary = app[DATABASE].primary
    metrics.sample(primary.schema_version, is_ready=not primary.cause)


async def _run_samples(app: web.Application) -> AsyncIterator[None]:
    """Keeps this worker's gauges fresh: another worker may answer the scrape."""

    async def keep_sampling() -> None:
        while True:
            _sample(app)
            await asyncio.sleep(1)

    task = asyncio.create_task(keep_sampling())
    yield
    task.cancel()
