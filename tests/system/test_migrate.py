"""Migrations, by pgwallet.migrate and by install.sql: both keep the same promises."""

import asyncio
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pglast
import pytest

from pgwallet.migrate import LOCK_KEY, MigrationError, install_sql, migrate, plan, read_tree, status
from tests.support.paths import DB
from tests.support.schema import dump
from tests.support.servers import Database, Server, every_version

FUNCTION = """\
CREATE OR REPLACE FUNCTION wallet.{name}() RETURNS integer LANGUAGE {language} STABLE
AS $$ {body} $$;
"""
VIEW = "CREATE OR REPLACE VIEW wallet.{name} AS SELECT thing_id FROM {source};\n"


class Tree:
    """A small tree of SQL files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.put("roles.sql", (DB / "roles.sql").read_text())
        self.put("schema/V0001__thing.sql", "CREATE TABLE wallet_private.thing (thing_id integer);")
        self.put_function("private/z", "SELECT 1")
        self.put_function("api/a", "SELECT wallet.b()")  # by its name, before what it calls
        self.put_function("api/b", "SELECT 2")
        self.put("views/thing.sql", VIEW.format(name="thing", source="wallet_private.thing"))
        self.put("views/thing_again.sql", VIEW.format(name="thing_again", source="wallet.thing"))
        self.put("grants.sql", "GRANT USAGE ON SCHEMA wallet TO wallet_gateway;")

    @property
    def names(self) -> list[str]:
        return [file.name for file in read_tree(self.root)]

    def put(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="\n")

    def put_function(self, name: str, body: str, language: str = "sql") -> None:
        text = FUNCTION.format(name=Path(name).name, body=body, language=language)
        self.put(f"functions/{name}.sql", text)

    def remove(self, name: str) -> None:
        (self.root / name).unlink()


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "db")


async def by_python(dsn: str, root: Path, server: Server) -> None:
    await migrate(dsn, root=root)


async def by_psql(dsn: str, root: Path, server: Server) -> None:
    if root != DB:
        write_install(root)
    done = await asyncio.to_thread(psql_file, dsn, root / "install.sql", server)
    if done.returncode:
        raise MigrationError(done.stderr)


def write_install(root: Path) -> None:
    """Whole at any time, as others may be reading it."""
    new = root / "install.sql.new"
    new.write_text(install_sql(root), newline="\n")
    new.replace(root / "install.sql")


def psql_file(dsn: str, path: Path, server: Server) -> subprocess.CompletedProcess[str]:
    """As somebody would: any folder, no option that the file needs."""
    command = [server.psql_path, "-X", "-d", dsn, "-f", path]
    return subprocess.run(
        command, cwd="/", capture_output=True, text=True, timeout=300, check=False
    )


each_way = pytest.mark.parametrize("bring_up", [by_python, by_psql])
every_new_version = pytest.mark.parametrize("version", ["18", "15"])


def record(database: Database) -> str:
    return database.psql("""
        SELECT file_name, content_hash, applied_at, applied_by
        FROM wallet_private.migration
        ORDER BY file_name
    """)


def last_run(database: Database) -> set[str]:
    """The files of the last migration that ran any."""
    return set(
        database.psql("""
            SELECT file_name
            FROM wallet_private.migration
            WHERE applied_at = (SELECT max(applied_at) FROM wallet_private.migration)
        """).split()
    )


def is_untouched(database: Database) -> bool:
    found = database.psql("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'wallet%'")
    return found == "0"


# ---------------------------------------------------------------------------------------------
# The files
# ---------------------------------------------------------------------------------------------


def test_files_run_in_the_promised_order(tree):
    tree.put("schema/V0002__more.sql", "")
    tree.put("functions/private/deeper/y.sql", "")
    tree.put("seed/demo.sql", "")
    assert tree.names == [
        "roles.sql",
        "schema/V0001__thing.sql",
        "schema/V0002__more.sql",
        "functions/private/deeper/y.sql",
        "functions/private/z.sql",
        "functions/api/a.sql",
        "functions/api/b.sql",
        "views/thing.sql",
        "views/thing_again.sql",
        "grants.sql",
    ]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("schema/V0001__twin.sql", "has the same number as schema/V0001__thing.sql"),
        ("schema/V2__short.sql", "is not named like"),
        ("schema/V0002_Words.sql", "is not named like"),
        ("schema/old/V0002__deeper.sql", "is not named like"),
    ],
)
def test_unsound_schema_file_is_refused(tree, name, complaint):
    tree.put(name, "")
    with pytest.raises(MigrationError, match=f"{name} {complaint}"):
        read_tree(tree.root)


def test_unreadable_file_is_refused(tree):
    (tree.root / "grants.sql").write_bytes(b"-- \xff")
    with pytest.raises(MigrationError, match=r"grants\.sql can't be read"):
        read_tree(tree.root)
    tree.remove("grants.sql")
    with pytest.raises(MigrationError, match=r"grants\.sql can't be read"):
        read_tree(tree.root)


def test_shipped_files_leave_the_transaction_alone():
    for file in read_tree():
        statements = {type(raw.stmt).__name__ for raw in pglast.parse_sql(file.text)}
        assert "TransactionStmt" not in statements, file.name


def test_install_sql_is_current():
    """If not: python -m pgwallet.migrate --write-install"""
    assert (DB / "install.sql").read_bytes().decode() == install_sql()


# ---------------------------------------------------------------------------------------------
# What runs
# ---------------------------------------------------------------------------------------------


@every_version
@each_way
async def test_first_migration_runs_all_and_the_next_nothing(empty_database, bring_up):
    server = empty_database.server
    await bring_up(empty_database.dsn, DB, server)
    found = empty_database.psql(
        "SELECT file_name, encode(content_hash, 'hex') FROM wallet_private.migration"
    )
    assert sorted(found.split("\n")) == sorted(
        f"{file.name}|{sha256((DB / file.name).read_bytes()).hexdigest()}" for file in read_tree()
    )
    before = dump(empty_database), record(empty_database)
    await bring_up(empty_database.dsn, DB, server)
    assert await migrate(empty_database.dsn) == []
    assert await plan(empty_database.dsn) == []
    await by_psql(empty_database.dsn, DB, server)
    assert (dump(empty_database), record(empty_database)) == before


async def test_migrate_tells_what_ran(empty_database, tree):
    assert await migrate(empty_database.dsn, root=tree.root) == tree.names


@every_version
async def test_both_ways_give_the_same_schema(server):
    one, other = server.create(template=None), server.create(template=None)
    await by_python(one.dsn, DB, server)
    await by_psql(other.dsn, DB, server)
    assert dump(one) == dump(other)
    assert last_run(one) == last_run(other)
    one.drop()
    other.drop()


@each_way
async def test_changed_function_runs_alone(empty_database, tree, bring_up):
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    tree.put_function("api/b", "SELECT 3")
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    assert last_run(empty_database) == {"roles.sql", "functions/api/b.sql", "grants.sql"}
    assert await plan(empty_database.dsn, root=tree.root) == []
    assert empty_database.psql("SELECT wallet.a()") == "3"


@each_way
async def test_changed_grants_run_alone(empty_database, tree, bring_up):
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    tree.put("grants.sql", "GRANT USAGE ON SCHEMA wallet TO wallet_auditor;")
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    assert last_run(empty_database) == {"roles.sql", "grants.sql"}
    assert empty_database.psql("SELECT has_schema_privilege('wallet_auditor', 'wallet', 'usage')")


@each_way
async def test_new_schema_file_runs_once_and_all_else_again(empty_database, tree, bring_up):
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    tree.put(
        "schema/V0002__wider.sql",
        "DROP VIEW wallet.thing CASCADE; ALTER TABLE wallet_private.thing ADD COLUMN name text;",
    )
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    assert last_run(empty_database) == set(tree.names) - {"schema/V0001__thing.sql"}
    assert empty_database.psql("SELECT count(*) FROM wallet.thing_again") == "0"
    assert await migrate(empty_database.dsn, root=tree.root) == []


@each_way
async def test_removed_function_is_forgotten_and_may_come_back(empty_database, tree, bring_up):
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    text = (tree.root / "functions/private/z.sql").read_text()
    tree.remove("functions/private/z.sql")
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    empty_database.psql("DROP FUNCTION wallet.z")
    tree.put("functions/private/z.sql", text)
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    assert empty_database.psql("SELECT wallet.z()") == "1"


def edit(tree):
    tree.put("schema/V0001__thing.sql", "CREATE TABLE wallet_private.thing (thing_id bigint);")
    return "schema/V0001__thing.sql was edited after it was applied"


def lose(tree):
    tree.remove("schema/V0001__thing.sql")
    return "schema/V0001__thing.sql was applied, but this release does not have it"


def rename(tree):
    lose(tree)
    tree.put("schema/V0001__renamed.sql", "SELECT 1;")
    return "schema/V0001__renamed.sql is new, but a schema file with this number or a higher one"


def come_late(tree):
    tree.put("schema/V0000__late.sql", "CREATE TABLE wallet_private.late ();")
    return "schema/V0000__late.sql is new, but a schema file with this number or a higher one"


@each_way
@pytest.mark.parametrize("change", [edit, lose, rename, come_late])
async def test_changed_history_is_refused(empty_database, tree, bring_up, change):
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    before = record(empty_database)
    complaint = change(tree)
    tree.put_function("api/b", "SELECT 3")
    with pytest.raises(MigrationError) as refusal:
        await bring_up(empty_database.dsn, tree.root, empty_database.server)
    assert complaint in str(refusal.value)
    assert record(empty_database) == before
    assert empty_database.psql("SELECT wallet.b()") == "2"

    refused = [step for step in await plan(empty_database.dsn, root=tree.root) if step.detail]
    assert {step.why for step in refused} == {"refused"}
    assert complaint in "\n".join(map(str, refused))
    assert (await status(empty_database.dsn, root=tree.root)).drift == tuple(refused)


# ---------------------------------------------------------------------------------------------
# plan and status
# ---------------------------------------------------------------------------------------------


async def test_plan_changes_nothing(empty_database, tree):
    steps = await plan(empty_database.dsn, root=tree.root)
    assert [(step.file_name, step.why) for step in steps] == [(name, "new") for name in tree.names]
    assert is_untouched(empty_database)

    await migrate(empty_database.dsn, root=tree.root)
    before = record(empty_database)
    tree.put_function("api/b", "SELECT 3")
    tree.put_function("api/c", "SELECT 4")
    steps = await plan(empty_database.dsn, root=tree.root)
    assert [str(step) for step in steps] == [
        "roles.sql: again",
        "functions/api/b.sql: changed",
        "functions/api/c.sql: new",
        "grants.sql: again",
    ]
    assert record(empty_database) == before


@every_version
async def test_status_tells_versions_and_what_is_pending(empty_database, tree):
    found = await status(empty_database.dsn, root=tree.root)
    assert found.server_version.split(".")[0] == str(empty_database.server.version)
    assert (found.schema_version, found.applied) == (None, 0)
    assert [step.file_name for step in found.pending] == tree.names

    await migrate(empty_database.dsn, root=tree.root)
    found = await status(empty_database.dsn, root=tree.root)
    assert (found.schema_version, found.applied) == ("V0001", len(tree.names))
    assert (found.pending, found.drift) == ((), ())


async def test_unreachable_server_is_a_migration_error(tmp_path):
    dsn = f"postgresql://postgres:secret@/wallet?host={quote(str(tmp_path))}"
    for question in (migrate, plan, status):
        with pytest.raises(MigrationError) as error:
            await question(dsn)
        assert "secret" not in str(error.value)


# ---------------------------------------------------------------------------------------------
# All or nothing
# ---------------------------------------------------------------------------------------------


@every_version
@each_way
async def test_failing_file_is_named_and_leaves_nothing(empty_database, tree, bring_up):
    tree.put("functions/api/c.sql", "\n-- \u00e9\nCREATE TABLE wallet.c (a nothing);\n")
    with pytest.raises(MigrationError) as failure:
        await bring_up(empty_database.dsn, tree.root, empty_database.server)
    assert "functions/api/c.sql:3: " in str(failure.value)
    assert 'type "nothing" does not exist' in str(failure.value)
    assert is_untouched(empty_database)


async def test_failure_tells_all_that_postgresql_says(empty_database, tree):
    tree.put(
        "grants.sql",
        "DO $$ BEGIN RAISE 'no' USING ERRCODE = 'WA999', DETAIL = 'why', HINT = 'how'; END $$;",
    )
    with pytest.raises(MigrationError) as failure:
        await migrate(empty_database.dsn, root=tree.root)
    assert str(failure.value).split("\n")[:3] == [
        "grants.sql: no (WA999)",
        "detail: why",
        "hint: how",
    ]


@every_version
@each_way
@pytest.mark.parametrize(
    ("language", "body", "complaint"),
    [
        ("sql", "SELECT wallet.gone()", "function wallet.gone() does not exist"),
        ("plpgsql", "BEGIN RETRUN 1; END", 'syntax error at or near "RETRUN"'),
        ("plpgsql", "DECLARE x wallet.gone; BEGIN END", 'type "wallet.gone" does not exist'),
    ],
)
async def test_broken_function_is_named_and_leaves_nothing(
    empty_database, tree, bring_up, language, body, complaint
):
    tree.put_function("api/c", body, language)
    with pytest.raises(MigrationError) as failure:
        await bring_up(empty_database.dsn, tree.root, empty_database.server)
    assert f"wallet.c(): {complaint}" in str(failure.value)
    assert is_untouched(empty_database)


async def test_file_that_ends_the_transaction_is_told(empty_database, tree):
    tree.put("schema/V0002__bad.sql", "COMMIT;")
    with pytest.raises(MigrationError, match=r"schema/V0002__bad\.sql ended the transaction"):
        await migrate(empty_database.dsn, root=tree.root)


@each_way
async def test_killed_migration_leaves_nothing(empty_database, tree, bring_up):
    tree.put("grants.sql", "SELECT pg_sleep(60);")
    migrating = asyncio.create_task(bring_up(empty_database.dsn, tree.root, empty_database.server))
    terminate = """
        SELECT count(pg_terminate_backend(pid))
        FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%'
        AND state = 'active' AND pid <> pg_backend_pid()
    """
    while empty_database.psql(terminate) == "0":
        assert not migrating.done()
        await asyncio.sleep(0.05)
    with pytest.raises(MigrationError, match="terminating connection"):
        await migrating
    assert is_untouched(empty_database)


# ---------------------------------------------------------------------------------------------
# Who migrates, and with which settings
# ---------------------------------------------------------------------------------------------


@every_new_version
@each_way
async def test_user_without_superuser_rights_can_migrate(new_server, tree, version, bring_up):
    server = new_server(version)
    server.admin("CREATE ROLE migrator LOGIN CREATEROLE CREATEDB")
    for _ in range(2):  # the first makes the roles
        database = server.create(template=None)
        server.admin(f'ALTER DATABASE "{database.name}" OWNER TO migrator')
        dsn = database.dsn.replace("postgres@", "migrator@")
        await bring_up(dsn, DB, server)
        before = record(database)
        await bring_up(dsn, DB, server)
        assert record(database) == before
        assert (await status(dsn)).pending == ()
        assert set(database.psql("SELECT applied_by FROM wallet_private.migration").split()) == {
            "migrator"
        }
        assert not_of_owner(database) == ""


@every_version
@each_way
async def test_everything_belongs_to_the_owner(empty_database, bring_up):
    await bring_up(empty_database.dsn, DB, empty_database.server)
    assert not_of_owner(empty_database) == ""


def not_of_owner(database: Database) -> str:
    return database.psql("""
        WITH owned (kind, name, namespace, owner) AS (
            SELECT 'schema', nspname, oid, nspowner FROM pg_namespace
            UNION ALL
            SELECT 'relation', relname, relnamespace, relowner FROM pg_class
            UNION ALL
            SELECT 'function', proname, pronamespace, proowner FROM pg_proc
            UNION ALL
            SELECT 'type', typname, typnamespace, typowner FROM pg_type
        )
        SELECT kind, name
        FROM owned
        WHERE namespace IN ('wallet'::regnamespace, 'wallet_private'::regnamespace)
        AND owner <> 'wallet_owner'::regrole
    """)


@each_way
async def test_settings_of_the_database_change_nothing(empty_database, tree, bring_up):
    """A table of the same name first in the search path, transactions that can't write."""
    empty_database.psql("""
        CREATE SCHEMA trap;
        CREATE TABLE trap.pg_roles (rolname text);
        GRANT USAGE ON SCHEMA trap TO public;
        GRANT SELECT ON trap.pg_roles TO public;
    """)
    for setting, value in {
        "search_path": "trap, pg_catalog",
        "default_transaction_read_only": "on",
        "default_transaction_isolation": "serializable",
    }.items():
        empty_database.psql(
            "SET default_transaction_read_only = off;"
            f'ALTER DATABASE "{empty_database.name}" SET {setting} = {value}'
        )
    tree.put("views/role.sql", "CREATE VIEW wallet.role AS SELECT rolname FROM pg_roles;")
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    assert int(empty_database.psql("SELECT count(*) FROM wallet.role")) > 0


