"""pgwallet resend: send events of a webhook again."""

from uuid import UUID

import click

from gateway.settings import Settings
from pgwallet.cli.shared import call, json_option, print_json, run, server


@click.command()
@click.argument("subscription")
@click.argument("transaction_id", type=click.UUID, required=False)
@json_option
def resend(subscription: str, transaction_id: UUID | None, is_json: bool) -> None:
    """Send a webhook's parked events again, or those of one transaction.

    pgwallet deliver sends them. Events of a transaction that is named are sent again also where
    they have arrived.

    \b
    Examples:
      pgwallet resend shop
      pgwallet resend shop 01a2281d-ddd2-7409-b85c-0cf96177fe0d
    """
    with server(Settings.from_env()) as dsn:
        arguments = {"subscription": subscription, "transaction_id": transaction_id}
        [webhook] = run(call(dsn, "resend_webhook_events", **arguments))
    if is_json:
        print_json({name: webhook[name] for name in ("subscription", "waiting", "parked")})
    else:
        click.echo(f"waiting: {webhook['waiting']}, parked: {webhook['parked']}")
