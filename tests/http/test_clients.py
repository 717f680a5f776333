"""Clients that are slow, many, or send too much."""

import asyncio
import json
import resource
import zlib
from contextlib import suppress
from typing import Any

import aiohttp
import psutil
import pytest

from .conftest import Caller, make_token, problem, ready

LOGIN = b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\n"
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"

# What each sends at once, what it then goes on sending a byte at a time, and what it is answered.
SLOW = {
    "nothing": (b"", b"", b""),
    "headers": (b"GET /health HTTP/1.1\r\nHost: ", b"x", b""),
    "a body": (LOGIN + b"Content-Length: 9999\r\n\r\n{", b" ", b"HTTP/1.1 408"),
    "a chunked body": (
        LOGIN + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", b"HTTP/1.1 408"
    ),
    "headers, after a request": (HEALTH + b"GET /hea", b"l", b"HTTP/1.1 200"),
    "nothing more": (HEALTH, b"", b"HTTP/1.1 200"),
}  # fmt: skip


async def trickle(port: int, first: bytes, more: bytes) -> bytes:
    """All that is answered until the gateway has said no or ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)

    async def go_on() -> None:
        while more and not writer.is_closing():
            await asyncio.sleep(0.1)
            writer.write(more)

    sender = asyncio.create_task(go_on())
    answer = b""
    with suppress(ConnectionError):
        while b"GW408" not in answer and (part := await reader.read(1024)):
            answer += part
    sender.cancel()
    writer.close()
    return answer


async def test_who_is_slow_is_let_go(serve: Any, http: Any) -> None:
    process, url = serve(PGWALLET_CLIENT_TIMEOUT="1")
    await ready(http, url)
    port = int(url.rpartition(":")[2])
    async with asyncio.timeout(60):  # a test that fails waits that long
        trickles = [trickle(port, first, more) for first, more, _ in SLOW.values()]
        answers = dict(zip(SLOW, await asyncio.gather(*trickles), strict=True))
    for what, (_, _, expected) in SLOW.items():
        assert answers[what].startswith(expected), what
        assert bool(answers[what]) == bool(expected), what
    assert b'"code":"GW408"' in answers["a body"]
    assert (await http.get(f"{url}/health")).status == 200
    await http.close()
    for _ in range(300):  # and nothing of them is left
        connections = psutil.Process(process.pid).net_connections("tcp")
        if not [c for c in connections if c.laddr.port == port and c.status != "LISTEN"]:
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError(connections)


async def test_a_thousand_idle_connections_are_in_nobodys_way(serve: Any, http: Any) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 1500:
        pytest.skip("this machine allows no 1,500 open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1500), hard))
    _, url = serve(PGWALLET_LOG_LEVEL="WARNING")  # nobody reads what it logs
    await ready(http, url)
    port = int(url.rpartition(":")[2])
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(1000)]
    for _, writer in idle[::2]:
        writer.write(LOGIN)  # half of them have begun
    answers = await asyncio.gather(*(http.get(f"{url}/v1/assets") for _ in range(100)))
    assert {answer.status for answer in answers} == {200}
    for reader, writer in idle[1::2]:  # the others may still ask
        writer.write(HEALTH)
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
    for _, writer in idle:
        writer.close()


async def test_who_reads_nothing_holds_no_connection_to_the_database(serve: Any, http: Any) -> None:
    _, url = serve(PGWALLET_DATABASE_POOL="2", PGWALLET_LOG_LEVEL="WARNING")
    await ready(http, url)
    token = make_token("admin", "x")
    ask = f"GET /v1/assets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    deaf = []
    for _ in range(10):
        _, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]), limit=1)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(ask.encode() * 1000)
        deaf.append(writer)
    answers = await asyncio.gather(*(http.get(f"{url}/v1/assets") for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    for writer in deaf:
        writer.transport.abort()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_small_body_that_unpacks_to_a_large_one(
    serve: Any, http: Any, encoding: str
) -> None:
    process, url = serve()
    await ready(http, url)
    packer = zlib.compressobj(9, wbits=31 if encoding == "gzip" else 15)
    packed = b"".join(packer.compress(b" " * 2**20) for _ in range(256)) + packer.flush()
    before = psutil.Process(process.pid).memory_info().rss
    headers = {"Content-Encoding": encoding, "Idempotency-Key": "x"}
    for _ in range(2):
        with suppress(aiohttp.ClientConnectionError):  # it may hang up on what is still to come
            answer = await http.post(f"{url}/v1/batches", data=packed, headers=headers)
            assert await problem(answer) == (413, "GW413")
    assert psutil.Process(process.pid).memory_info().rss - before < 2**27
    assert (await http.get(f"{url}/health")).status == 200


DEEP = {
    "objects": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "lists": "[" * 30_000 + "]" * 30_000,
    "lists without end": "[" * 60_000,
    "objects without end": '{"":' * 15_000,
}


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("path", ["/v1/wallets/me/spend", "/v1/batches", "/v1/auth/login"])
async def test_a_deep_body_is_refused(service: Caller, user: Caller, path: str, body: str) -> None:
    caller = service if path == "/v1/batches" else user
    for around in (
        "%s",
        '{"metadata": %s}',
        '{"requests": %s}',
        '{"requests": [{"metadata": %s}]}',
    ):
        answer = await caller("POST", path, data=around % body)
        assert await problem(answer) in ((400, "GW400"), (422, "GW422"))


@pytest.mark.parametrize(
    "body",
    [
        "{" + ",".join(f'"f{n}": 1' for n in range(5_000)) + "}",
        json.dumps(
            {"asset": "GOLD", "amount": 1, "metadata": dict.fromkeys(map(str, range(4000)))}
        ),
        '{"asset": "%s", "amount": 1}' % ("G" * 60_000),
        '{"asset": "GOLD", "amount": %s}' % ("1" * 60_000),
        '{"asset": "GOLD", "amount": 1%s}' % ("0" * 4_200),
        '{"asset": "GOLD", "amount": 1, "reference": "%s"}' % ("\\u0001" * 10_000),
    ],
    ids=["fields", "metadata", "text", "digits", "fewer digits", "escapes"],
)
async def test_a_wide_body_is_refused(user: Caller, body: str) -> None:
    answer = await user("POST", "/v1/wallets/me/spend", data=body)
    assert (await problem(answer))[0] in (404, 422)
