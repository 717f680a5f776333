"""What is written into a text or a header is never run, and never becomes another header."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, get_args
from uuid import uuid4

import msgspec
import pytest

from gateway import types as t
from gateway.routes import ROUTES, Route

from .conftest import NOBODY, Caller, make_token

# Each counts on a sequence when any of it is run as SQL, and a sequence forgets nothing.
COUNT = "nextval('public.canary')"
TEXTS = [
    f"'; SELECT {COUNT}; --",
    f"' || {COUNT} || '",
    f"\\'; SELECT {COUNT}; --",
    f'"; SELECT {COUNT}; --',
    f"$$; SELECT {COUNT}; $$",
    f"$1; SELECT {COUNT}",
    f"' UNION SELECT {COUNT}::text, NULL, NULL --",
    f"%' AND {COUNT} > 0 AND '%' = '",
    f"x%s%I%L{{0}}'); SELECT {COUNT}; --",
    f"\u02bc; SELECT {COUNT}; --",
]
ID = {
    "user_id": NOBODY,
    "transaction_id": NOBODY,
    "hold_id": NOBODY,
    "task_id": "1",
    "item_id": "1",
}


@pytest.fixture
async def canary(connect_module: Any) -> AsyncIterator[None]:
    database = await connect_module()
    await database.execute("CREATE SEQUENCE IF NOT EXISTS public.canary")
    await database.execute("GRANT ALL ON SEQUENCE public.canary TO public")
    yield
    assert not await database.fetchval("SELECT is_called FROM public.canary")
    assert await database.fetch("SELECT * FROM wallet.verify()") == []


def is_text(type_: Any) -> bool:
    return type_ is str or any(is_text(part) for part in get_args(type_) if part is not type_)


def texts_of(type_: type[msgspec.Struct] | None) -> list[str]:
    """The fields that take a text."""
    fields = msgspec.structs.fields(type_) if type_ else ()
    return [field.name for field in fields if is_text(field.type)]


def sound_body(route: Route) -> dict[str, Any]:
    """Something that is well-formed in each required field."""
    known = {"amount": 1, "reward": 1, "price": 1, "quantity": 1, "expires_in": 1, "from_amount": 1,
             "to_amount": 1, "password": "correct horse", "status": "active"}  # fmt: skip
    return {
        field.name: known.get(field.name, "GOLD")
        for field in (msgspec.structs.fields(route.body) if route.body else ())
        if field.required
    }


def requests_of(route: Route, text: str) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """The path, body and query of a request for each place that takes a text, with this in it."""
    names = dict.fromkeys(route.path_fields, "GOLD") | ID
    body = sound_body(route) if route.body else None
    for name in route.path_fields:
        yield route.path.format_map(names | {name: text.replace("%", "%25")}), body, {}
    path = route.path.format_map(names)
    for name in texts_of(route.query):
        yield path, body, {name: text}
    for name in texts_of(route.body):
        yield path, sound_body(route) | {name: text}, {}
    for name in texts_of(t.BatchItem) if route.function == "post_batch" else ():
        item = {"user_id": NOBODY, "kind": "BONUS", "asset": "GOLD", "amount": 1}
        yield path, {"requests": [item | {"idempotency_key": "x", name: text}]}, {}


async def test_a_text_is_not_run(admin: Caller, gold: str, canary: None) -> None:
    for route in ROUTES:
        for text in TEXTS[:3] if route.around else TEXTS:  # a password to hash for each
            for path, body, query in requests_of(route, text):
                answer = await admin(route.method, path, body, params=query)
                assert answer.status < 500, (route.path, path, body, query)


async def test_metadata_and_headers_are_not_run(user: Caller, canary: None) -> None:
    for text in TEXTS:
        await try_metadata_and_headers(user, text)


async def try_metadata_and_headers(user: Caller, text: str) -> None:
    body = {"asset": "GOLD", "amount": 1, "metadata": {text: text}, "reference": text}
    key = uuid4().hex + text.encode("ascii", "replace").decode()
    headers = {"X-Request-ID": key, "X-Forwarded-For": key, "Idempotency-Key": key}
    answer = await user("POST", "/v1/wallets/me/spend", body, headers=headers)
    receipt = await answer.json()
    assert (answer.status, receipt["reference"]) == (201, text)
    assert receipt["metadata"] == {text: text}
    assert answer.headers["X-Request-ID"] != key
    # A token's subject is an actor: a text as well.
    actor = Caller(user.client, make_token("admin", text))
    path = f"/v1/wallets/{user.user_id}"
    answer = await actor("POST", f"{path}/bonus", {"asset": "GOLD", "amount": 1})
    assert answer.status == 201
    answer = await actor("GET", f"{path}/transactions/{(await answer.json())['transaction_id']}")
    assert (await answer.json())["actor"] == text


# ---------------------------------------------------------------------------------------------
# Below what a client library lets through
# ---------------------------------------------------------------------------------------------

EVIL = b"Evil: 1"
ANSWERED = {  # by a refusal, or as if nothing odd were in it
    "a line break in a header": b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\r\n%s\r\n\r\n",
    "a bare line feed": b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\n%s\r\n\r\n",
    "a bare return": b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\r%s\r\n\r\n",
    "a folded header": b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\r\n %s\r\n\r\n",
    "a NUL": b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\0%s\r\n\r\n",
    "a line break in the path": b"GET /v1/x%%0d%%0a%s HTTP/1.1\r\nHost: x\r\n\r\n",
    "a line break in the query": b"GET /health?a=%%0d%%0a%s HTTP/1.1\r\nHost: x\r\n\r\n",
    "a line break in the method": b"GET%%0d%%0a%s /health HTTP/1.1\r\nHost: x\r\n\r\n",
    "an odd host": b"GET /health HTTP/1.1\r\nHost: x%%0d%%0a%s\r\n\r\n",
}
REFUSED = {
    "two lengths": b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
    "a length and chunks": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"Content-Length: -1\r\n\r\n",
    "a signed length": b"Content-Length: +2\r\n\r\n{}",
    "a space before the colon": b"Content-Length : 2\r\n\r\n{}",
    "chunks of no size": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
    "another coding": b"Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\n{}",
    "chunked twice": b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "a long header": b"X: " + b"x" * 20_000 + b"\r\nContent-Length: 2\r\n\r\n{}",
    "many headers": b"X: x\r\n" * 500 + b"Content-Length: 2\r\n\r\n{}",
}


async def say(gateway: Any, request: bytes, until: bytes = b"") -> bytes:
    """What is answered to what is sent as it is, until this or the end of the connection."""
    reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
    writer.write(request)
    async with asyncio.timeout(60):
        answer = await (reader.readuntil(until) if until else reader.read())
    writer.close()
    return answer


async def test_no_header_is_smuggled_into_an_answer(gateway: Any) -> None:
    for what, request in ANSWERED.items():
        head = await say(gateway, request % EVIL, until=b"\r\n\r\n")
        assert head.split()[1] in (b"200", b"400", b"404"), what
        assert b"evil" not in head.lower(), what


async def test_a_request_has_one_meaning(gateway: Any) -> None:
    """What a proxy in front may have cut otherwise is refused, and nothing after it is heard."""
    for what, headers in REFUSED.items():
        request = b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\n" + headers
        answer = await say(gateway, request + b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer.split()[1] == b"400", what
        assert answer.count(b"HTTP/1.") == 1, what


async def test_a_huge_token_is_refused(gateway: Any) -> None:
    for size in (8_000, 9_000, 100_000):
        request = b"GET /v1/assets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + b"e" * size
        answer = await say(gateway, request + b"\r\n\r\n", until=b"\r\n")
        assert answer.split()[1] == (b"401" if size == 8_000 else b"400")
