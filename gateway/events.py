"""Reads events for clients that wait for them; one query asks for all who wait."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

import asyncpg

from gateway.database import Call, Database, Row
from gateway.problems import Problem

_PACE = 0.25  # seconds between two looks at how far the feed is


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
