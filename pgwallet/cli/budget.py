"""pgwallet budget: change the budget of a campaign."""

from decimal import Decimal

import click

from gateway.settings import Settings
from pgwallet.cli import sheets
from pgwallet.cli.campaigns import COLUMNS
from pgwallet.cli.shared import call, json_option, print_json, print_rows, run, server


@click.command()
@click.argument("campaign")
@click.argument("amount")
@json_option
def budget(campaign: str, amount: str, is_json: bool) -> None:
    """Set the most that CAMPAIGN may give in all. An AMOUNT of none removes the limit.

    \b
    Examples:
      pgwallet budget SPRING 60000
      pgwallet budget SPRING none
    """
    most = None if amount == "none" else amount
    if most and (wrong := sheets.wrong_amount(most, 8)):
        raise click.BadParameter(wrong[0], param_hint="AMOUNT")
    with server(Settings.from_env()) as dsn:
        value = most and Decimal(most)
        rows = run(call(dsn, "change_budget", campaign=campaign, budget=value))
    if is_json:
        print_json(rows[0])
    else:
        print_rows(rows, COLUMNS, numbers=4)
