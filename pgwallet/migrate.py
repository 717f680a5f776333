"""Bring a database to this release: its SQL files in order, in one transaction.

    roles.sql                   always, as the migrating user; all others as wallet_owner
    schema/V0001__name.sql      once, in order; refused if it was edited since
    functions/private/**/*.sql  when new or changed, and all again after a schema file
    functions/api/**/*.sql      (they are CREATE OR REPLACE: once more does no harm)
    views/**/*.sql
    grants.sql                  whenever another file runs

Two files are not run: schema/current.sql shows the whole schema, and schema/locks.json what each
file locks, as measured. `make schema` writes both. It also writes install.sql, which does the same
in psql (`python -m pgwallet.migrate --write-install` writes only that one).
"""

import asyncio
import random
import re
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import asyncpg
import msgspec

from pgwallet import DB_DIR

LOCK_KEY = int.from_bytes(b"pgwallet", "big")  # the advisory lock of a migration
_POLL_S = 0.1
_ATTEMPTS = 10  # if another transaction is in the way
_BYTES_PER_S = 100 * 2**20  # a guess for reading or rewriting a table
_OTHERS_S = 1  # a guess for all functions, views and grants
CURRENT = "schema/current.sql"
LOCKS = "schema/locks.json"
_FOLDERS = ("schema", "functions/private", "functions/api", "views")
_SCHEMA_FILE = re.compile(r"schema/(V\d{4})__[a-z0-9_]+\.sql")
_ALWAYS = ("roles.sql", "grants.sql")
_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

# These hold whatever the user's settings are. Functions may call one another in any order.
_SETTINGS = """\
SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL client_min_messages = warning;
SET LOCAL check_function_bodies = off;
"""
# While the migration waits for a lock, all who want that table wait behind it. So it gives up
# early, but not before deadlock_timeout (a second): by then PostgreSQL has ended a session that
# waits behind it and holds what it needs. roles.sql only waits for other migrations.
_PATIENCE = "SET LOCAL lock_timeout = '2s';\n"
# Checks the bodies of all functions when everything that they name is there.
_CHECK_BODIES = """\
SET LOCAL check_function_bodies = on;
DO $$
DECLARE
    v_function record;
BEGIN
    FOR v_function IN
        SELECT p.oid, l.lanname
        FROM pg_catalog.pg_proc AS p
        INNER JOIN pg_catalog.pg_language AS l ON p.prolang = l.oid
        WHERE p.pronamespace IN ('wallet'::regnamespace, 'wallet_private'::regnamespace)
        AND p.proowner = 'wallet_owner'::regrole
        ORDER BY p.pronamespace, p.proname
    LOOP
        BEGIN
            CASE v_function.lanname
                WHEN 'plpgsql' THEN PERFORM pg_catalog.plpgsql_validator(v_function.oid);
                WHEN 'sql' THEN PERFORM pg_catalog.fmgr_sql_validator(v_function.oid);
                ELSE NULL;
            END CASE;
        EXCEPTION
            WHEN OTHERS THEN
                RAISE EXCEPTION USING
                    ERRCODE = SQLSTATE,
                    MESSAGE = format('%s: %s', v_function.oid::regprocedure, SQLERRM);
        END;
    END LOOP;
END
$$;
"""
_HOLDER = """
SELECT format('pid %s, user %s, application "%s"', l.pid, a.usename, a.application_name)
FROM pg_catalog.pg_locks AS l
LEFT JOIN pg_catalog.pg_stat_activity AS a ON l.pid = a.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
AND (l.classid::bigint << 32) + l.objid::bigint = $1
AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
"""
# Reads the catalogue alone: pg_table_size would wait for a session that has locked the table.
_SIZES = """
SELECT
    format('%s.%s', n.nspname, c.relname) AS relation,
    c.relpages::bigint * current_setting('block_size')::bigint AS size
FROM pg_catalog.pg_class AS c
INNER JOIN pg_catalog.pg_namespace AS n ON c.relnamespace = n.oid
WHERE n.nspname IN ('wallet', 'wallet_private') AND c.relkind IN ('r', 'p', 'v')
"""
_RECORD = """
INSERT INTO wallet_private.migration (file_name, content_hash, applied_at, applied_by)
VALUES ($1, $2, now(), session_user)
ON CONFLICT (file_name) DO UPDATE SET
    content_hash = excluded.content_hash,
    applied_at = excluded.applied_at,
    applied_by = excluded.applied_by
"""
_FORGET = """
DELETE FROM wallet_private.migration
WHERE file_name NOT LIKE 'schema/%' AND file_name <> ALL ($1::text[])
"""
_EDITED = "was edited after it was applied; put it back and add a new schema file"
_MISSING = "was applied, but this release does not have it; is the database newer?"
_TOO_LATE = "is new, but a schema file with this number or a higher one was applied before"


