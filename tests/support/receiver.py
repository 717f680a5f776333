"""A receiver of webhooks, written from the text of Standard Webhooks alone, and what it got."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a message is signed with the secret, and not older than five minutes."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    message_id, sent_at = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(sent_at)) > 300:
        return False
    digest = hmac.new(key, b".".join((message_id.encode(), sent_at.encode(), body)), hashlib.sha256)
    wanted = "v1," + base64.b64encode(digest.digest()).decode()
    signatures = headers["webhook-signature"].split(" ")
    return any(hmac.compare_digest(wanted, signature) for signature in signatures)


Answer = Callable[[dict[str, Any]], Awaitable[web.Response]]


async def accept(_: dict[str, Any]) -> web.Response:
    return web.Response(status=204)


class Receiver:
    """Answers each message as `answer` says; keeps those that it accepted, in their order."""

    def __init__(self) -> None:
        self.url, self.answer = "", accept
        self.tries: list[tuple[str, Mapping[str, str], bytes]] = []
        self.accepted: list[dict[str, Any]] = []
        self.under_way = Counter[str]()
        self.overlaps: list[str] = []

    async def handle(self, request: web.Request) -> web.Response:
        body, message_id = await request.read(), request.headers["webhook-id"]
        self.tries.append((message_id, request.headers.copy(), body))
        self.under_way[message_id] += 1
        if self.under_way[message_id] > 1:
            self.overlaps.append(message_id)
        message = json.loads(body)
        try:
            answer = await self.answer(message)
        finally:
            self.under_way[message_id] -= 1
        if 200 <= answer.status < 300:
            self.accepted.append(message)
        return answer

    async def until(self, count: int, seconds: float = 30) -> None:
        """Wait until it has accepted so many."""
        end = time.monotonic() + seconds
        while len(self.accepted) < count:
            assert time.monotonic() < end, f"{len(self.accepted)} of {count}"
            await asyncio.sleep(0.02)

    def wallets(self) -> dict[tuple[str, str], list[int]]:
        """The seq of what was accepted, for each wallet, each number once."""
        found: dict[tuple[str, str], list[int]] = {}
        for message in self.accepted:
            data = message["data"]
            seqs = found.setdefault((data["user_id"], data["asset"]), [])
            if data["seq"] not in seqs:
                seqs.append(data["seq"])
        return found


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()
