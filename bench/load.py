"""Load over HTTP/1.1 from raw sockets: for a process of its own that does little but count.

`closed` keeps so many connections busy, each with its next request as soon as the last is answered.
`opened` sends at given rates whether or not answers come, as strangers do; a request that finds no
connection free is not sent. Latencies count from when a request was due.
"""

import asyncio
import gc
import hashlib
import itertools
import random
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import uvloop

from bench.measure import percentile

GRACE = 15  # seconds that the last answers have
TICK = 0.001
AT_ONCE = 50  # connections to open, or requests to send, before looking at what came back


@dataclass(frozen=True)
class Target:
    """Where requests go, and what they say: a method and a path, headers, an empty line, a body.

    {{number}} is a user at random, from 1 to `users`, {{user}} this user's id, {{key}} a new key.
    {{items}} are `batch` times `item`, each with another user and key.
    """

    host: str
    port: int
    template: str
    users: int
    item: str = ""
    batch: int = 0

    def requests(self) -> Iterator[bytes]:
        head, _, body = self.template.strip().partition("\n\n")
        line, *headers = head.splitlines()
        head = "\r\n".join([f"{line} HTTP/1.1", f"Host: {self.host}:{self.port}", *headers])
        run = str(uuid.uuid4())[:24]
        keys = (f"{run}{count:012x}" for count in itertools.count(1))
        everybody = range(1, self.users + 1)
        while True:
            number, key = random.choice(everybody), next(keys)
            content = _fill(body, number, key)
            if self.batch:
                items = (
                    _fill(self.item, other, next(keys))
                    for other in random.sample(everybody, self.batch)
                )
                content = content.replace("{{items}}", ",".join(items))
            length = f"\r\nContent-Length: {len(content.encode())}" if content else ""
            yield f"{_fill(head, number, key)}{length}\r\n\r\n{content}".encode()


def _fill(text: str, number: int, key: str) -> str:
    text = text.replace("{{number}}", str(number)).replace("{{user}}", user_id(number))
    return text.replace("{{key}}", key)


class Answer(NamedTuple):
    due: float  # seconds since the beginning
    seconds: float  # until the answer was complete
    status: int  # 0: the connection was lost
    may_retry: bool  # a Retry-After was there

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Load:
    """What came back, and what it cost to ask."""

    seconds: float
    answers: Sequence[Answer]
    unsent: Sequence[float]  # when requests were due for which no connection was free
    cpu: float  # of this process, as a share of one core

    @property
    def good(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.is_good]

    @property
    def bad(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answers if not answer.is_good)

    def latency_ms(self, share: float) -> float | None:
        return latency_ms(self.good, share)


def latency_ms(answers: Sequence[Answer], share: float) -> float | None:
    found = percentile(sorted(answer.seconds for answer in answers), share)
    return None if found is None else 1000 * found


def user_id(name: object) -> str:
    """As PostgreSQL's md5(name)::uuid."""
    return str(uuid.UUID(hashlib.md5(str(name).encode()).hexdigest()))


def closed(target: Target, connections: int, seconds: float) -> Load:
    return _run(_closed(target, connections, seconds))


def opened(target: Target, connections: int, phases: Sequence[tuple[float, float]]) -> Load:
    """phases: (requests a second, seconds)."""
    return _run(_opened(target, connections, phases))


async def _closed(target: Target, connections: int, seconds: float) -> Load:
    requests = target.requests()
    answers: list[Answer] = []

    def go_on(connection: _Connection, answer: Answer) -> None:
        now = time.perf_counter()
        if now < meter.began + seconds:
            answers.append(answer)
            if answer.status:
                connection.send(next(requests), now)

    async with _connected(target, connections, go_on) as pool:
        with _Meter() as meter:
            for connection in pool:
                connection.send(next(requests), time.perf_counter())
            await asyncio.sleep(seconds)
    return Load(meter.seconds, [meter.since_began(answer) for answer in answers], [], meter.cpu)


async def _opened(target: Target, connections: int, phases: Sequence[tuple[float, float]]) -> Load:
    requests = target.requests()
    answers: list[Answer] = []
    unsent: list[float] = []
    idle: list[_Connection] = []

    def go_on(connection: _Connection, answer: Answer) -> None:
        answers.append(answer)
        if answer.status:
            idle.append(connection)

    async with _connected(target, connections, go_on) as pool:
        idle += pool
        with _Meter() as meter:
            for number, due in enumerate(_arrivals(phases)):
                if (wait := meter.began + due - time.perf_counter()) > 0:
                    await asyncio.sleep(max(wait, TICK))
                elif number % AT_ONCE == 0:
                    await asyncio.sleep(0)
                if idle:
                    idle.pop().send(next(requests), meter.began + due)
                else:
                    unsent.append(due)
    return Load(meter.seconds, [meter.since_began(answer) for answer in answers], unsent, meter.cpu)


def _arrivals(phases: Sequence[tuple[float, float]]) -> Iterator[float]:
    """When requests come at random, so many a second on average."""
    began = 0.0
    for rate, seconds in phases:
        due = began + random.expovariate(rate)
        while due < began + seconds:
            yield due
            due += random.expovariate(rate)
        began += seconds


class _Meter:
    """The time between its beginning and its end, and what of it this process was at work."""

    def __enter__(self) -> "_Meter":
        gc.collect()
        gc.disable()
        self._worked = time.process_time()
        self.began = time.perf_counter()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.seconds = time.perf_counter() - self.began
        self.cpu = (time.process_time() - self._worked) / self.seconds
        gc.enable()

    def since_began(self, answer: Answer) -> Answer:
        return answer._replace(due=answer.due - self.began)


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self, on_answer: "Callable[[_Connection, Answer], None]") -> None:
        self._on_answer = on_answer
        self._received = b""
        self._due = 0.0
        self.is_busy = False
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def send(self, request: bytes, due: float) -> None:
        self._due, self.is_busy = due, True
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self._received:
            data = self._received + data
        self._received = data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return
        head = data[: end + 2].lower()
        if (at := head.find(b"\r\ncontent-length:")) >= 0:
            at += len(b"\r\ncontent-length:")
            if len(data) < end + 4 + int(head[at : head.index(b"\r\n", at)]):
                return
        elif b"\r\ntransfer-encoding:" in head and not data.endswith(b"\r\n0\r\n\r\n"):
            return
        self._received = b""
        self._answered(int(head[9:12]), b"\r\nretry-after:" in head)

    def connection_lost(self, error: Exception | None) -> None:
        if self.is_busy:
            self._answered(0, False)

    def _answered(self, status: int, may_retry: bool) -> None:
        self.is_busy = False
        took = time.perf_counter() - self._due
        self._on_answer(self, Answer(self._due, took, status, may_retry))


@asynccontextmanager
async def _connected(
    target: Target, count: int, on_answer: Callable[[_Connection, Answer], None]
) -> AsyncIterator[list[_Connection]]:
    """Open connections; at the end let them have their answers."""
    loop = asyncio.get_running_loop()
    pool: list[_Connection] = []
    for first in range(0, count, AT_ONCE):
        pool += [
            protocol
            for _, protocol in await asyncio.gather(
                *(
                    loop.create_connection(lambda: _Connection(on_answer), target.host, target.port)
                    for _ in range(first, min(first + AT_ONCE, count))
                )
            )
        ]
    yield pool
    for _ in range(int(GRACE / 0.01)):
        if not any(connection.is_busy for connection in pool):
            break
        await asyncio.sleep(0.01)
    for connection in pool:
        connection.is_busy = False
        connection.transport.abort()


def _run(work: Coroutine[Any, Any, Load]) -> Load:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
