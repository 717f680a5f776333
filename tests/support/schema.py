"""What is written down of the schema: `make schema` writes it, tests/upgrade compares it.

db/schema/current.sql is a dump of what the schema files and views add up to, for whoever reviews a
change. Functions are left out: each stands in a file of its own, whole.

docs/reference/ tells of the functions as they are in a migrated database (tests.support.reference).

db/schema/locks.json is what each file locks when it runs on a database in use, as PostgreSQL itself
tells: `pgwallet migrate --plan` shows it to whoever can't try.
"""

import asyncio
import re
import subprocess
from pathlib import Path

import asyncpg
import msgspec
import pytest

from pgwallet import migrate
from pgwallet.migrate import Lock
from tests.support import reference
from tests.support.paths import DB
from tests.support.servers import Database, Server, Servers

HEADER = """\
-- What the schema files and views add up to, without the functions. Never run, only read:
-- `make schema` writes it, and a test compares it.
"""

_OBJECT = re.compile(r"^--\n-- Name: (?P<name>.*); Type: (?P<type>.*?); Schema: .*\n--\n", re.M)
_NOISE = re.compile(r"^(--|\\|SET |ALTER .* OWNER TO wallet_owner;).*\n", re.M)

_RELATIONS = """
SELECT
    oid,
    format('%s.%s', relnamespace::regnamespace, relname) AS name,
    pg_relation_filenode(oid) AS filenode,
    coalesce((SELECT seq_scan FROM pg_stat_xact_all_tables AS s WHERE s.relid = c.oid), 0) AS scans
FROM pg_class AS c
WHERE relnamespace IN ('wallet'::regnamespace, 'wallet_private'::regnamespace)
AND relkind IN ('r', 'p', 'v')
AND oid <> 'wallet_private.migration'::regclass
"""
_HELD = """
SELECT l.relation AS oid, l.mode
FROM pg_locks AS l
WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation'
AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
"""
_STRENGTH = (
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)


def dump(database: Database) -> str:
    """pg_dump's account of a schema; two that are the same have the same."""
    if database.server.embedded is None:
        pytest.skip("the pg_dump of the given server's version is not known")
    command = [database.server.embedded.bin_dir / "pg_dump", "--schema-only", "-d", database.dsn]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return re.sub(r"^(\\(un)?restrict .*|-- Dumped .*)\n", "", done.stdout, flags=re.M)


def current(database: Database) -> str:
    """What belongs into current.sql."""
    text = dump(database)
    objects = list(_OBJECT.finditer(text))
    ends = [found.start() for found in objects[1:]] + [len(text)]
    kept = [
        text[found.end() : end]
        for found, end in zip(objects, ends, strict=True)
        if found["type"] != "FUNCTION" and not found["name"].startswith("FUNCTION ")
    ]
    body = re.sub(r"\n{2,}", "\n\n", _NOISE.sub("", "\n".join(kept)))
    return f"{HEADER}\n{body.strip()}\n"


async def measure(database: Database, root: Path = DB) -> dict[str, list[Lock]]:
    """Migrate an empty database file by file, and see what each locks of what was there.

    Functions, views and grants run twice: the second time is that of a database in use.
    """
    files = migrate.read_tree(root)
    schema = [file for file in files if file.name.startswith("schema/")]
    others = [file for file in files[1:] if file not in schema]
    locks = {}
    connection = await database.connect(statement_cache_size=0)
    try:
        for file in (*files[:1], *schema, *others, *others):
            async with connection.transaction():
                await connection.execute(migrate._SETTINGS)
                if file is not files[0]:
                    await connection.execute("SET LOCAL ROLE wallet_owner")
                    before = await _relations(connection)
                await connection.execute(file.text)
                if file is not files[0]:
                    locks[file.name] = await _taken(connection, before)
    finally:
        await connection.close()
    return {name: found for name, found in locks.items() if found}


async def _relations(connection: asyncpg.Connection) -> dict[int, asyncpg.Record]:
    return {row["oid"]: row for row in await connection.fetch(_RELATIONS)}


async def _taken(connection: asyncpg.Connection, before: dict[int, asyncpg.Record]) -> list[Lock]:
    after = await _relations(connection)
    modes: dict[int, set[str]] = {}
    for row in await connection.fetch(_HELD):
        mode = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", row["mode"].removesuffix("Lock")).upper()
        modes.setdefault(row["oid"], set()).add(mode)
    locks = []
    for oid, found in before.items():
        if oid not in modes:
            continue
        then = after.get(oid)
        if then and then["filenode"] != found["filenode"]:
            work = "rewrite"
        else:
            work = "read" if then and then["scans"] > found["scans"] else "catalogue"
        locks.append(Lock(found["name"], max(modes[oid], key=_STRENGTH.index), work))
    return sorted(locks, key=lambda lock: lock.relation)


def locks_json(locks: dict[str, list[Lock]]) -> str:
    """A line for each file."""
    lines = [
        f"  {msgspec.json.encode(name).decode()}: {msgspec.json.encode(found).decode()}"
        for name, found in locks.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def write(server: Server) -> None:
    (DB / migrate.CURRENT).write_text(current(server.template), newline="\n")
    locks = asyncio.run(measure(server.create(template=None)))
    (DB / migrate.LOCKS).write_text(locks_json(locks), newline="\n")
    (DB / "install.sql").write_text(migrate.install_sql(), newline="\n")
    reference.write(server.template)


if __name__ == "__main__":
    servers = Servers()
    try:
        write(servers["18"])
    finally:
        servers.stop()
