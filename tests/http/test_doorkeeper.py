"""What is turned away unseen: whole requests at a full door, and nothing that could go astray."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from aiohttp import web

from gateway.answers import HEADERS
from gateway.door import Door, Doorkeeper, Limit, has_answered, is_whole

from .conftest import make_token, ready

# GET /v1/tasks takes as long as somebody else holds the lock.
SLOW = """
CREATE OR REPLACE FUNCTION wallet.list_tasks() RETURNS SETOF wallet.task
LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN; END $$
"""
HEAD = f"Host: x\r\nAuthorization: Bearer {make_token('admin', 'x')}\r\n"
TASKS = f"GET /v1/tasks HTTP/1.1\r\n{HEAD}\r\n".encode()
ASSETS = f"GET /v1/assets HTTP/1.1\r\n{HEAD}\r\n".encode()


class Line:
    """A connection, and the answers on it in order."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def close(self) -> None:
        self._writer.close()

    async def say(self, *pieces: bytes) -> None:
        """Each in a segment of its own."""
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()
            await asyncio.sleep(0.05)

    async def hear(self) -> tuple[int, dict[str, str], Any]:
        head = (await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 20)).decode()
        status, *lines = head.split("\r\n")[:-2]
        headers = dict(line.split(": ", 1) for line in lines)
        body = await self._reader.readexactly(int(headers["Content-Length"]))
        return int(status.split()[1]), headers, json.loads(body)

    async def first(self) -> bytes:
        return await asyncio.wait_for(self._reader.readline(), 20)

    async def ask(self, request: bytes) -> int:
        await self.say(request)
        return (await self.hear())[0]

    async def is_silent(self) -> bool:
        try:
            heard = await asyncio.wait_for(self._reader.read(1), 0.3)
        except TimeoutError:
            return True
        raise AssertionError(heard)


class Place:
    """A gateway with room for one request, and with somebody in it, if wanted."""

    def __init__(self, http: Any, url: str, holder: Any) -> None:
        self.port, self._http, self._url = int(url.rpartition(":")[2]), http, url
        self._holder = holder
        self.lines: list[Line] = []

    async def open(self) -> Line:
        self.lines.append(Line(*await asyncio.open_connection("127.0.0.1", self.port)))
        return self.lines[-1]

    async def line(self) -> Line:
        """Of which the gateway knows that it says what it should."""
        line = await self.open()
        assert await line.ask(ASSETS) == 200
        return line

    @asynccontextmanager
    async def full(self) -> AsyncIterator[Line]:
        """Who is inside."""
        inside = await self.line()
        await self._holder.execute("SELECT pg_advisory_lock(42)")
        await inside.say(TASKS)
        async with asyncio.timeout(30):
            while True:
                if await self._metric('pgwallet_gate_in_use{gate="requests"}'):
                    break
                await asyncio.sleep(0.01)
        try:
            yield inside
        finally:
            await self._holder.execute("SELECT pg_advisory_unlock(42)")
        await ready(self._http, self._url, "/v1/assets")

    async def unseen(self) -> float:
        """How many have been turned away unseen so far."""
        return await self._metric("pgwallet_http_requests_total{", 'route="none"', 'status="503"')

    async def _metric(self, start: str, *parts: str) -> float:
        text = await (await self._http.get(f"{self._url}/metrics")).text()
        return sum(
            float(line.split()[-1])
            for line in text.splitlines()
            if line.startswith(start) and all(part in line for part in parts)
        )


@pytest.fixture
async def place(serve: Any, http: Any, database: Any) -> AsyncIterator[Place]:
    database.psql(SLOW)
    _, url = serve(
        PGWALLET_DATABASE_POOL="1", PGWALLET_DATABASE_QUEUE="0", PGWALLET_LOG_LEVEL="WARNING"
    )
    await ready(http, url)
    holder = await database.connect()
    place = Place(http, url, holder)
    yield place
    for line in place.lines:
        line.close()
    await holder.close()


async def test_who_is_turned_away_is_told_all_and_may_come_again(place: Place) -> None:
    outside, ids = await place.line(), set()
    async with place.full():
        while await place.unseen() < 3:
            await outside.say(ASSETS)
            status, headers, body = await outside.hear()
            assert (status, body["code"], body["status"]) == (503, "GW503", 503)
            assert headers["Content-Type"] == "application/problem+json"
            assert headers["Retry-After"] == "1"
            assert abs(time.time() - parsedate_to_datetime(headers["Date"]).timestamp()) < 60
            assert headers.items() >= HEADERS.items()
            assert headers["X-Request-ID"] == body["request_id"]
            ids.add(body["request_id"])
    assert len(ids) >= 3
    assert await outside.ask(ASSETS) == 200


