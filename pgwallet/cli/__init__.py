"""The command line. Each command has a file of its name."""

import click

from pgwallet.cli import (
    budget,
    campaigns,
    checkpoint,
    cluster,
    deliver,
    doctor,
    erase,
    export,
    grant,
    import_history,
    import_users,
    liability,
    migrate,
    openapi,
    psql,
    resend,
    seed,
    serve,
    statement,
    status,
    sweep,
    token,
    up,
    verify,
    version,
    webhooks,
)
from pgwallet.cli.shared import EXIT_CODES, Group


@click.group(cls=Group, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A wallet for virtual currencies, made true inside PostgreSQL.

    DATABASE_URL names the server; without it an embedded one under PGWALLET_HOME is used. Other
    settings are PGWALLET_* variables: docs/reference/settings.md.
    """


main.sections = {
    "Serving": (up.up, serve.serve, token.token, openapi.openapi, version.version),
    "Database": (migrate.migrate, status.status, seed.seed, psql.psql, doctor.doctor),
    "Books": (
        verify.verify,
        checkpoint.checkpoint,
        statement.statement,
        liability.liability,
        erase.erase,
        sweep.sweep,
    ),
    "Events": (deliver.deliver, webhooks.webhooks, resend.resend, export.export),
    "Many users": (
        import_users.import_users,
        import_history.import_history,
        grant.grant,
        campaigns.campaigns,
        budget.budget,
    ),
    "Many servers": (cluster.cluster,),
}
for commands in main.sections.values():
    for command in commands:
        main.add_command(command)
