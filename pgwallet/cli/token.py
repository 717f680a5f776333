"""pgwallet token: print a token."""

from typing import Any

import click

from gateway.settings import Settings
from gateway.tokens import issue_token
from gateway.types import ROLES
from pgwallet.cli.secret import with_secret


@click.command()
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the token may do.")
@click.option("--user", type=click.UUID, help="The user; required for the role user.")
def token(role: str, user: Any) -> None:
    """Print a token.

    \b
    Examples:
      pgwallet token --role service
      pgwallet token --role user --user 018f0e6e-5f5c-7cc4-9d3b-2f8f6c2d9b11
    """
    if role == "user" and user is None:
        raise click.UsageError("--role user needs --user UUID")
    settings = with_secret(Settings.from_env(), make=False)
    click.echo(issue_token(settings, str(user or role), role)[0])
