"""Debian's Chromium, driven by Playwright. It knows no other hosts than this machine."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page, async_playwright, expect

from tests.support.thirdparty import Unavailable

_FLAGS = ("--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")

expect.set_options(timeout=30_000)  # ms, as long as Playwright waits before it acts


@dataclass
class Tab:
    """A page: what it asked the network for, and what its console said."""

    page: Page
    requests: list[tuple[str, str]] = field(default_factory=list)  # method and URL
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("request", lambda sent: self.requests.append((sent.method, sent.url)))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        # Chromium calls each answer of 400 and more an error. The page shows those to the user.
        if message.type == "error" and "the server responded with a status" not in message.text:
            self.complaints.append(message.text)


@asynccontextmanager
async def open_tab(url: str, **options: Any) -> AsyncIterator[Tab]:
    """A new browser with nothing remembered, at this address. options: of a browser context."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise Unavailable("chromium is not installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_FLAGS)
        context = await browser.new_context(**options)
        tab = Tab(await context.new_page())
        tab.watch()
        await tab.page.goto(url)
        yield tab
        await browser.close()
