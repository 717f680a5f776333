"""Listens, serves until a signal comes, and finishes the requests under way."""

import asyncio
import gc
import signal
from collections.abc import Callable
from contextlib import suppress

import uvloop
from aiohttp import web

from gateway import logs
from gateway.app import create_app
from gateway.settings import Settings
from gateway.signals import ENDS, cancel_on_signal


def listen(settings: Settings, say: Callable[[], None], *, is_worker: bool = False) -> None:
    """Runs the gateway in this process until a signal ends it.

    say: is called when it listens. is_worker: shares its port, and ends with its supervisor.
    """
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
    """Serves until a signal cancels it. Then it finishes the requests under way."""
    cancel_on_signal(is_child=is_worker)
    app = create_app(settings)
    runner = web.AppRunner(
        app,
        # aiohttp counts from the end of an answer to the end of the next request's headers.
        keepalive_timeout=settings.client_timeout,
        shutdown_timeout=settings.shutdown_timeout,
        access_log=None,
    )
    await runner.setup()
    # Looking through all objects for garbage held up requests for 20 to 80 ms. What is there by now
    # stays for good, and most of what comes goes without the collector.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        site = web.TCPSite(
            runner, settings.host, settings.port, reuse_port=is_worker or None, backlog=1024
        )
        await site.start()
        say()
        await asyncio.get_running_loop().create_future()
    finally:
        await runner.cleanup()
