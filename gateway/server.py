"""Listens, serves until a signal comes, and finishes the requests under way."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial

import uvloop
from aiohttp import web

from gateway import logs
from gateway.app import DOOR, create_app
from gateway.door import Doorkeeper
from gateway.settings import Settings

ENDS = [signal.SIGTERM]  # these end a process with its `finally`s, as Ctrl-C does
if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # `nohup` ignores it
    ENDS.append(signal.SIGHUP)


def listen(settings: Settings, say: Callable[[], None], *, is_worker: bool = False) -> None:
    logs.set_up(settings.log_level)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *ENDS)}
    try:
        with (
            suppress(asyncio.CancelledError),
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            runner.run(serve(settings, say, is_worker))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def serve(settings: Settings, say: Callable[[], None], is_worker: bool) -> None:
    """Until a signal cancels it; then the requests under way are finished."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop() -> None:
        """Once: to be cancelled again would cut the requests off."""
        if is_worker:
            loop.remove_reader(sys.stdin)
        if not task.cancelling():
            task.cancel()

    for number in (signal.SIGINT, *ENDS):
        loop.add_signal_handler(number, stop)
    if is_worker:  # the other end is the supervisor's, and closes with it, however that ends
        loop.add_reader(sys.stdin, stop)
    app = create_app(settings)
    runner = web.AppRunner(
        app,
        # aiohttp counts from the end of an answer to the end of the next request's headers.
        keepalive_timeout=settings.client_timeout,
        shutdown_timeout=settings.shutdown_timeout,
        access_log=None,
    )
    await runner.setup()
    assert runner.server is not None
    protocol = partial(Doorkeeper, app[DOOR], runner.server)
    # What is there by now stays: to look through it for garbage again and again took 20 to 80 ms.
    # And of what comes, most goes by itself: so the rest may wait longer.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        server = await loop.create_server(
            protocol, settings.host, settings.port, reuse_port=is_worker or None, backlog=1024
        )
        with closing(server):
            say()
            await loop.create_future()
    finally:
        await runner.cleanup()