async def test_nobody_is_answered_before_an_earlier_request(place: Place) -> None:
    async with place.full() as inside:
        await inside.say(ASSETS, ASSETS)
        assert await inside.is_silent()
    assert (await inside.hear())[0] == 200
    assert {(await inside.hear())[0] for _ in range(2)} <= {200, 503}
    assert await inside.is_silent()


async def test_what_comes_in_pieces_stays_in_step(place: Place) -> None:
    """A body may look like a request: it is answered as what it is, a part of one."""
    post = f"POST /v1/admin/items HTTP/1.1\r\n{HEAD}Idempotency-Key: k\r\nContent-Length: "
    head = f"{post}{len(ASSETS)}\r\n\r\n".encode()
    in_pieces = [
        (await place.line(), (head, ASSETS), b""),
        (await place.line(), (ASSETS[:20], ASSETS[20:]), b""),
        (await place.line(), (ASSETS + ASSETS[:9],), ASSETS[9:]),
    ]
    async with place.full():
        for outside, pieces, rest in in_pieces:
            await outside.say(*pieces)
            status, _, body = await outside.hear()
            assert (status, body["code"]) == (503, "GW503")
            assert await outside.is_silent()
            assert await outside.ask(rest or ASSETS) == 503
    for outside, _, _ in in_pieces:
        assert await outside.ask(ASSETS) == 200
        assert await outside.is_silent()


@pytest.mark.parametrize("line", ["Host: y", "Content-Encoding: br", "X-Long: " + 9000 * "x"])
async def test_who_is_refused_by_aiohttp_takes_no_place(place: Place, line: str) -> None:
    bad = ASSETS.replace(b"Host: x", b"Host: x\r\n" + line.encode())
    assert is_whole(bad)
    for _ in range(2):
        refused = await place.open()
        await refused.say(bad)
        assert b" 400 " in await refused.first()
    await _is_empty(place)


async def test_who_hangs_up_takes_no_place(place: Place) -> None:
    async with place.full() as inside:
        inside.close()
        await asyncio.sleep(0.2)
    await _is_empty(place)


async def _is_empty(place: Place) -> None:
    outside = await place.line()
    for _ in range(5):
        assert await outside.ask(ASSETS) == 200
    assert await place.unseen() == 0


@asynccontextmanager
async def keeping(door: Door, handle: Any) -> AsyncIterator[tuple[Line, Doorkeeper]]:
    """A connection to a server that does nothing but this."""
    keepers = []

    def keep() -> Doorkeeper:
        keepers.append(Doorkeeper(door, server))
        return keepers[-1]

    server = web.Server(handle)
    listener = await asyncio.get_running_loop().create_server(keep, "127.0.0.1", 0)
    line = Line(*await asyncio.open_connection(*listener.sockets[0].getsockname()))
    await line.say(ASSETS)
    yield line, keepers[0]
    line.close()
    listener.close()
    await server.shutdown(1)


async def test_who_does_not_read_is_given_no_more_answers() -> None:
    """But is left to aiohttp, which waits until they are read."""
    served = 0

    async def serve(request: web.BaseRequest) -> web.Response:
        nonlocal served
        served += 1
        has_answered(request)
        return web.Response()

    door = Door(8, 8, 75)
    async with keeping(door, serve) as (line, keeper):
        door.let_in = 16
        await line.say(ASSETS)
        assert served == 1
        keeper.pause_writing()
        await line.say(ASSETS, ASSETS)
        assert served == 2  # aiohttp begins no other before that answer has gone
        keeper.resume_writing()
        await asyncio.sleep(0.05)
        assert served == 3


async def test_a_connection_takes_one_place_and_none_if_it_does_not_read() -> None:
    door, go_on = Door(8, 8, 75), asyncio.Event()

    async def serve(request: web.BaseRequest) -> web.Response:
        await go_on.wait()
        has_answered(request)
        return web.Response()

    async with keeping(door, serve) as (line, keeper):
        await line.say(ASSETS, ASSETS)
        assert door.let_in == 1
        go_on.set()
        await asyncio.sleep(0.05)
        assert door.let_in == 0
        go_on.clear()
        await line.say(ASSETS, ASSETS)
        assert door.let_in == 1
        keeper.pause_writing()
        assert door.let_in == 0
        keeper.resume_writing()
        go_on.set()
        await line.say(ASSETS)
        assert door.let_in == 0