def test_install_sql_leaves_the_session_as_it_was(empty_database, tree):
    write_install(tree.root)
    look = r"""
        SELECT name, setting FROM pg_settings
        WHERE source = 'session' AND name NOT LIKE 'transaction%' ORDER BY name;
        SELECT current_user, count(*) FROM pg_locks WHERE locktype = 'advisory';
        \echo :ON_ERROR_STOP :QUIET
        \set
    """
    install = rf"\i {tree.root}/install.sql"
    script = "\n\\echo ---\n".join(["\\set ON_ERROR_STOP off", look, install, look])
    done = empty_database.server.run_psql(empty_database.name, input=script)
    _, before, ran, after = done.stdout.split("---\n")
    assert ran.split() == tree.names[1:]
    assert without_counters(before) == without_counters(after)


def without_counters(listing: str) -> list[str]:
    r"""The lines, without what \set tells of the last statement."""
    lines = listing.strip().split("\n")
    return [line for line in lines if not line.startswith(("ROW_COUNT", "LAST"))]


# ---------------------------------------------------------------------------------------------
# At the same time
# ---------------------------------------------------------------------------------------------

PROCESS = """
import asyncio, pathlib, sys
from pgwallet.migrate import migrate
print(len(asyncio.run(migrate(sys.argv[1], root=pathlib.Path(sys.argv[2])))))
"""


