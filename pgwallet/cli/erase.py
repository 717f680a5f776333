"""pgwallet erase: remove who a user is."""

import click

from gateway.settings import Settings
from pgwallet.cli.shared import call, find_user, json_option, print_json, run, server


@click.command()
@click.argument("user")
@click.option("--reason", required=True, help="Why; nothing personal, as it stays.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@json_option
def erase(user: str, reason: str, yes: bool, is_json: bool) -> None:
    """Erase USER (an id, an email address or an external id) for good.

    Who the user is, and what requests wrote about the user, is removed; the ledger stays. It is
    refused while anything is left in a wallet.

    \b
    Examples:
      pgwallet erase alice@example.com --reason "ticket 7"
      pgwallet erase 018f0e6e-5f5c-7cc4-9d3b-2f8f6c2d9b11 --reason "ticket 7" --yes
    """
    with server(Settings.from_env()) as dsn:
        user_id = run(find_user(dsn, user))["user_id"]
        if not yes:
            click.confirm(f"Erase user {user_id} for good?", abort=True, err=True)
        [erased] = run(call(dsn, "erase_user", user_id=user_id, reason=reason))
    if is_json:
        print_json(erased)
    else:
        click.echo(f"erased: {user_id}")
