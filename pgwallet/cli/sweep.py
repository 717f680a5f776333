"""pgwallet sweep: close the holds that have expired, and book what has expired of lots."""

import click

from gateway.settings import Settings
from pgwallet.cli.shared import function, json_option, print_json, run, server


@click.command()
@json_option
def sweep(is_json: bool) -> None:
    """Close the holds that have expired, and book what has expired of lots.

    \b
    Examples:
      pgwallet sweep
    """
    with server(Settings.from_env()) as dsn:
        closed = run(_sweep(dsn, "expire_holds"))
        expired = run(_sweep(dsn, "expire_lots"))
    if is_json:
        print_json({"holds_closed": closed, "lots_expired": expired})
    else:
        click.echo(f"holds closed: {closed}\nlots expired: {expired}")


async def _sweep(dsn: str, name: str) -> int:
    done = 0
    async with function(dsn, name) as expire:
        while True:
            [row] = await expire({})
            if not row[name]:
                return done
            done += row[name]
