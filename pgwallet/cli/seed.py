"""pgwallet seed: the demo data."""

import asyncpg
import click

from gateway.accounts import hash_password
from gateway.settings import Settings
from pgwallet import DB_DIR
from pgwallet.cli.month import seed_month
from pgwallet.cli.shared import run, server

DEMO_PASSWORD = "demo-password"
DEMO_USERS = ("admin@example.com", "alice@example.com", "bob@example.com")

_IS_NEW = "SELECT NOT EXISTS (SELECT FROM wallet.list_assets() AS a WHERE a.asset = 'GOLD')"


@click.command()
@click.option("--demo", is_flag=True, required=True, help="Take the demo data.")
def seed(demo: bool) -> None:
    """Put the demo data into the database. You may run it again.

    \b
    Examples:
      pgwallet seed --demo
    """
    with server(Settings.from_env()) as dsn:
        run(seed_demo(dsn))
    click.echo(f"demo users: {', '.join(DEMO_USERS)}; password {DEMO_PASSWORD}")


async def seed_demo(dsn: str, *, with_month: bool = False) -> None:
    """Runs db/seed/demo.sql in one transaction, in which a setting holds the password's hash.

    with_month: new demo data gets a month of history too.
    """
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute(
                "SELECT set_config('pgwallet.demo_password_hash', $1, true)",
                hash_password(DEMO_PASSWORD),
            )
            is_new = await connection.fetchval(_IS_NEW)
            await connection.execute((DB_DIR / "seed" / "demo.sql").read_text())
            if is_new and with_month:
                await seed_month(connection)
    finally:
        await connection.close()