async def in_process(dsn: str, root: Path, server: Server) -> str:
    command = [sys.executable, "-c", PROCESS, dsn, root]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@every_version
async def test_four_first_migrations_at_once_make_one_schema(empty_database):
    server = empty_database.server
    ran = await asyncio.gather(*(in_process(empty_database.dsn, DB, server) for _ in range(4)))
    assert sorted(ran) == ["0", "0", "0", str(len(read_tree()))]
    assert await plan(empty_database.dsn) == []
    expected = server.create(template=None)
    await migrate(expected.dsn)
    assert dump(empty_database) == dump(expected)
    expected.drop()


async def test_psql_and_python_at_once_make_one_schema(empty_database, tree):
    """Also where a transaction would see nothing that was committed since it began to wait."""
    empty_database.psql(f"""
        ALTER DATABASE "{empty_database.name}" SET default_transaction_isolation = 'repeatable read'
    """)
    ways = [by_psql, by_python] * 3
    await asyncio.gather(
        *(way(empty_database.dsn, tree.root, empty_database.server) for way in ways)
    )
    assert last_run(empty_database) == set(tree.names)


@every_new_version
@each_way
@pytest.mark.parametrize("roles", ["missing", "not granted"])
async def test_databases_of_one_cluster_migrate_at_once(new_server, tree, version, bring_up, roles):
    """The roles belong to the cluster: who makes or grants them must not be in another's way."""
    server = new_server(version)
    server.admin("CREATE ROLE migrator LOGIN CREATEROLE CREATEDB")
    databases = [server.create(template=None) for _ in range(4)]
    for database in databases:
        server.admin(f'ALTER DATABASE "{database.name}" OWNER TO migrator')
    if roles == "not granted":
        for role in ("owner", "gateway", "operator", "auditor"):
            server.admin(f"CREATE ROLE wallet_{role}")
        if version != "15":
            server.admin("GRANT wallet_owner TO migrator WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    await asyncio.gather(
        *(
            bring_up(database.dsn.replace("postgres@", "migrator@"), tree.root, server)
            for database in databases
        )
    )
    for database in databases:
        assert last_run(database) == set(tree.names)


