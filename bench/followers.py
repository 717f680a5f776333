"""python -m bench.followers: those who follow the ledger, in a process of their own.

It prints a line when all are ready, goes on until its input ends, and prints what they have seen.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

import asyncpg
from aiohttp import web

from bench.load import AT_ONCE, user_id
from bench.measure import percentile

PAGE = 1_000
PAUSE = 0.25  # seconds that a reader waits when there is nothing more, as the gateway does


async def readers(dsn: str, count: str) -> dict[str, float]:
    """Each reads a subscription page by page, and acknowledges each page."""
    is_over = asyncio.Event()
    connections = [await asyncpg.connect(dsn) for _ in range(int(count))]

    async def read(number: int, connection: asyncpg.Connection) -> int:
        name, events = f"reader_{number}", 0
        while not is_over.is_set():
            page = await connection.fetchrow("SELECT * FROM wallet.read_events($1, $2)", name, PAGE)
            await connection.execute(
                "SELECT wallet.acknowledge_events($1, $2)", name, page["next_cursor"]
            )
            events += len(page["events"])
            if page["is_last"]:
                await asyncio.sleep(PAUSE)
        return events

    tasks = [asyncio.create_task(read(*each)) for each in enumerate(connections)]
    await _until_the_end("ready")
    is_over.set()
    return {"events": sum(await asyncio.gather(*tasks))}


async def listeners(port: str, token: str, count: str) -> dict[str, float]:
    """Each listens to the wallets of another user, by server-sent events."""
    heard = 0
    turns = asyncio.Semaphore(AT_ONCE)
    told = [asyncio.Event() for _ in range(int(count))]

    async def listen(number: int) -> None:
        nonlocal heard
        async with turns:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
            writer.write(
                f"GET /v1/wallets/{user_id(number + 1)}/events HTTP/1.1\r\nHost: bench\r\n"
                f"Authorization: Bearer {token}\r\n\r\n".encode()
            )
            status = await reader.readline()
            if b" 200 " not in status:
                raise RuntimeError(status.decode())
        with suppress(ConnectionError):
            while line := await reader.readline():
                if line == b"event: balances\n":
                    told[number].set()
                heard += line == b"event: transaction\n"

    tasks = [asyncio.create_task(listen(number)) for number in range(int(count))]
    waits = asyncio.gather(*(each.wait() for each in told))
    done, _ = await asyncio.wait([waits, *tasks], return_when=asyncio.FIRST_COMPLETED)
    if waits not in done:
        raise RuntimeError("a listener was not listened to")
    heard = 0
    await _until_the_end("ready")
    for task in tasks:
        task.cancel()
    return {"events": heard}


async def receiver() -> dict[str, float]:
    """A webhook's; how long after a movement its event arrives."""
    delays = list[float]()

    async def receive(request: web.Request) -> web.Response:
        now = time.time()
        moved_at = datetime.fromisoformat(json.loads(await request.read())["timestamp"])
        delays.append(now - moved_at.timestamp())
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await _until_the_end(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    found = {f"p{100 * share:.0f}": percentile(sorted(delays), share) or 0 for share in (0.5, 0.99)}
    return {"events": len(delays), **found}


async def _until_the_end(line: str) -> None:
    print(line, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


FOLLOWERS: dict[str, Callable[..., Awaitable[dict[str, float]]]] = {
    "readers": readers,
    "listeners": listeners,
    "receiver": receiver,
}


async def main(name: str, *arguments: str) -> None:
    print(json.dumps(await FOLLOWERS[name](*arguments)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
