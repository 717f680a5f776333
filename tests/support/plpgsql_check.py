"""plpgsql_check in a new database of PostgreSQL 15, loaded from where it lies.

It is not installed as an extension, which would take root's rights: its functions are created by
hand, with the library's path in them.
"""

import shutil

import pytest

from tests.support import thirdparty
from tests.support.servers import Database, Servers


def create(servers: Servers, *, is_migrated: bool) -> Database:
    """A new database that has it. Where it can't be had, the test is skipped."""
    try:
        server = servers["15"]
        script, library = thirdparty.plpgsql_check()
    except thirdparty.Unavailable as reason:
        pytest.skip(str(reason))
    readable = servers.home / library.name
    shutil.copyfile(library, readable)
    readable.chmod(0o644)
    sql = script.read_text().replace("MODULE_PATHNAME", str(readable))
    sql = sql.replace("@extschema@", "plpgsql_check")
    sql = "".join(line for line in sql.splitlines(True) if not line.startswith("\\"))
    database = server.create(template=server.template if is_migrated else None)
    database.psql(
        f"LOAD 'plpgsql'; CREATE SCHEMA plpgsql_check; SET search_path = plpgsql_check; {sql}"
    )
    return database
