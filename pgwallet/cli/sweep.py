"""pgwallet sweep: close the holds that have expired."""

import click

from gateway.settings import Settings
from pgwallet.cli.shared import function, json_option, print_json, run, server


@click.command()
@json_option
def sweep(is_json: bool) -> None:
    """Close the holds that have expired.

    \b
    Examples:
      pgwallet sweep
    """
    with server(Settings.from_env()) as dsn:
        closed = run(_sweep(dsn))
    if is_json:
        print_json({"holds_closed": closed})
    else:
        click.echo(f"holds closed: {closed}")


async def _sweep(dsn: str) -> int:
    closed = 0
    async with function(dsn, "expire_holds") as expire_holds:
        while True:
            [row] = await expire_holds({})
            if not row["expire_holds"]:
                return closed
            closed += row["expire_holds"]
