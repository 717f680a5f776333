"""pgwallet serve: the gateway alone, in one process or several."""

import logging
import os
import subprocess
import sys
import time
from functools import partial
from tempfile import TemporaryDirectory

import click
from msgspec.structs import replace

from gateway import __version__, logs
from gateway.server import listen
from gateway.settings import Settings
from pgwallet.cli.secret import with_secret
from pgwallet.cli.shared import server

logger = logging.getLogger("pgwallet")


@click.command()
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--worker", "is_worker", is_flag=True, hidden=True)
def serve(workers: int, is_worker: bool) -> None:
    """Run the gateway alone, on a database that has been migrated.

    With DATABASE_URL also set PGWALLET_JWT_SECRET (or _PUBLIC_KEY, or _JWKS).

    \b
    Examples:
      DATABASE_URL=postgresql://wallet@db/wallet PGWALLET_JWT_SECRET=... pgwallet serve
      pgwallet serve --workers 4
    """
    logs.set_up()
    settings = Settings.from_env()
    if not settings.database_url:
        settings = with_secret(settings, make=True)
    with server(settings, keep=True) as dsn:
        if workers > 1:
            sys.exit(_supervise(settings, dsn, workers))
        banner = f"pgwallet {__version__} on http://{settings.host}:{settings.port}"
        say = partial(logger.info, banner)
        listen(replace(settings, database_url=dsn), say, is_worker=is_worker)


def _supervise(settings: Settings, dsn: str, workers: int) -> int:
    """Runs several processes on one port. When one ends, all end, and this one too."""
    with TemporaryDirectory() as metrics:
        environ = os.environ | {
            "DATABASE_URL": dsn,
            "PGWALLET_JWT_SECRET": settings.jwt_secret,
            "PROMETHEUS_MULTIPROC_DIR": metrics,
        }
        command = [sys.executable, "-m", "pgwallet", "serve", "--worker"]
        children = [
            subprocess.Popen(command, env=environ, stdin=subprocess.PIPE) for _ in range(workers)
        ]
        try:
            while all(child.poll() is None for child in children):
                time.sleep(0.1)  # os.wait() would take from others how their children have ended
            return 1
        except (KeyboardInterrupt, SystemExit):
            return 0  # asked to stop
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait()
