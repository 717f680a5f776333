"""The command line. Each command has a file of its name."""

import click

from pgwallet.cli.shared import EXIT_CODES, Group


@click.group(cls=Group, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A wallet for virtual currencies, made true inside PostgreSQL.

    DATABASE_URL names the server; without it an embedded one under PGWALLET_HOME is used. Other
    settings are PGWALLET_* variables: docs/reference/settings.md.
    """


main.sections = {
    "Serving": ("up", "serve", "token", "openapi", "version"),
    "Database": ("migrate", "status", "seed", "psql", "doctor"),
    "Books": ("verify", "checkpoint", "statement", "liability", "erase", "sweep"),
    "Events": ("deliver", "webhooks", "resend", "export"),
    "Many users": ("import-users", "import-history", "grant", "campaigns", "budget"),
    "Many servers": ("cluster",),
}
