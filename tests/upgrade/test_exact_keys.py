"""Keys are compared byte by byte: an upgrade with indexes built before, and with keys alike."""

import re

import pytest

from pgwallet.migrate import MigrationError, migrate, plan
from tests.support import schema
from tests.support.paths import ROOT
from tests.support.servers import every_version
from tests.upgrade.releases import Release

pytestmark = every_version

KEY_INDEX = "wallet_private.transfer_idempotency_key_key"


@pytest.fixture
async def old(empty_database, tmp_path):
    """A wallet of 0.2.0 with a user who has one transfer."""
    await migrate(empty_database.dsn, root=Release("0.2.0", tmp_path).db)
    empty_database.psql("""
        SELECT wallet.create_asset('GOLD', 'Gold');
        SELECT wallet.topup((wallet.create_user('player-1')).user_id, 'GOLD', 100, 'key-1');
        CREATE VIEW public.of_a_host AS
        SELECT asset, amount, idempotency_key FROM wallet.transaction;
    """)
    return empty_database


@pytest.fixture
def commands():
    """What docs/operations.md tells a large wallet to run before."""
    text = (ROOT / "docs/operations.md").read_text()
    found = re.findall(r"^CREATE UNIQUE INDEX CONCURRENTLY [^;]*;", text, re.MULTILINE)
    assert len(found) == 3
    return found


@pytest.fixture
def drop_of_old_index():
    """What docs/operations.md says to do when no gateway of 0.2 is left."""
    (found,) = re.findall(
        "^ALTER TABLE .* DROP CONSTRAINT [^;]*;",
        (ROOT / "docs/operations.md").read_text(),
        re.MULTILINE,
    )
    return found


async def test_indexes_built_before_are_taken_over(old, commands, drop_of_old_index, server):
    for command in commands:
        old.psql(command)
    of_indexes = "SELECT pg_relation_filenode('wallet_private.{}')"
    before = [
        old.psql(of_indexes.format(re.findall(r"\w+_idx", command)[0])) for command in commands
    ]
    await migrate(old.dsn)
    names = (
        "transfer_idempotency_key_key",
        "user_account_external_id_key",
        "user_account_email_idx",
    )
    assert [old.psql(of_indexes.format(name)) for name in names] == before
    assert old.psql("SELECT * FROM public.of_a_host") == "GOLD|100|key-1"
    old.psql("DROP VIEW public.of_a_host")
    old.psql(drop_of_old_index)
    assert schema.dump(old) == schema.dump(server.template)


async def test_no_table_is_written_anew(old):
    tables = (
        "SELECT relname, relfilenode FROM pg_class WHERE relkind = 'r' "
        "AND relnamespace = 'wallet_private'::regnamespace ORDER BY 1"
    )
    before = old.psql(tables).splitlines()
    await migrate(old.dsn)
    assert set(before) <= set(old.psql(tables).splitlines())


async def test_two_rows_with_a_key_end_the_migration(old, commands):
    # As after an upgrade of libc: the index does not see the first row.
    ready = f"UPDATE pg_index SET indisready = {{}} WHERE indexrelid = '{KEY_INDEX}'::regclass"
    old.psql(ready.format("false"))
    old.psql("""
        INSERT INTO wallet_private.transfer
        SELECT user_id, transaction_id, 2, created_at, asset_id, leg, kind, amount, balance_after,
            counterparty, idempotency_key, reference, details, metadata, actor, hash
        FROM wallet_private.transfer
    """)
    old.psql(ready.format("true"))
    pending = await plan(old.dsn)

    with pytest.raises(MigrationError, match=r"(?s)V0004.*\(23505\).*key-1\) is duplicated"):
        await migrate(old.dsn)
    assert await plan(old.dsn) == pending

    # Nor is the index taken over that could not be built before.
    with pytest.raises(RuntimeError, match="is duplicated"):
        old.psql(commands[0])
    with pytest.raises(MigrationError, match=r"(?s)not built to its end.*transfer_exact_key_idx"):
        await migrate(old.dsn)
