"""pgwallet statement: a user's statement of account."""

import csv
import sys
from datetime import UTC, datetime

import click
import msgspec

from gateway.settings import Settings
from pgwallet.cli.shared import call, print_table, run, server

_STATEMENT = ("created_at", "transaction_id", "kind", "reference", "debit", "credit", "balance")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time such as 2026-01-31T12:00Z.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


@click.command()
@click.argument("user")
@click.option("--asset", required=True, help="Its code, such as GOLD.")
@click.option(
    "--from",
    "start",
    type=_instant,
    metavar="TIME",
    help="The first moment; UTC unless it has a zone.",
)
@click.option("--until", type=_instant, metavar="TIME", help="The first moment after it.")
@click.option(
    "--format",
    "form",
    default="table",
    show_default=True,
    type=click.Choice(["table", "csv", "json"]),
    help="--json is short for --format json.",
)
@click.option("--json", "form", flag_value="json", hidden=True)
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
        users = run(call(dsn, "find_user", query=user))
        if len(users) != 1:
            raise click.ClickException(f"{len(users) or 'no'} users are known as {user!r}")
        scope = {"user_id": users[0]["user_id"], "asset": asset, "from": start, "until": until}
        lines = run(call(dsn, "statement", **scope))
    if form == "json":
        click.echo(msgspec.json.encode(lines))
        return
    rows = [["" if v is None else str(v) for v in map(line.get, _STATEMENT)] for line in lines]
    rows.insert(0, [*_STATEMENT])
    if form == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerows(rows)
    else:
        print_table(rows, numbers=3)
