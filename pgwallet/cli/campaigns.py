"""pgwallet campaigns: what each campaign may give and has given."""

import click

from gateway.settings import Settings
from pgwallet.cli.shared import call, json_option, print_json, print_rows, run, server

COLUMNS = ("campaign", "asset", "budget", "granted", "remaining", "users")


@click.command()
@json_option
def campaigns(is_json: bool) -> None:
    """List the campaigns: budget, what they gave, and to how many users.

    \b
    Examples:
      pgwallet campaigns
      pgwallet campaigns --json
    """
    with server(Settings.from_env()) as dsn:
        rows = run(call(dsn, "list_campaigns"))
    if is_json:
        print_json(rows)
    else:
        print_rows(rows, COLUMNS, numbers=4)
