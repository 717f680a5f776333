"""pgwallet statement: a user's statement of account."""

from datetime import datetime

import click

from gateway.settings import Settings
from pgwallet.cli.shared import call, find_user, form_options, instant, print_form, run, server

_STATEMENT = ("created_at", "transaction_id", "kind", "reference", "debit", "credit", "balance")


@click.command()
@click.argument("user")
@click.option("--asset", required=True, help="Its code, such as GOLD.")
@click.option(
    "--from",
    "start",
    type=instant,
    metavar="TIME",
    help="The first moment; UTC unless it has a zone.",
)
@click.option("--until", type=instant, metavar="TIME", help="The first moment after it.")
@form_options
def statement(
    user: str, asset: str, start: datetime | None, until: datetime | None, form: str
) -> None:
    """Print the statement of account of USER: an id, an email address or an external id.

    \b
    Examples:
      pgwallet statement alice@example.com --asset GOLD
      pgwallet statement alice@example.com --asset GOLD --from 2026-01-01 --until 2026-02-01
      pgwallet statement alice@example.com --asset GOLD --format csv > statement.csv
    """
    with server(Settings.from_env()) as dsn:
        user_id = run(find_user(dsn, user))["user_id"]
        scope = {"user_id": user_id, "asset": asset, "from": start, "until": until}
        lines = run(call(dsn, "statement", **scope))
    print_form(lines, _STATEMENT, form, numbers=3)