async def test_who_logs_in_takes_no_place() -> None:
    door, go_on = Door(8, 8, 75), asyncio.Event()

    async def serve(request: web.BaseRequest) -> web.Response:
        if request.method == "POST":
            await go_on.wait()
        has_answered(request)
        return web.Response()

    async with keeping(door, serve) as (line, _):
        await line.say(ASSETS.replace(b"GET /v1/assets", b"POST /v1/auth/login"))
        assert door.let_in == 0
        await line.say(ASSETS)
        assert door.let_in == 1
        go_on.set()
        await asyncio.sleep(0.05)
        assert door.let_in == 0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    now = [0.0]
    monkeypatch.setattr("gateway.door.monotonic", lambda: now[0])
    yield now


def _answer(limit: Limit, clock: list[float], *, seconds: float, is_crowd: bool) -> None:
    """A thousand a second, for half of one."""
    for _ in range(500):
        clock[0] += 0.001
        if is_crowd:
            limit.turned_away()
        limit.answered(seconds)


def test_in_a_crowd_fewer_are_let_in_and_after_it_all_again(clock: list[float]) -> None:
    limit = Limit(least=4, most=1000)
    _answer(limit, clock, seconds=0.001, is_crowd=False)
    assert limit.now == 1000
    _answer(limit, clock, seconds=0.001, is_crowd=True)
    assert limit.now == 16
    _answer(limit, clock, seconds=0.001, is_crowd=False)
    assert limit.now == 1000


def test_what_takes_long_by_itself_is_let_in(clock: list[float]) -> None:
    """As through a network: 100 ms each, so a thousand a second are 115 at a time."""
    limit = Limit(least=4, most=1000)
    _answer(limit, clock, seconds=0.1, is_crowd=True)
    assert limit.now == 115


def test_a_crowd_keeps_the_database_busy(clock: list[float]) -> None:
    limit = Limit(least=64, most=1000)
    _answer(limit, clock, seconds=0.001, is_crowd=True)
    assert limit.now == 64


def _with(line: str, body: str = "") -> bytes:
    return f"POST /v1/a HTTP/1.1\r\nHost: x\r\n{line}\r\nAccept: */*\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    "data",
    [
        TASKS,
        _with("Content-Length: 3", "abc"),
        _with("content-length:0"),
        _with("Connection: Keep-Alive"),
        _with("X-Odd: \xe4 \t'\""),
        _with("Content-Length: 27", ASSETS[:27].decode()),
    ],
)
def test_one_request_and_all_of_it(data: bytes) -> None:
    assert is_whole(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        TASKS[:-1],
        TASKS + b"G",
        TASKS + TASKS,
        TASKS.replace(b"\r\n", b"\n"),
        TASKS.replace(b"HTTP/1.1", b"HTTP/1.0"),
        TASKS.replace(b"/v1/", b"/docs/"),
        TASKS.replace(b"GET", b"OPTIONS"),
        _with("Content-Length: 3", "ab"),
        _with("Content-Length: 3", "abcd"),
        _with("Content-Length: 3", "abc").replace(b"Host: x", b"Content-Length: 3"),
        _with("Content-Length: +3", "abc"),
        _with("Content-Length: 3, 3", "abc"),
        _with("Content-Length : 3", ""),
        _with("Content-Length: 1000000"),
        _with("Transfer-Encoding: chunked", "0\r\n\r\n"),
        _with("TRANSFER-ENCODING: identity"),
        _with("Connection: close"),
        _with("Connection: Upgrade"),
        _with("Upgrade: websocket"),
        _with("Expect: 100-continue"),
        _with("Origin: https://a.example"),
        _with("Proxy-Connection: close"),
        _with("X-Request-ID: mine"),
        _with("X-Folded: a\r\n b"),
        _with("X-Split: a\nContent-Length: 3"),
        _with("X-Nul: \0"),
        _with("no colon"),
    ],
)
def test_anything_else(data: bytes) -> None:
    assert not is_whole(data)
