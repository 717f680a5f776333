"""pgwallet status: what the database has of this release."""

import sys
from dataclasses import asdict

import click

from gateway import __version__
from gateway.settings import Settings
from pgwallet import migrate
from pgwallet.cli.shared import WRONG, json_option, print_json, run, server


@click.command()
@json_option
def status(is_json: bool) -> None:
    """Show what the database has of this release. Exit with 1 if something is missing.

    \b
    Examples:
      pgwallet status
      pgwallet status --json
    """
    with server(Settings.from_env()) as dsn:
        found = run(migrate.status(dsn))
    if is_json:
        print_json({"version": __version__, **asdict(found)})
        sys.exit(WRONG if found.drift or found.pending else 0)
    click.echo(f"pgwallet    {__version__}")
    click.echo(f"PostgreSQL  {found.server_version}")
    click.echo(f"schema      {found.schema_version or 'none'}, {found.applied} files applied")
    for step in (*found.drift, *found.pending):
        click.echo(f"            {step}")
    sys.exit(WRONG if found.drift or found.pending else 0)
