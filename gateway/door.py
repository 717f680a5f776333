"""So many requests are under way or waiting; who comes then is turned away.

A long queue helps nobody: it makes all wait. And turning away must cost little, or an overloaded
gateway does nothing else: to have aiohttp parse, route and answer a request costs half as much as
to serve it. So a doorkeeper stands before it.
"""

import asyncio
import math
import re
from random import getrandbits
from time import monotonic
from typing import cast

from aiohttp import web
from aiohttp.helpers import rfc822_formatted_time

from gateway import metrics
from gateway.answers import Answer
from gateway.problems import too_many

_PERIOD = 0.05  # seconds
_CROWDED = 0.015  # seconds that an answer may take longer than the fastest, in a crowd
_OVER = 0.25  # seconds without anybody turned away

# A request that nobody can read in two ways, for a route of the wallet, without special wishes.
_SPECIAL = (
    rb"connection|content-length|expect|origin|proxy-connection|te|trailer|transfer-encoding|upgrade"
    rb"|x-request-id"
)
_LINES = (
    rb"(?:(?:(?!(?i:" + _SPECIAL + rb"):)[A-Za-z0-9-]++:[\t -~\x80-\xff]*+"
    rb"|(?i:connection: ?keep-alive))\r\n)*+"
)
_HEAD = re.compile(
    rb"(?:GET|PATCH|POST|PUT) /v1/[!-~]*+ HTTP/1\.1\r\n"
    + _LINES
    + rb"(?:(?i:content-length): ?([0-9]{1,6}+)\r\n"
    + _LINES
    + rb")?\r\n"
)
_ID, _DATE = "0" * 32, "Thu, 01 Jan 1970 00:00:00 GMT"  # stand for those to come


def is_whole(data: bytes) -> bool:
    """Whether this is one request, from its first byte to its last."""
    head = _HEAD.match(data)
    return head is not None and head.end() + int(head[1] or 0) == len(data)


class Limit:
    """How many are let in: `most`, as long as that turns nobody away.

    When it does, a queue of that length does not bridge a moment but makes all wait. Then it is as
    many as are answered in the time that the fastest takes and 15 ms more (Little's law), but at
    least as many as keep the database busy. When nobody has been turned away for 250 ms it is
    `most` again.
    """

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most, self.now = min(least, most), most, most
        self._turned_away_at, self._fastest = -math.inf, math.inf
        self._begin()

    def _begin(self) -> None:
        self._since, self._answers, self._quickest = monotonic(), 0, math.inf

    def turned_away(self) -> None:
        self._turned_away_at = monotonic()

    def answered(self, seconds: float) -> None:
        self._answers += 1
        self._quickest = min(self._quickest, seconds)
        now = monotonic()
        if (elapsed := now - self._since) < _PERIOD:
            return
        self._fastest = min(1.02 * self._fastest, self._quickest)  # what was long ago is forgotten
        fitting = round(self._answers / elapsed * (self._fastest + _CROWDED))
        is_crowd = now - self._turned_away_at < _OVER
        self.now = min(max(fitting, self._least), self._most) if is_crowd else self._most
        self._begin()


class Door:
    def __init__(self, pool: int, queue: int, timeout: float) -> None:
        """timeout: seconds after which aiohttp closes a connection on which it has seen nothing."""
        self.name, self.slots, self.in_use, self.waiting = "requests", pool + queue, 0, 0
        self.let_in = 0  # connections of which a request is under way, with a doorkeeper each
        self.limit = Limit(2 * pool, self.slots)  # of those, and of calls
        self.unseen_for = timeout / 2  # at most
        self._turned_away = 0  # by doorkeepers, and not counted yet
        refusal = _refusal(_ID)
        refusal.headers["Date"] = _DATE
        self._refusal = (refusal.head + refusal.content).decode()
        metrics.watch(self)

    @property
    def is_full(self) -> bool:
        return self.in_use >= self.limit.now

    def enter(self) -> float:
        """For a call. The request has been read by then, so slow clients take no place.

        Returns: what `leave` is to be given, whatever becomes of the call.
        """
        if self.is_full:
            self._turn_away()
            raise too_many()
        self.in_use += 1
        return monotonic()

    def leave(self, since: float) -> None:
        self.in_use -= 1
        self.limit.answered(monotonic() - since)

    def _turn_away(self) -> None:
        metrics.sheds.labels(self.name, "full").inc()
        self.limit.turned_away()

    def turn_away(self, request_id: str) -> Answer:
        self._turn_away()
        metrics.failures.labels("GW503").inc()
        return _refusal(request_id)

    def turn_away_unseen(self) -> bytes:
        """The same answer, to a request of which nothing is known, nor counted before `count`."""
        self._turned_away += 1
        self.limit.turned_away()
        refusal = self._refusal.replace(_ID, f"{getrandbits(128):032x}")
        return refusal.replace(_DATE, rfc822_formatted_time()).encode()

    def count(self) -> None:
        number, self._turned_away = self._turned_away, 0
        metrics.sheds.labels(self.name, "full").inc(number)
        metrics.failures.labels("GW503").inc(number)
        metrics.answered("none", "none", 503, "GW503").inc(number)


def has_answered(request: web.BaseRequest) -> None:
    """To be said of each request for a route of the wallet, when its answer is written next."""
    if request.transport is not None:
        keeper = request.transport.get_protocol()
        if isinstance(keeper, Doorkeeper):
            keeper.has_answered()


def _refusal(request_id: str) -> Answer:
    answer = too_many().response(request_id)
    answer.headers["X-Request-ID"] = request_id
    return answer


class Doorkeeper(asyncio.Protocol):
    """Stands before aiohttp's protocol on a connection, and answers for it while the door is full.

    It does so only where nothing can go astray: when all that came before were whole requests,
    which have been answered.
    """

    def __init__(self, door: Door, server: web.Server) -> None:
        self._door, self._protocol = door, server()
        self._is_plain = True
        self._owed, self._is_in, self._seen_at = 0, False, monotonic()

    def data_received(self, data: bytes) -> None:
        if self._is_plain:
            if not is_whole(data):
                self._is_plain = False
            elif self._may_turn_away():
                self._transport.write(self._door.turn_away_unseen())
                return
            else:
                self._let_in(data)
        self._protocol.data_received(data)

    def _may_turn_away(self) -> bool:
        return (
            self._door.let_in >= self._door.limit.now
            and not self._owed
            and monotonic() < self._seen_at + self._door.unseen_for
        )

    def _let_in(self, data: bytes) -> None:
        self._owed += 1
        self._seen_at = monotonic()
        # Who logs in takes no place: that has a gate of its own, and lasts.
        if not self._is_in and not data.startswith(b"POST /v1/auth/"):
            self._is_in = True
            self._door.let_in += 1

    def has_answered(self) -> None:
        if self._owed:
            self._owed -= 1
            if not self._owed:
                self._let_out()

    def _let_out(self) -> None:
        self._door.let_in -= self._is_in
        self._is_in = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._protocol.connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._is_plain = False
        self._let_out()
        self._protocol.connection_lost(error)

    def pause_writing(self) -> None:
        """Who does not read what is said has no place to keep from others."""
        self._is_plain = False
        self._let_out()
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()

    def eof_received(self) -> None:
        self._protocol.eof_received()
