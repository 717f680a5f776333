"""pgwallet liability: what is outstanding of an asset at a month's end."""

from datetime import datetime

import click

from gateway.settings import Settings
from pgwallet.cli.shared import call, form_options, instant, print_form, run, server

_COLUMNS = (
    "origin", "issue_month", "expiry_month", "issued", "used", "expired", "reversed", "outstanding"
)  # fmt: skip


@click.command()
@click.argument("asset")
@click.option("--at", type=instant, metavar="TIME", help="As it was then.  [default: now]")
@click.option("--time-zone", default="UTC", show_default=True, help="Whose months, as Asia/Tokyo.")
@form_options
def liability(asset: str, at: datetime | None, time_zone: str, form: str) -> None:
    """Print what is outstanding of ASSET, by origin, month of issue and month of expiry.

    \b
    Examples:
      pgwallet liability SILVER
      pgwallet liability SILVER --at 2026-04-01T00:00+09:00 --time-zone Asia/Tokyo
      pgwallet liability SILVER --at 2026-04-01 --format csv > liability.csv
    """
    with server(Settings.from_env()) as dsn:
        items = run(call(dsn, "liability", asset=asset, at=at, time_zone=time_zone))
    print_form(items, _COLUMNS, form, numbers=5)
