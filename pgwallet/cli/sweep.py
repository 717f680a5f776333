"""pgwallet sweep: what is due by now: holds, lots, and the figures of the economy."""

import click

from gateway.settings import Settings
from pgwallet.cli.shared import call, function, json_option, print_json, run, server


@click.command()
@json_option
def sweep(is_json: bool) -> None:
    """Close the holds that have expired, book what has expired of lots, count the days.

    The days are those of wallet.economy and wallet.distribution: what is counted, they need not
    read in the ledger. Once a day it ranks users for wallet.leaders, too.

    \b
    Examples:
      pgwallet sweep
    """
    with server(Settings.from_env()) as dsn:
        closed = run(_sweep(dsn, "expire_holds"))
        expired = run(_sweep(dsn, "expire_lots"))
        folded = run(_sweep(dsn, "fold_economy"))
        [[ranked]] = [row.values() for row in run(call(dsn, "rank_users"))]
    if is_json:
        print_json(
            {
                "holds_closed": closed, "lots_expired": expired, "transfers_counted": folded,
                "users_ranked_until": ranked,
            }
        )  # fmt: skip
    else:
        click.echo(f"holds closed: {closed}\nlots expired: {expired}\ntransfers counted: {folded}")
        if ranked:
            click.echo(f"users ranked until: {ranked}")


async def _sweep(dsn: str, name: str) -> int:
    done = 0
    async with function(dsn, name) as expire:
        while True:
            [row] = await expire({})
            if not row[name]:
                return done
            done += row[name]
