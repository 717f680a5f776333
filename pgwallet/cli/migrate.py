"""pgwallet migrate: bring the database to this release."""

import click

from gateway.settings import Settings
from pgwallet import migrate as migrations
from pgwallet.cli.shared import run, server


@click.command()
@click.option(
    "--plan", "is_plan", is_flag=True, help="Show what would run and what it locks. Run nothing."
)
def migrate(is_plan: bool) -> None:
    """Bring the database to this release, completely or not at all.

    \b
    Examples:
      pgwallet migrate --plan
      DATABASE_URL=postgresql://admin@db/wallet pgwallet migrate
    """
    with server(Settings.from_env()) as dsn:
        work = _plan(dsn) if is_plan else migrations.migrate(dsn)
        lines = run(work)
    for line in lines or ["nothing to do"]:
        click.echo(line)


async def _plan(dsn: str) -> list[str]:
    return migrations.describe(await migrations.plan(dsn))
