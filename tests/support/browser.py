"""A headless Chromium, driven by the DevTools protocol over one websocket."""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.thirdparty import Unavailable

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip


class Page:
    """A tab: what it asked the network for, and what its console said."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._socket = socket
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._reader = asyncio.create_task(self._read())

    async def call(self, method: str, **parameters: Any) -> Any:
        number = len(self._answers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        return await asyncio.wait_for(self._answers[number], 60)

    async def run(self, script: str) -> Any:
        """The value of an expression of JavaScript, awaited if it is a promise."""
        done = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    async def until(self, script: str) -> None:
        """Wait until an expression is true as JavaScript sees it."""
        for _ in range(600):
            if await self.run(f"Boolean({script})"):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"never: {script}")

    async def click(self, selector: str) -> None:
        """On what is or will be there; as with a mouse, the field in use loses the focus."""
        await self.until(f"document.querySelector({json.dumps(selector)})")
        await self.run("document.activeElement.blur()")
        await self.run(f"document.querySelector({json.dumps(selector)}).click()")

    async def type(self, selector: str, text: str) -> None:
        """In place of what stands in this field."""
        await self.until(f"document.querySelector({json.dumps(selector)})")
        await self.run(f"document.querySelector({json.dumps(selector)}).select()")
        await self.call("Input.insertText", text=text)

    async def value(self, selector: str) -> str:
        """Of a field, as soon as it is there."""
        await self.until(f"document.querySelector({json.dumps(selector)})")
        return await self.run(f"document.querySelector({json.dumps(selector)}).value")

    async def _read(self) -> None:
        async for message in self._socket:
            match json.loads(message.data):
                case {"id": number, "result": result}:
                    self._answers[number].set_result(result)
                case {"id": number, "error": error}:
                    self._answers[number].set_exception(AssertionError(error))
                case {"method": "Network.requestWillBeSent", "params": event}:
                    self.requests.append(event["request"]["url"])
                case {"method": "Runtime.exceptionThrown", "params": event}:
                    self.complaints.append(str(event["exceptionDetails"]))
                case {"method": "Runtime.consoleAPICalled", "params": {"type": "error"} as event}:
                    self.complaints.append(str(event["args"]))
                case {"method": "Log.entryAdded", "params": {"entry": entry}}:
                    if entry["level"] == "error":
                        self.complaints.append(f"{entry['text']} {entry.get('url', '')}")


@asynccontextmanager
async def open_page(url: str) -> AsyncIterator[Page]:
    """A new browser with nothing remembered, at this address."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise Unavailable("chromium is not installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = await asyncio.create_subprocess_exec(
            program, *_FLAGS, f"--user-data-dir={profile}", "about:blank",
            env=os.environ | {"HOME": profile},
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            port = await _port(Path(profile), browser)
            async with aiohttp.ClientSession() as http:
                async with http.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    [tab] = [each for each in await answer.json() if each["type"] == "page"]
                async with http.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    page = Page(socket)
                    for domain in ("Network", "Runtime", "Log", "Page"):
                        await page.call(f"{domain}.enable")
                    await page.call("Page.navigate", url=url)
                    yield page
                await page._reader
        finally:
            browser.terminate()
            try:
                await asyncio.wait_for(browser.wait(), 20)
            except TimeoutError:
                browser.kill()


async def _port(profile: Path, browser: asyncio.subprocess.Process) -> int:
    for _ in range(600):
        assert browser.returncode is None, "chromium has ended"
        file = profile / "DevToolsActivePort"
        if file.exists() and (lines := file.read_text().split()):
            return int(lines[0])
        await asyncio.sleep(0.1)
    raise AssertionError("chromium does not listen")
