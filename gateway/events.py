"""Reads events for clients that wait for them; one query asks for all who wait."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from aiohttp import web
from aiohttp_sse import EventSourceResponse

from gateway.database import Call, Database, Row
from gateway.problems import Problem

_PACE = 0.25  # seconds between two looks at how far the feed is
LIVE_PACE = 1.0  # seconds between two looks at the wallets of all who listen


class Events:
    def __init__(self, database: Database) -> None:
        self._acknowledge = database.function("acknowledge_events", ("subscription", "cursor"))
        self._position = database.function("get_feed_position", ())
        self._waiting = 0
        self._news = asyncio.Event()  # is set, and another one takes its place
        self._poller: asyncio.Task[None] | None = None
        self._is_over = False

    def call(self, read: Call) -> Call:
        """Acknowledges what is before the cursor, and waits for the first event behind it."""

        async def call(values: Mapping[str, Any]) -> list[Row]:
            if values["cursor"] is not None:
                await self._acknowledge(values)
            end = monotonic() + values["wait"]
            while True:
                news = self._news
                [page] = await read(values)
                left = end - monotonic()
                if page["events"] or left <= 0 or self._is_over:
                    return [page]
                if page["is_last"]:
                    await self._wait(news, left)
                else:  # what was looked at is left out by the filter
                    values = {**values, "cursor": page["next_cursor"]}

        return call

    def stop(self) -> None:
        """Whoever waits gets an empty page."""
        self._is_over = True
        self._tell()

    async def _wait(self, news: asyncio.Event, seconds: float) -> None:
        self._waiting += 1
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll())
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await news.wait()
        finally:
            self._waiting -= 1

    async def _poll(self) -> None:
        """As long as somebody waits. The first look tells them too: they read before it."""
        known = None
        while self._waiting:
            with suppress(Problem, asyncpg.PostgresError):  # their own calls say what is wrong
                [row] = await self._position({})
                if row != known:
                    known = row
                    self._tell()
            await asyncio.sleep(_PACE)

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


class _Reader:
    """One who listens to a user's wallets, and knows so many transfers of each."""

    def __init__(self, user_id: UUID, seqs: dict[str, int] | None) -> None:
        self.user_id, self.seqs = user_id, seqs
        self.is_busy = False  # it has not told yet what it has heard
        self.news: asyncio.Queue[list[Row] | None] = asyncio.Queue()  # None: it is over

    def lines(self, number: int) -> list[tuple[int, UUID, str | None, int | None]]:
        """As wallet.read_news takes them."""
        if self.seqs is None:
            return [(number, self.user_id, None, None)]
        known = [(number, self.user_id, asset, seq) for asset, seq in self.seqs.items()]
        return [(number, self.user_id, None, 0), *known]

    def messages(self, rows: list[Row]) -> Iterator[tuple[str, Any]]:
        """What to tell, each with its name; what was told counts as known."""
        states = [{name: row[name] for name in ("asset", "balance", "seq")} for row in rows]
        if self.seqs is None:
            self.seqs = {row["asset"]: row["seq"] for row in rows}
            yield "balances", {"user_id": self.user_id, "balances": states}
            return
        for row, state in zip(rows, states, strict=True):
            asset, events = row["asset"], row["events"]
            if not events or events[0]["seq"] != self.seqs.get(asset, 0) + 1:
                self.seqs[asset] = row["seq"]
                yield "gap", state
                continue
            for event in events:
                self.seqs[asset] = event["seq"]
                yield "transaction", {name: event[name] for name in event if name != "cursor"}

    def event_id(self) -> str:
        return ",".join(f"{asset}:{seq}" for asset, seq in (self.seqs or {}).items())


class Live:
    """Server-sent events of users' own wallets.

    An event's id says how many transfers of each wallet the client knows then. So a client that
    comes back gets what it has missed, wherever it comes back to, or hears that there is a gap.
    """

    def __init__(self, database: Database) -> None:
        self._get_user = database.function("get_user", ("user_id",))
        self._read = database.function("read_news", ("readers", "user_ids", "assets", "seqs"))
        self._readers: dict[int, _Reader] = {}
        self._number = 0
        self._poller: asyncio.Task[None] | None = None
        self._is_over = False

    async def stream(
        self, request: web.Request, user_id: UUID, seconds: float, headers: Mapping[str, str]
    ) -> EventSourceResponse:
        """Until the client is gone, the gateway stops, or so many seconds have passed."""
        await self._get_user({"user_id": user_id})
        reader = _Reader(user_id, _known(request.headers.get("Last-Event-ID")))
        response = EventSourceResponse(sep="\n", headers=headers)
        response.headers["Cache-Control"] = "no-store"
        await response.prepare(request)
        self._number += 1
        number = self._number
        self._readers[number] = reader
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll())
        gone = asyncio.create_task(response.wait())
        gone.add_done_callback(lambda _: reader.news.put_nowait(None))
        try:
            with suppress(TimeoutError, ConnectionResetError):
                async with response, asyncio.timeout(seconds):
                    await self._tell(reader, response)
        finally:
            del self._readers[number]
        return response

    async def _tell(self, reader: _Reader, response: EventSourceResponse) -> None:
        while not self._is_over and (rows := await reader.news.get()) is not None:
            for name, data in reader.messages(rows):
                text = msgspec.json.encode(data).decode()
                await response.send(text, id=reader.event_id(), event=name)
            reader.is_busy = False

    def stop(self) -> None:
        """All streams end. Their clients come back, and miss nothing."""
        self._is_over = True
        self._end(self._readers)

    def _end(self, readers: Mapping[int, _Reader]) -> None:
        for reader in readers.values():
            reader.news.put_nowait(None)

    async def _poll(self) -> None:
        """One query a second, as long as somebody listens."""
        while self._readers:
            asked = {n: reader for n, reader in self._readers.items() if not reader.is_busy}
            try:
                await self._ask(asked)
            except (Problem, asyncpg.PostgresError):
                self._end(asked)
            await asyncio.sleep(LIVE_PACE)

    async def _ask(self, asked: Mapping[int, _Reader]) -> None:
        lines = [line for number, reader in asked.items() for line in reader.lines(number)]
        if not lines:
            return
        readers, user_ids, assets, seqs = map(list, zip(*lines, strict=True))
        answer = await self._read(
            {"readers": readers, "user_ids": user_ids, "assets": assets, "seqs": seqs}
        )
        news = {number: list[Row]() for number, reader in asked.items() if reader.seqs is None}
        for row in answer:
            if row["is_cut_off"]:
                self._end({0: asked[row["reader"]]})
            else:
                news.setdefault(row["reader"], []).append(row)
        for number, rows in news.items():
            asked[number].is_busy = True
            asked[number].news.put_nowait(rows)


def _known(event_id: str | None) -> dict[str, int] | None:
    """What a client knows that was told this id last; None if it is none of ours."""
    pairs = [pair.partition(":") for pair in (event_id or "-").split(",")]
    if not all(asset and re.fullmatch("[0-9]{1,18}", seq) for asset, _, seq in pairs):
        return None
    return {asset: int(seq) for asset, _, seq in pairs}
