"""What is wrong with a set-up, in words, and what to do about it."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import asyncpg
import click

from gateway import __version__
from gateway.database import LOSES_STATEMENTS, Connection, keeps_statements
from gateway.routes import ROUTES
from gateway.settings import Settings, SettingsError, variable
from pgwallet import migrate
from pgwallet.cli.shared import WRONG, json_option, print_json, run, server
from pgwallet.embedded import EmbeddedError
from pgwallet.migrate import MigrationError

SUPPORTED = range(15, 19)  # major versions of PostgreSQL
SKEW_S = 2.0  # between the clocks of gateway and database
PATIENCE_MS = 5000  # the functions' lock_timeout
DISTINCT = 12  # characters in a secret that was not typed

_FACTS = """
SELECT
    current_setting('server_version') AS version,
    current_setting('server_version_num')::integer / 10000 AS major,
    session_user AS login,
    (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = session_user) AS is_superuser,
    (SELECT r.rolconnlimit FROM pg_roles AS r WHERE r.rolname = session_user) AS login_limit,
    (SELECT d.datconnlimit FROM pg_database AS d WHERE d.datname = current_database())
        AS database_limit,
    current_database() AS database,
    current_setting('server_encoding') AS encoding,
    pg_is_in_recovery() AS is_standby,
    current_setting('default_transaction_read_only') = 'on' AS is_read_only,
    EXISTS (SELECT FROM pg_language AS l WHERE l.lanname = 'plpgsql') AS has_plpgsql,
    EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = $1) AS has_role,
    to_regnamespace('wallet') IS NOT NULL AS has_schema,
    (
        SELECT count(*) = 2 FROM pg_class AS c
        WHERE c.relnamespace = to_regnamespace('wallet_private')
            AND c.relname IN ('transfer_key_idx', 'transfer_idempotency_key_key')
    ) AS has_keys_twice,
    current_setting('max_connections')::integer
        - current_setting('superuser_reserved_connections')::integer
        - coalesce(current_setting('reserved_connections', true)::integer, 0) AS connections
"""
_SETTINGS = """
SELECT s.name, s.setting FROM pg_settings AS s
WHERE s.name IN (
    'fsync', 'full_page_writes', 'synchronous_commit', 'statement_timeout', 'lock_timeout',
    'transaction_timeout'
)
"""
_MAY_BECOME = """
SELECT pg_has_role(session_user, $1::name, CASE
    WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER'
END)
"""
_FORBIDDEN = """
SELECT p.proname FROM pg_proc AS p
WHERE p.pronamespace = 'wallet'::regnamespace AND p.proname = ANY ($2::text[])
AND NOT (
    has_function_privilege($1, p.oid, 'EXECUTE')
    AND has_schema_privilege($1, 'wallet', 'USAGE')
)
ORDER BY p.proname
"""
# Unique indexes that an upgrade of libc or ICU can make miss a key that is there: in each the text
# is compared, or brought into lower case, by another collation than "C".
INEXACT = """
SELECT i.indexrelid::regclass::text AS index
FROM pg_index AS i
INNER JOIN pg_class AS t ON i.indrelid = t.oid
WHERE t.relnamespace IN (to_regnamespace('wallet'), to_regnamespace('wallet_private'))
AND i.indisunique
AND (
    EXISTS (
        SELECT FROM unnest(i.indcollation) AS c (oid) WHERE c.oid NOT IN (0, '"C"'::regcollation)
    )
    OR replace(i.indexprs::text, format(':inputcollid %s ', '"C"'::regcollation::oid), '')
        ~ ':inputcollid [1-9]'
)
ORDER BY 1
"""
# From PostgreSQL 15 on.
_COLLATION = """
SELECT
    d.datcollversion AS recorded,
    pg_database_collation_actual_version(d.oid) AS actual
