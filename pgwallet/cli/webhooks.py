"""pgwallet webhooks: how the webhooks are."""

import click

from gateway.settings import Settings
from pgwallet.cli.shared import call, json_option, print_json, print_rows, run, server

_COLUMNS = ("subscription", "url", "status", "rest_ends_at", "oldest_at", "waiting", "parked")


@click.command()
@json_option
def webhooks(is_json: bool) -> None:
    """Webhooks: which are active, what waits for another try, and what is parked.

    \b
    Examples:
      pgwallet webhooks
      pgwallet webhooks --json
    """
    with server(Settings.from_env()) as dsn:
        rows = run(call(dsn, "list_webhooks"))
    if is_json:
        print_json([{name: row[name] for name in row if name != "secret"} for row in rows])
    else:
        print_rows(rows, _COLUMNS, numbers=2)