class MigrationError(RuntimeError):
    """The database could not be migrated or read. It is unchanged. The text says why."""


@dataclass(frozen=True)
class SqlFile:
    """One file of the tree: its name below the root, its text, the sha256 of its bytes."""

    name: str
    text: str
    content_hash: bytes


class Lock(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a file does to a table or view that is in use.

    mode: PostgreSQL's, such as "ACCESS EXCLUSIVE". work: what happens under the lock. size: of the
    table in bytes, as of its last VACUUM or ANALYZE; 0 if no database was asked.
    """

    relation: str
    mode: str
    work: Literal["catalogue", "read", "rewrite"] = "catalogue"
    size: int = 0

    @property
    def seconds(self) -> float:
        """A rough guess of how long the work takes; 0: a moment."""
        return 0 if self.work == "catalogue" else self.size / _BYTES_PER_S

    def __str__(self) -> str:
        work = {
            "catalogue": "for a moment",
            "read": f"while all of it is read ({self.size / 2**20:,.0f} MiB)",
            "rewrite": f"while it is rewritten ({self.size / 2**20:,.0f} MiB)",
        }
        return f"{self.mode} on {self.relation}, {work[self.work]}"


@dataclass(frozen=True)
class Step:
    """A file that would run and why; or why="refused", with the reason in detail."""

    file_name: str
    why: Literal["new", "changed", "again", "refused"]
    detail: str = ""
    locks: tuple[Lock, ...] = ()

    def __str__(self) -> str:
        return f"{self.file_name} {self.detail}" if self.detail else f"{self.file_name}: {self.why}"


@dataclass(frozen=True)
class Status:
    """What a database has of this release.

    server_version: PostgreSQL's, such as "18.4". schema_version: the number of the last schema file
    that was applied, such as "V0001"; None: no file. applied: how many files are on record.
    pending: what migrate() would run. drift: what migrate() would refuse.
    """

    server_version: str
    schema_version: str | None
    applied: int
    pending: tuple[Step, ...]
    drift: tuple[Step, ...]


def is_ahead(step: Step) -> bool:
    """Whether a step is refused because the database has a newer release."""
    return step.detail == _MISSING


def read_tree(root: Path = DB_DIR) -> list[SqlFile]:
    """The files below root, in the order in which they run. Raises MigrationError."""
    paths = [
        path
        for folder in _FOLDERS
        for path in sorted((root / folder).rglob("*.sql"))
        if path != root / CURRENT
    ]
    files = []
    for path in (root / "roles.sql", *paths, root / "grants.sql"):
        try:
            content = path.read_bytes()
            text = content.decode()
        except (OSError, UnicodeDecodeError) as error:
            raise MigrationError(f"{path} can't be read: {error}") from error
        files.append(SqlFile(path.relative_to(root).as_posix(), text, sha256(content).digest()))
    numbers: dict[str, str] = {}
    for file in filter(_is_schema, files):
        if not (match := _SCHEMA_FILE.fullmatch(file.name)):
            raise MigrationError(f"{file.name} is not named like schema/V0001__some_words.sql")
        if (twin := numbers.setdefault(match[1], file.name)) != file.name:
            raise MigrationError(f"{file.name} has the same number as {twin}")
    return files


async def migrate(dsn: str, *, lock_timeout_s: float = 60, root: Path = DB_DIR) -> list[str]:
    """Runs what plan() shows, all of it or nothing, and returns the names of the files that ran.

    Waits up to lock_timeout_s seconds while another session migrates this database.
    Raises MigrationError.
    """
    files = read_tree(root)
    async with _connected(dsn) as connection:
        await _lock(connection, lock_timeout_s)
        attempt = 0
        while True:
            attempt += 1
            try:
                await connection.execute("BEGIN")
                ran = await _migrate(connection, files)
                await connection.execute("COMMIT")
                return ran
            except (MigrationError, asyncpg.PostgresError) as error:
                if attempt == _ATTEMPTS or not _is_race(error.__cause__ or error):
                    raise
                await connection.execute("ROLLBACK")
            await asyncio.sleep(random.uniform(0.5, 1) * min(_POLL_S * attempt, 1))


async def plan(dsn: str, *, root: Path = DB_DIR) -> list[Step]:
    """What migrate() would run or refuse, in order, and what it would lock.

    Changes nothing and locks nothing. Raises MigrationError.
    """
    files = read_tree(root)
    locks = read_locks(root)
    async with _connected(dsn) as connection:
        steps = _steps(files, await _recorded(connection))
        rows = await connection.fetch(_SIZES)
        sizes = {row["relation"]: row["size"] for row in rows}
    return [
        replace(
            step,
            locks=tuple(
                msgspec.structs.replace(lock, size=sizes[lock.relation])
                for lock in locks.get(step.file_name, ())
                if lock.relation in sizes
            ),
        )
        for step in steps
    ]


def describe(steps: Sequence[Step]) -> list[str]:
    """A plan in lines. The last one says what it means for those who use the wallet."""
    lines = []
    for step in steps:
        lines += [str(step), *(f"    {lock}" for lock in step.locks)]
    locks = [lock for step in steps for lock in step.locks]
    if locks:
        seconds = _OTHERS_S + sum(lock.seconds for lock in locks)
        lines.append(
            f"One transaction keeps each lock to its end, for about {seconds:.0f} s. If it waits"
            " for a lock for two seconds, it is rolled back and tried again,"
            f" {_ATTEMPTS} times at most."
        )
    elif steps:
        lines.append("One transaction. It keeps nobody waiting.")
    return lines


def read_locks(root: Path = DB_DIR) -> dict[str, list[Lock]]:
    """What each file locks of the tables and views before it. Raises MigrationError."""
    path = root / LOCKS
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, list[Lock]])
    except (OSError, msgspec.MsgspecError) as error:
        raise MigrationError(f"{path} can't be read: {error}") from error


async def status(dsn: str, *, root: Path = DB_DIR) -> Status:
    """What the database has of this release. It changes nothing. Raises MigrationError."""
    files = read_tree(root)
    async with _connected(dsn) as connection:
        recorded = await _recorded(connection)
        server_version = await connection.fetchval("SHOW server_version")
    steps = _steps(files, recorded)
    last = _last_version(recorded)
    return Status(
        server_version=server_version.split()[0],
        schema_version=last or None,
        applied=len(recorded),
        pending=tuple(step for step in steps if step.why != "refused"),
        drift=tuple(step for step in steps if step.why == "refused"),
    )


def _is_schema(file: SqlFile) -> bool:
    return file.name.startswith("schema/")


def _last_version(names: Mapping[str, bytes]) -> str:
    return max((match[1] for name in names if (match := _SCHEMA_FILE.fullmatch(name))), default="")


def _steps(files: Sequence[SqlFile], recorded: Mapping[str, bytes]) -> list[Step]:
    """Compares the tree with the record (file name -> sha256)."""
    names = {file.name for file in files}
    steps = [
        Step(name, "refused", _MISSING)
        for name in sorted(recorded)
        if name.startswith("schema/") and name not in names
    ]
    differing = [file for file in files if recorded.get(file.name) != file.content_hash]
    is_schema_new = any(map(_is_schema, differing))
    for file in files:
        if file not in differing:
            if differing and (file.name in _ALWAYS or (is_schema_new and not _is_schema(file))):
                steps.append(Step(file.name, "again"))
        elif not _is_schema(file):
            steps.append(Step(file.name, "changed" if file.name in recorded else "new"))
        elif file.name in recorded:
            steps.append(Step(file.name, "refused", _EDITED))
        elif file.name.removeprefix("schema/")[:5] <= _last_version(recorded):
            steps.append(Step(file.name, "refused", _TOO_LATE))
        else:
            steps.append(Step(file.name, "new"))
    return steps


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Any]:
    """A connection of its own. Every error on it becomes a MigrationError."""
    connection = None
    try:
        connection = await asyncpg.connect(
            dsn,
            statement_cache_size=0,
            server_settings={"application_name": "pgwallet migrate"},
        )
        yield connection
    except _ERRORS as error:
        raise _failure(error) from error
    finally:
        if connection is not None:
            await connection.close(timeout=10)


async def _lock(connection: Any, timeout_s: float) -> None:
    """Takes the lock of this database and keeps it until the connection closes.

    It polls, because a session that waits inside PostgreSQL holds up CREATE INDEX CONCURRENTLY.
    """
    deadline = time.monotonic() + timeout_s
    while not await connection.fetchval("SELECT pg_catalog.pg_try_advisory_lock($1)", LOCK_KEY):
        if time.monotonic() >= deadline:
            holder = await connection.fetchval(_HOLDER, LOCK_KEY) or "gone by now"
            raise MigrationError(
                f"another session is migrating this database, still after {timeout_s:g} s: {holder}"
            )
        await asyncio.sleep(_POLL_S)


async def _recorded(connection: Any) -> dict[str, bytes]:
    """The files on record (file name -> sha256). A new database has none."""
    if await connection.fetchval("SELECT to_regclass('wallet_private.migration')") is None:
        return {}
    rows = await connection.fetch("SELECT file_name, content_hash FROM wallet_private.migration")
    return {row["file_name"]: row["content_hash"] for row in rows}


async def _migrate(connection: Any, files: Sequence[SqlFile]) -> list[str]:
    """The body of the transaction: roles.sql, then as the owner the files that differ."""
    await connection.execute(_SETTINGS)
    roles, *others = files
    await _run(connection, roles)
    await connection.execute("SET LOCAL ROLE wallet_owner;" + _PATIENCE)
    steps = _steps(files, await _recorded(connection))
    if refused := [str(step) for step in steps if step.why == "refused"]:
        raise MigrationError("\n".join(refused))
    names = {step.file_name for step in steps}
    for file in others:
        if file.name in names:
            await _run(connection, file)
    if names:
        await connection.execute(_CHECK_BODIES)
    done = [file for file in files if file.name in names]
    await connection.executemany(_RECORD, [(file.name, file.content_hash) for file in done])
    await connection.execute(_FORGET, [file.name for file in files])
    return [file.name for file in done]


async def _run(connection: Any, file: SqlFile) -> None:
    try:
        await connection.execute(file.text)
    except _ERRORS as error:
        raise _failure(error, file) from error
    if not connection.is_in_transaction():
        raise MigrationError(f"{file.name} ended the transaction: what ran before it was kept")


def _failure(error: Exception, file: SqlFile | None = None) -> MigrationError:
    """PostgreSQL's error, with the file and the line that it points at."""
    fields = vars(error)
    message = fields.get("message") or str(error) or type(error).__name__
    if code := getattr(error, "sqlstate", None):
        message += f" ({code})"
    if file is not None:
        position = int(fields.get("position") or 0)
        line = f":{file.text.count(chr(10), 0, position - 1) + 1}" if position else ""
        message = f"{file.name}{line}: {message}"
    if code == "55P03":
        message += ": another session keeps it locked. Try again later"
    extra = [
        f"{name}: {fields[name]}" for name in ("detail", "hint", "context") if fields.get(name)
    ]
    return MigrationError("\n".join([message, *extra]))


def _is_race(error: BaseException) -> bool:
    """Whether another session was in the way, by a lock or in the roles that databases share."""
    if not isinstance(error, asyncpg.PostgresError):
        return False
    return (
        error.sqlstate in ("40P01", "55P03")
        or (error.sqlstate == "23505" and error.schema_name == "pg_catalog")
        or (error.sqlstate == "XX000" and "tuple concurrently" in error.message)
    )


def install_sql(root: Path = DB_DIR) -> str:
    """The text of install.sql: what migrate() does, for psql. Raises MigrationError."""
    files = read_tree(root)
    values = ",\n".join(f"    ('{file.name}', '{file.content_hash.hex()}')" for file in files)
    steps = "".join(_INSTALL_STEP.format(name=file.name) for file in files[1:])
    return _INSTALL.format(
        settings=_SETTINGS,
        patience=_PATIENCE,
        lock_key=LOCK_KEY,
        values=values,
        missing=_MISSING,
        edited=_EDITED,
        too_late=_TOO_LATE,
        steps=steps,
        check_bodies=_CHECK_BODIES,
    )


_INSTALL = r"""-- Installs or upgrades the wallet with psql alone, from any folder, all or nothing:
--     psql -X -d DATABASE -f install.sql
-- Generated by `python -m pgwallet.migrate --write-install`; do not edit.
\set pgwallet_on_error_stop :ON_ERROR_STOP
\set pgwallet_quiet :QUIET
\set ON_ERROR_STOP on
\set QUIET on
BEGIN;
{settings}SELECT pg_catalog.pg_advisory_xact_lock({lock_key}) AS pgwallet_locked \gset
\ir roles.sql
SET LOCAL ROLE wallet_owner;
{patience}
-- Compare the files with the record, and record those that are about to run.
WITH file (file_name, content_hash) AS (VALUES
{values}
), tree AS (
    SELECT file_name, decode(content_hash, 'hex') AS content_hash FROM file
), differing AS (
    SELECT
        file_name,
        file_name LIKE 'schema/%' AS is_schema,
        m.content_hash IS NOT NULL AS is_applied
    FROM tree
    LEFT JOIN wallet_private.migration AS m USING (file_name)
    WHERE m.content_hash IS DISTINCT FROM tree.content_hash
), refused (reason) AS (
    SELECT file_name || ' {missing}'
    FROM wallet_private.migration
    WHERE file_name LIKE 'schema/%' AND file_name NOT IN (SELECT file_name FROM tree)
    UNION ALL
    SELECT file_name || CASE WHEN is_applied THEN ' {edited}' ELSE ' {too_late}' END
    FROM differing
    WHERE is_schema AND left(file_name, 12) <= (
        SELECT max(left(file_name, 12))
        FROM wallet_private.migration
        WHERE file_name LIKE 'schema/%'
    )
), pending AS (
    SELECT file_name, content_hash
    FROM tree
    WHERE file_name IN (SELECT file_name FROM differing)
    OR (file_name IN ('roles.sql', 'grants.sql') AND EXISTS (SELECT FROM differing))
    OR (
        file_name NOT LIKE 'schema/%'
        AND EXISTS (SELECT FROM differing WHERE is_schema)
    )
), recorded AS (
    INSERT INTO wallet_private.migration (file_name, content_hash, applied_at, applied_by)
    SELECT file_name, content_hash, now(), session_user FROM pending
    ON CONFLICT (file_name) DO UPDATE SET
        content_hash = excluded.content_hash,
        applied_at = excluded.applied_at,
        applied_by = excluded.applied_by
), forgotten AS (
    DELETE FROM wallet_private.migration
    WHERE file_name NOT LIKE 'schema/%' AND file_name NOT IN (SELECT file_name FROM tree)
)
SELECT
    ARRAY(SELECT file_name FROM pending) AS pgwallet_pending,
    array_to_string(ARRAY(SELECT reason FROM refused ORDER BY reason), E'\n') AS pgwallet_refused
\gset
SELECT format('DO $do$ BEGIN RAISE EXCEPTION USING MESSAGE = %L; END $do$', :'pgwallet_refused')
WHERE :'pgwallet_refused' <> '' \gexec

{steps}
SELECT :'pgwallet_pending' <> '{{}}' AS pgwallet_run \gset
\if :pgwallet_run
{check_bodies}\else
    \echo 'nothing to do'
\endif
COMMIT;
\set QUIET :pgwallet_quiet
\set ON_ERROR_STOP :pgwallet_on_error_stop
\unset pgwallet_quiet
\unset pgwallet_on_error_stop
\unset pgwallet_locked
\unset pgwallet_pending
\unset pgwallet_refused
\unset pgwallet_run
"""
_INSTALL_STEP = r"""SELECT '{name}' = ANY (:'pgwallet_pending'::text[]) AS pgwallet_run \gset
\if :pgwallet_run
    \echo {name}
    \ir {name}
\endif
"""

if __name__ == "__main__":
    if sys.argv[1:] != ["--write-install"]:
        sys.exit("usage: python -m pgwallet.migrate --write-install")
    (DB_DIR / "install.sql").write_text(install_sql(), newline="\n")
