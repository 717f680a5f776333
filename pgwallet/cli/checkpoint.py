"""pgwallet checkpoint: the root over all chains. Keep it elsewhere."""

import click
import msgspec

from gateway.settings import Settings
from pgwallet.cli.shared import call, run, server


@click.command()
def checkpoint() -> None:
    """Record the heads of all chains and print their root. Keep the root elsewhere.

    \b
    Examples:
      pgwallet checkpoint > root.json
      pgwallet verify --against root.json
    """
    with server(Settings.from_env()) as dsn:
        [made] = run(call(dsn, "checkpoint"))
    click.echo(msgspec.json.encode(made))