@every_version
async def test_clash_in_the_shared_catalogues_is_tried_again(server, tree):
    """Without: "tuple concurrently updated", to whoever waited for the first to commit."""
    slow = "RESET ROLE; ALTER ROLE wallet_gateway CONNECTION LIMIT -1; SELECT pg_sleep(0.2);"
    tree.put("roles.sql", (DB / "roles.sql").read_text() + slow)
    databases = [server.create(template=None) for _ in range(3)]
    await asyncio.gather(*(migrate(database.dsn, root=tree.root) for database in databases))
    for database in databases:
        assert last_run(database) == set(tree.names)
        database.drop()


async def test_holder_of_the_lock_is_named(empty_database, tree):
    holder = await empty_database.connect(server_settings={"application_name": "the other one"})
    await holder.execute(f"SELECT pg_advisory_lock({LOCK_KEY})")
    began = time.monotonic()
    with pytest.raises(MigrationError) as timeout:
        async with asyncio.timeout(10):
            await migrate(empty_database.dsn, root=tree.root, lock_timeout_s=0.3)
    assert 0.3 <= time.monotonic() - began < 3
    assert f'pid {holder.get_server_pid()}, user postgres, application "the other one"' in str(
        timeout.value
    )
    assert is_untouched(empty_database)
    await holder.close()


@each_way
async def test_migration_waits_for_the_lock(empty_database, tree, bring_up):
    holder = await empty_database.connect()
    await holder.execute(f"SELECT pg_advisory_lock({LOCK_KEY})")
    migrating = asyncio.create_task(bring_up(empty_database.dsn, tree.root, empty_database.server))
    await asyncio.sleep(0.5)
    assert not migrating.done()
    assert is_untouched(empty_database)
    await holder.close()
    await migrating
    assert last_run(empty_database) == set(tree.names)


@each_way
async def test_migration_does_not_wait_for_a_backup(empty_database, tree, bring_up):
    """pg_dump keeps every table share-locked, for hours where there is much."""
    await bring_up(empty_database.dsn, tree.root, empty_database.server)
    backup = await empty_database.connect()
    await backup.execute("BEGIN; LOCK TABLE wallet_private.migration IN ACCESS SHARE MODE")
    tree.put_function("api/b", "SELECT 3")
    try:
        async with asyncio.timeout(10):
            await bring_up(empty_database.dsn, tree.root, empty_database.server)
    finally:
        backup.terminate()
