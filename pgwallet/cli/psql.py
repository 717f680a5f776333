"""pgwallet psql: psql with shortcuts."""

import os
import shutil
import signal
import subprocess
import sys

import click

from gateway.settings import Settings
from pgwallet import DB_DIR
from pgwallet.cli.shared import server
from pgwallet.embedded import EmbeddedPostgres


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Open psql. It gets the ARGUMENTS after --.

    \b
    Examples:
      pgwallet psql
      pgwallet psql -- -c 'SELECT * FROM wallet.treasury()'
    """
    settings = Settings.from_env()
    program = shutil.which("psql") if settings.database_url else None
    program = program or str(EmbeddedPostgres(settings.home).bin_dir / "psql")
    with server(settings) as dsn:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # psql handles it
        # With ARGUMENTS psql must print as it would without us.
        shortcuts = {} if arguments else {"PSQLRC": str(DB_DIR / "psqlrc")}
        sys.exit(subprocess.call([program, dsn, *arguments], env={**shortcuts, **os.environ}))
