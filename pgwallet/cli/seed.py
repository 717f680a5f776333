"""pgwallet seed: the demo data."""

import click

from gateway.auth import hash_password
from gateway.database import run_script
from gateway.settings import Settings
from pgwallet import DB_DIR
from pgwallet.cli.shared import run, server

DEMO_PASSWORD = "demo-password"
DEMO_USERS = ("admin@example.com", "alice@example.com", "bob@example.com")


@click.command()
@click.option("--demo", is_flag=True, required=True, help="The demo data.")
def seed(demo: bool) -> None:
    """Put the demo data into the database; again does no harm.

    \b
    Examples:
      pgwallet seed --demo
    """
    with server(Settings.from_env()) as dsn:
        run(seed_demo(dsn))
    click.echo(f"demo users: {', '.join(DEMO_USERS)}; password {DEMO_PASSWORD}")


async def seed_demo(dsn: str) -> None:
    script = (DB_DIR / "seed" / "demo.sql").read_text()
    await run_script(dsn, script, {"pgwallet.demo_password_hash": hash_password(DEMO_PASSWORD)})
