"""pgwallet deliver: send the events of webhooks."""

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click
import uvloop
from msgspec.structs import replace

from gateway import logs
from gateway.settings import Settings
from gateway.signals import cancel_on_signal
from pgwallet.cli.shared import server
from pgwallet.deliver import Deliverer

logger = logging.getLogger("pgwallet")


@click.command()
@click.option("--child", "is_child", is_flag=True, hidden=True)
def deliver(is_child: bool) -> None:
    """Send the events of webhooks, and try again what was not accepted.

    It also looks every second which alerts are to be raised.

    Several may run at a time, and none sends what another one is sending. When one dies, the others
    go on with its events within a minute.

    \b
    Examples:
      pgwallet deliver
      PGWALLET_DELIVER_PORT=8082 pgwallet deliver
    """
    settings = Settings.from_env()
    logs.set_up(settings.log_level)
    with server(settings) as dsn:
        work = _deliver(replace(settings, database_url=dsn), is_child)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)


@contextmanager
def deliverer(dsn: str) -> Iterator[None]:
    """One in a process of its own, beside a wallet that people try out."""
    environ = {"PGWALLET_WEBHOOK_TARGETS": "any"} | os.environ
    environ |= {"DATABASE_URL": dsn, "PGWALLET_DELIVER_PORT": "0"}
    command = [sys.executable, "-m", "pgwallet", "deliver", "--child"]
    child = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE)
    try:
        yield
    finally:
        child.terminate()
        child.wait()


async def _deliver(settings: Settings, is_child: bool) -> None:
    cancel_on_signal(is_child=is_child)
    logger.info("delivering")
    with suppress(asyncio.CancelledError):
        await Deliverer(settings).run()