FROM pg_database AS d WHERE d.datname = current_database()
"""
_VERSIONS = "SELECT wallet.version() AS functions, wallet.schema_version() AS schema"


@dataclass(frozen=True)
class Finding:
    """What is wrong, and what to do. check: the name of what was looked at."""

    check: str
    found: str
    advice: str


@dataclass(frozen=True)
class _Situation:
    """What the checks look at."""

    settings: Settings
    workers: int
    min_free: float
    facts: Any
    options: dict[str, str]
    skew: float
    data_directory: str | None
    role: str
    may_become: bool
    forbidden: list[str]
    inexact: list[str]
    collation: Any
    status: migrate.Status | None
    versions: Any
    keeps_statements: bool


@click.command()
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    help="As many as `pgwallet serve` will have.",
)
@click.option(
    "--min-free",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0),
    help="GB of disk that should be free.",
)
@json_option
def doctor(workers: int, min_free: float, is_json: bool) -> None:
    """Say what is wrong with this set-up, and what to do about it.

    It looks at the settings, the server, the login, the schema and the disk, changes nothing, and
    ends with 1 if anything is wrong. Run it where the gateway runs, with the same environment.

    \b
    Examples:
      pgwallet doctor
      DATABASE_URL=postgresql://wallet@db/wallet pgwallet doctor --workers 4
      pgwallet doctor --json
    """
    findings = list(_examine(workers, min_free))
    if is_json:
        print_json({"is_well": not findings, "findings": [asdict(each) for each in findings]})
    elif not findings:
        click.echo("all is well")
    else:
        for each in findings:
            click.echo(f"{each.check}: {each.found}")
            click.echo(f"    {each.advice}")
    if findings:
        sys.exit(WRONG)


def _examine(workers: int, min_free: float) -> Iterator[Finding]:
    """All findings. Without settings or a connection there is only the one."""
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        advice = "Set the variable that it names; see docs/reference/settings.md."
        yield Finding("settings", str(error), advice)
        return
    yield from _secret(settings)
    try:
        with server(settings) as dsn:
            situation = run(_look(settings, dsn, workers, min_free))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        yield _no_connection(error)
        return
    except EmbeddedError as error:
        yield Finding("connection", str(error), "Set DATABASE_URL, or repair the embedded server.")
        return
    for check in _CHECKS:
        yield from check(situation)


async def _look(settings: Settings, dsn: str, workers: int, min_free: float) -> _Situation:
    connection = await asyncpg.connect(dsn, timeout=5, command_timeout=30, statement_cache_size=0)
    try:
        role = settings.database_role
        facts = await connection.fetchrow(_FACTS, role)
        role = facts["login"] if role == "none" else role
        options = {row["name"]: row["setting"] for row in await connection.fetch(_SETTINGS)}
        began = time.time()
        now = await connection.fetchval("SELECT clock_timestamp()")
        ended = time.time()
        has_role = facts["has_role"] or role == facts["login"]
        may_become = has_role and await connection.fetchval(_MAY_BECOME, role)
        forbidden: list[str] = []
        if has_role and facts["has_schema"]:
            names = {route.function for route in ROUTES}
            rows = await connection.fetch(_FORBIDDEN, role, sorted(names))
            forbidden = [row["proname"] for row in rows]
        inexact = [row["index"] for row in await connection.fetch(INEXACT)]
        collation = None
        if facts["major"] in SUPPORTED:
            collation = await connection.fetchrow(_COLLATION)
        versions = None
        with suppress(asyncpg.PostgresError):  # a check of its own says why
            versions = await connection.fetchrow(_VERSIONS)
        data_directory = None
        with suppress(asyncpg.InsufficientPrivilegeError):
            data_directory = await connection.fetchval("SHOW data_directory")
    finally:
        await connection.close(timeout=5)
    status = None
    with suppress(MigrationError):  # this login may not look
        status = await migrate.status(dsn)
    keeps_statements = await _keeps_statements(dsn)
    middle = (began + ended) / 2
    return _Situation(
        settings=settings,
        workers=workers,
        min_free=min_free,
        facts=facts,
        options=options,
        skew=max(0.0, abs(now.timestamp() - middle) - (ended - began) / 2),
        data_directory=data_directory,
        role=role,
        may_become=may_become,
        forbidden=forbidden,
        inexact=inexact,
        collation=collation,
        status=status,
        versions=versions,
        keeps_statements=keeps_statements,
    )


async def _keeps_statements(dsn: str) -> bool:
    one, other = [
        await asyncpg.connect(dsn, timeout=5, connection_class=Connection) for _ in range(2)
    ]
    try:
        return await keeps_statements(one, other)
    finally:
        one.terminate()
        other.terminate()


def _no_connection(error: Exception) -> Finding:
    state = getattr(error, "sqlstate", None) or ""
    if state.startswith("28"):
        advice = "Set the user and the password in DATABASE_URL, or allow it in pg_hba.conf."
    elif state == "3D000":
        advice = "Name another database in DATABASE_URL, or make this one: CREATE DATABASE."
    elif state.startswith("53"):
        advice = "End other sessions, or raise max_connections."
    else:
        advice = "Is the server running, and are host and port in DATABASE_URL right?"
    return Finding("connection", str(error) or type(error).__name__, advice)


# ---------------------------------------------------------------------------------------------
# The checks, in the order in which one would put things right
# ---------------------------------------------------------------------------------------------


def _secret(settings: Settings) -> Iterator[Finding]:
    secret = settings.jwt_secret
    has_key = secret or settings.jwt_public_key or settings.jwt_jwks
    if settings.database_url and not has_key and not (settings.home / "jwt_secret").exists():
        yield Finding(
            "secret",
            "`pgwallet serve` won't start without PGWALLET_JWT_SECRET, _PUBLIC_KEY or _JWKS",
            "Set one; `openssl rand -base64 48` makes a secret.",
        )
    elif secret and len(set(secret)) < DISTINCT:
        yield Finding(
            "secret",
            f"PGWALLET_JWT_SECRET has {len(set(secret))} different characters: it can be guessed",
            "Make another: `openssl rand -base64 48`. It ends the tokens that were issued.",
        )


def _version(s: _Situation) -> Iterator[Finding]:
    if s.facts["major"] not in SUPPORTED:
        yield Finding(
            "version",
            f"PostgreSQL {s.facts['version']} is not supported",
            f"Use one from {SUPPORTED.start} to {SUPPORTED.stop - 1}.",
        )


def _read_only(s: _Situation) -> Iterator[Finding]:
    if s.facts["is_standby"]:
        yield Finding(
            "read-only",
            "the server is a standby, which takes no movements",
            "Name the primary in DATABASE_URL; with several hosts, add target_session_attrs.",
        )
    elif s.facts["is_read_only"]:
        yield Finding(
            "read-only",
            "default_transaction_read_only is on, so no movement gets through",
            _reset("default_transaction_read_only", s),
        )


def _pooler(s: _Situation) -> Iterator[Finding]:
    if not s.keeps_statements:
        yield Finding(
            "pooler",
            LOSES_STATEMENTS,
            "PgBouncer 1.21 or newer with max_prepared_statements above 0, or pool_mode = session.",
        )


def _durability(s: _Situation) -> Iterator[Finding]:
    losses = {
        "fsync": "a crash can destroy the database",
        "full_page_writes": "a crash can tear pages",
        "synchronous_commit": "a crash loses movements that were confirmed",
    }
    for name, loss in losses.items():
        if s.options[name] == "off":
            yield Finding("durability", f"{name} is off: {loss}", f"Set {name} to on.")


def _language(s: _Situation) -> Iterator[Finding]:
    if not s.facts["has_plpgsql"]:
        yield Finding(
            "plpgsql",
            "the language plpgsql is missing",
            "As an administrator: CREATE EXTENSION plpgsql.",
        )


def _encoding(s: _Situation) -> Iterator[Finding]:
    if s.facts["encoding"] != "UTF8":
        yield Finding(
            "encoding",
            f"the database is in {s.facts['encoding']}, so most names can't be stored",
            "Make it anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
        )


def _schema(s: _Situation) -> Iterator[Finding]:
    if not s.facts["has_schema"]:
        yield Finding("schema", "there is no wallet in this database", "Run `pgwallet migrate`.")
    elif s.status:
        for step in s.status.drift:
            ahead = migrate.is_ahead(step)
            yield Finding(
                "schema",
                str(step),
                "Install the release that migrated it, or a newer one."
                if ahead
                else "Install this release anew; its files are not those that were applied.",
            )
        if s.status.pending and not s.status.drift:
            yield Finding(
                "schema",
                f"{len(s.status.pending)} files of this release have not been applied,"
                f" {s.status.pending[0].file_name} among them",
                "Run `pgwallet migrate`; --plan shows what it would do.",
            )
    elif s.versions:  # this login may not see what was applied
        newest = max(file.name for file in migrate.read_tree() if file.name.startswith("schema/V"))
        here = __version__, newest.removeprefix("schema/")[:5]
        if (there := (s.versions["functions"], s.versions["schema"])) != here:
            yield Finding(
                "schema",
                "the database has functions {} and schema {}".format(*there)
                + ", this release has {} and {}".format(*here),
                "Run `pgwallet migrate` of the newer release, and serve that one.",
            )


def _collation(s: _Situation) -> Iterator[Finding]:
    if s.inexact:
        yield Finding(
            "keys",
            "an upgrade of libc or ICU can make these indexes miss a key that is there, so that a"
            f" payment counts twice: {', '.join(s.inexact)}",
            'Run `pgwallet migrate`. An index that is not of the wallet needs COLLATE "C".',
        )
    if s.facts["has_keys_twice"]:
        yield Finding(
            "keys",
            "each movement writes its key into two indexes; only gateways of release 0.2 need the"
            " larger one",
            "When the last of them is replaced: SET lock_timeout = '2s'; ALTER TABLE"
            " wallet_private.transfer DROP CONSTRAINT transfer_idempotency_key_key;",
        )
    if s.collation and s.collation["recorded"] not in (None, s.collation["actual"]):
        yield Finding(
            "collation",
            "the database was made with version {recorded} of its collation, the server has"
            " {actual}: indexes on text may be out of order".format(**s.collation),
            f'REINDEX DATABASE "{s.facts["database"]}"; then ALTER DATABASE'
            f' "{s.facts["database"]}" REFRESH COLLATION VERSION.',
        )


def _role(s: _Situation) -> Iterator[Finding]:
    login, role = s.facts["login"], s.role
    if s.facts["is_superuser"] and s.settings.database_url:
        yield Finding(
            "role",
            f"{login} is a superuser: who takes over the gateway has the whole server",
            "CREATE ROLE wallet_login LOGIN PASSWORD '…' IN ROLE wallet_gateway; and name it in"
            " DATABASE_URL.",
        )
    if s.facts["has_schema"] and not s.may_become:
        yield Finding(
            "role",
            f"{login} can't act as {role}, which {variable('database_role')} names",
            f"GRANT {role} TO {login}; or set {variable('database_role')}.",
        )
    if s.forbidden:
        names = ", ".join(s.forbidden[:5]) + (", …" if len(s.forbidden) > 5 else "")
        yield Finding(
            "grants",
            f"{role} may not execute {len(s.forbidden)} functions that routes call: {names}",
            f"Run `pgwallet migrate`, or GRANT wallet_gateway TO {role}.",
        )


def _clock(s: _Situation) -> Iterator[Finding]:
    if s.skew > SKEW_S:
        yield Finding(
            "clock",
            f"the clocks of this machine and the server are {s.skew:.0f} s apart, so tokens end"
            " too early or too late",
            "Run an NTP client on both.",
        )


def _timeouts(s: _Situation) -> Iterator[Finding]:
    for name in ("statement_timeout", "transaction_timeout"):
        if 0 < int(s.options.get(name, 0)) < PATIENCE_MS:
            yield Finding(
                "timeouts",
                f"{name} is {s.options[name]} ms, but a movement may wait {PATIENCE_MS} ms for"
                " another",
                _reset(name, s),
            )
    if 0 < int(s.options["lock_timeout"]) < 1000:
        yield Finding(
            "timeouts",
            f"lock_timeout is {s.options['lock_timeout']} ms: `pgwallet migrate` would give up",
            _reset("lock_timeout", s),
        )


def _connections(s: _Situation) -> Iterator[Finding]:
    needed = s.workers * (s.settings.database_pool + 1)  # and one for /health
    limits = {
        "max_connections leaves": s.facts["connections"],
        "the login may have": s.facts["login_limit"],
        "the database may have": s.facts["database_limit"],
    }
    for limit, most in limits.items():
        if 0 <= most < needed:
            yield Finding(
                "connections",
                f"{s.workers} workers need up to {needed} connections; {limit} {most}",
                f"Raise that limit, or lower {variable('database_pool')} or --workers.",
            )


def _disk(s: _Situation) -> Iterator[Finding]:
    """Of a server on this machine, whose folder can be seen."""
    if s.data_directory and os.path.isdir(s.data_directory):
        free = shutil.disk_usage(s.data_directory).free / 1e9
        if free < s.min_free:
            yield Finding(
                "disk",
                f"{free:.1f} GB are free where {s.data_directory} is, less than {s.min_free:g}",
                "Make room: PostgreSQL stops when it can't write.",
            )


def _reset(name: str, s: _Situation) -> str:
    return f"ALTER ROLE {s.facts['login']} SET {name} = DEFAULT; or where else it is set."


_CHECKS: tuple[Callable[[_Situation], Iterator[Finding]], ...] = (
    _version,
    _read_only,
    _pooler,
    _language,
    _encoding,
    _schema,
    _collation,
    _role,
    _durability,
    _clock,
    _timeouts,
    _connections,
    _disk,
)
