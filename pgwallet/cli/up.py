"""pgwallet up: from nothing to a running wallet with demo data."""

from contextlib import AbstractContextManager

import click
from msgspec.structs import replace

from gateway.server import listen
from gateway.settings import Settings
from gateway.tokens import issue_token
from pgwallet.cli.deliver import deliverer
from pgwallet.cli.secret import with_secret
from pgwallet.cli.seed import DEMO_PASSWORD, DEMO_USERS, seed_demo
from pgwallet.cli.shared import call, run, server
from pgwallet.migrate import migrate


@click.command()
def up() -> None:
    """Run a wallet with demo data, starting from nothing.

    The data stays for the next time. Ctrl-C stops the wallet and its server. Webhooks are sent too,
    to any address unless PGWALLET_WEBHOOK_TARGETS says otherwise.

    \b
    Examples:
      pgwallet up
      PGWALLET_HOME=/srv/wallet PGWALLET_PORT=9000 pgwallet up
    """
    settings = with_secret(Settings.from_env(), make=True)
    with server(settings, keep=True) as dsn:
        click.echo(f"migrated: {len(run(migrate(dsn)))} files")
        serve_demo(settings, dsn, deliverer(dsn), with_month=True)


def serve_demo(
    settings: Settings,
    dsn: str,
    beside: AbstractContextManager[object],
    *,
    with_month: bool = False,
) -> None:
    """Put the demo data into a wallet and serve it, until a signal comes."""
    run(seed_demo(dsn, with_month=with_month))
    [alice] = run(call(dsn, "find_user", query="alice@example.com"))
    token, _ = issue_token(replace(settings, token_ttl=86_400), str(alice["user_id"]), "user")
    url = f"http://{settings.host}:{settings.port}"
    with beside:
        listen(
            replace(settings, database_url=dsn),
            lambda: click.echo(f"""
  console     {url}/console
  API         {url}/v1        description {url}/docs
  health      {url}/health    metrics     {url}/metrics
  demo users  {", ".join(DEMO_USERS)}; password {DEMO_PASSWORD}

  curl -H 'Authorization: Bearer {token}' {url}/v1/wallets/me

Ctrl-C stops it; the data stays."""),
        )
    click.echo("stopped")
