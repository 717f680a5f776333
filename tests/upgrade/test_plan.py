"""`pgwallet migrate --plan` says what is locked; migrate() gives way to who holds it."""

import asyncio
import shutil

import pytest
from click.testing import CliRunner

from pgwallet import cli
from pgwallet.migrate import LOCKS, Lock, MigrationError, Step, describe, migrate, plan
from tests.support import schema
from tests.support.paths import DB

TABLE = "wallet_private.asset"
CHANGES = {
    "ADD COLUMN colour text": Lock(TABLE, "ACCESS EXCLUSIVE"),
    "ADD COLUMN lucky double precision DEFAULT random()": Lock(
        TABLE, "ACCESS EXCLUSIVE", "rewrite"
    ),
    "ALTER COLUMN sign_up_bonus SET NOT NULL": Lock(TABLE, "ACCESS EXCLUSIVE", "read"),
    "ADD CONSTRAINT asset_name_is_short_check CHECK (length(name) < 99) NOT VALID": Lock(
        TABLE, "ACCESS EXCLUSIVE"
    ),
    "VALIDATE CONSTRAINT asset_name_is_short_check": Lock(TABLE, "SHARE UPDATE EXCLUSIVE", "read"),
    "RENAME COLUMN colour TO color": Lock(TABLE, "ACCESS EXCLUSIVE"),
}
OTHERS = {
    "CREATE INDEX asset_name_idx ON wallet_private.asset (name)": Lock(TABLE, "SHARE", "read"),
    "UPDATE wallet_private.asset SET name = name": Lock(TABLE, "ROW EXCLUSIVE", "read"),
    "CREATE TABLE wallet_private.thing (asset_id integer REFERENCES wallet_private.asset)": Lock(
        TABLE, "SHARE ROW EXCLUSIVE"
    ),
    "CREATE TABLE wallet_private.other (other_id integer)": None,
}
NEXT = "schema/V9001__next.sql"


@pytest.fixture
def tree(tmp_path):
    """This release's files, and one more: tree("ALTER TABLE ...")."""
    root = tmp_path / "db"
    shutil.copytree(DB, root)

    def add(sql: str, number: int = 9001):
        (root / f"schema/V{number}__next.sql").write_text(f"{sql};\n")
        return root

    return add


async def test_locks_are_what_postgresql_takes(empty_database, tree):
    statements = {f"ALTER TABLE {TABLE} {action}": lock for action, lock in CHANGES.items()}
    statements |= OTHERS
    for number, sql in enumerate(statements, 9001):
        root = tree(sql, number)
    measured = await schema.measure(empty_database, root)
    for number, (sql, lock) in enumerate(statements.items(), 9001):
        assert measured.get(f"schema/V{number}__next.sql") == ([lock] if lock else None), sql


@pytest.fixture
def pending(database, tree):
    """A schema file that isn't applied yet, on a database with some data."""
    database.psql("""
        INSERT INTO wallet_private.asset (code, name, scale)
        SELECT 'ASSET_' || i, repeat('x', 500), 0 FROM generate_series(1, 5000) AS i;
        ANALYZE wallet_private.asset;
    """)
    root = tree("UPDATE wallet_private.asset SET name = name")
    (root / LOCKS).write_text(
        schema.locks_json(
            {
                NEXT: [
                    Lock(TABLE, "ROW EXCLUSIVE", "read"),
                    Lock("wallet_private.not_yet", "ACCESS EXCLUSIVE"),
                ],
                "views/balance.sql": [Lock("wallet.balance", "ACCESS EXCLUSIVE")],
            }
        )
    )
    return root


@pytest.fixture
def print_plan(database, monkeypatch):
    """What `pgwallet migrate --plan` prints for a folder of files."""

    def run(root):
        monkeypatch.setenv("DATABASE_URL", database.dsn)
        monkeypatch.setattr("pgwallet.migrate.plan.__kwdefaults__", {"root": root})
        return CliRunner().invoke(cli.main, ["migrate", "--plan"]).output.splitlines()

    return run


async def test_plan_tells_the_locks_and_takes_none(database, pending):
    holder = await database.connect()
    await holder.execute("BEGIN; LOCK wallet_private.asset, wallet_private.wallet")
    async with asyncio.timeout(30):
        steps = await plan(database.dsn, root=pending)
    await holder.close()
    assert {step.file_name: step.locks for step in steps if step.locks} == {
        NEXT: (Lock(TABLE, "ROW EXCLUSIVE", "read", size=steps[1].locks[0].size),),
        "views/balance.sql": (Lock("wallet.balance", "ACCESS EXCLUSIVE"),),
    }
    assert 2 * 2**20 < steps[1].locks[0].size < 4 * 2**20


def test_plan_is_printed(database, pending, print_plan):
    lines = print_plan(pending)
    assert lines[1:3] == [
        f"{NEXT}: new",
        f"    ROW EXCLUSIVE on {TABLE}, while all of it is read (3 MiB)",
    ]
    assert "    ACCESS EXCLUSIVE on wallet.balance, for a moment" in lines
    assert "keeps each lock to its end, for about 1 s" in lines[-1]
    assert database.psql("SELECT FROM wallet_private.migration WHERE file_name ~ 'V9'") == ""


def test_guess_grows_with_what_is_read_and_written():
    locks = Lock(TABLE, "SHARE", "read", 3 * 2**30), Lock(TABLE, "ACCESS EXCLUSIVE", size=2**40)
    assert "for about 32 s" in describe([Step(NEXT, "new", locks=locks)])[-1]


def test_plan_without_schema_files_keeps_nobody_waiting(tree, print_plan):
    root = tree("SELECT 1")
    (root / NEXT).unlink()
    (root / "grants.sql").write_text((root / "grants.sql").read_text() + "\n")
    assert print_plan(root) == [
        "roles.sql: again",
        "grants.sql: changed",
        "One transaction. It keeps nobody waiting.",
    ]


async def test_migration_gives_way_to_traffic_and_comes_back(database, tree):
    """A session that waits for a lock makes all that come after it wait too."""
    root = tree(f"ALTER TABLE {TABLE} ADD COLUMN colour text")
    backup, caller = await database.connect(), await database.connect()
    await backup.execute(f"BEGIN; LOCK TABLE {TABLE} IN ACCESS SHARE MODE")
    migrating = asyncio.create_task(migrate(database.dsn, root=root))
    waited = False
    for _ in range(600):
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
        if await caller.fetchval(waiting):
            async with asyncio.timeout(30):
                await caller.fetch("SELECT * FROM wallet.list_assets()")
            waited = True
            break
        await asyncio.sleep(0.05)
    assert waited
    assert not migrating.done()
    await backup.execute("COMMIT")
    assert NEXT in await migrating
    await backup.close()
    await caller.close()


async def test_migration_that_gets_no_lock_changes_nothing(database, tree, monkeypatch):
    monkeypatch.setattr("pgwallet.migrate._PATIENCE", "SET LOCAL lock_timeout = '50ms';")
    root = tree(f"ALTER TABLE {TABLE} ADD COLUMN colour text")
    backup = await database.connect()
    await backup.execute(f"BEGIN; LOCK TABLE {TABLE} IN ACCESS SHARE MODE")
    with pytest.raises(MigrationError, match=rf"{NEXT}.*: another session keeps it locked"):
        await migrate(database.dsn, root=root)
    assert (await plan(database.dsn, root=root))[1].file_name == NEXT
    await backup.close()
