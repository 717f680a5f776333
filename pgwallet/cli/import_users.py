"""pgwallet import-users: create the users in a file."""

from typing import IO

import click

from gateway.settings import Settings
from pgwallet.cli import sheets
from pgwallet.cli.bulk import (
    check_option,
    connections_option,
    do_in_parts,
    file_argument,
    refused_option,
    report,
    say_plan,
)
from pgwallet.cli.shared import json_option, server


@click.command("import-users")
@file_argument
@check_option
@refused_option
@connections_option
@json_option
def import_users(
    file: IO[bytes], is_check: bool, refused: IO[str] | None, connections: int, is_json: bool
) -> None:
    """Create the users in FILE that do not exist yet.

    FILE is CSV; - is stdin. Its header has external_id or email or both, and may have name and
    phone. The command checks all lines before it creates anybody. It knows a user by the external
    id, or without one by the email address. It does not change a user who exists. If it was
    interrupted, run it again.

    \b
    Examples:
      pgwallet import-users users.csv --check
      pgwallet import-users users.csv --refused refused.csv
    """
    sheet = sheets.read(file, identities=("external_id", "email"), optional=("name", "phone"))
    if is_check:
        say_plan({"lines": len(sheet.lines)}, is_json=is_json, is_check=True)
        return
    columns = ("external_id", "name", "email", "phone")
    rows = [tuple(line.cells.get(column) for column in columns) for line in sheet.lines]
    with server(Settings.from_env()) as dsn:
        tally = do_in_parts(dsn, "import_users", "users", sheet, rows, connections)
    result = {
        "users": tally.users,
        "replays": tally.replays,
        "refused": len(tally.refused),
        "refusals": tally.refused,
    }
    said = (
        f"{tally.users:,} users made, {tally.replays:,} had been before,"
        f" {len(tally.refused):,} refused"
    )
    report(said, result, sheet, tally, refused, is_json=is_json)
