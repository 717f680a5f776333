"""The feed on another server: after a restart, a dump that was restored, a failover."""

import subprocess
from collections import Counter
from typing import Any

import pytest

from tests.support.servers import Database, Server, every_version

from .test_failover import Pair, pair

__all__ = ["pair"]

USERS = 3
PREPARE = f"""
SELECT wallet.create_asset('POINTS', 'Points');
SELECT count(*) FROM generate_series(1, {USERS}) AS n, wallet.create_user('user-' || n);
SELECT wallet.create_subscription('warehouse', p_start => 'beginning');
"""
TOPUP = """
SELECT wallet.topup(u.user_id, 'POINTS', 1, '{key}') FROM wallet_private.user_account AS u
WHERE u.external_id = '{user}'"""
BURN = "DO $$ BEGIN FOR n IN 1..5000 LOOP PERFORM txid_current(); COMMIT; END LOOP; END $$"
READ = """
SELECT u.external_id, e.seq, e.cursor, p.next_cursor, p.is_last
FROM wallet.read_events('{name}', 7, {cursor}) AS p
CROSS JOIN LATERAL unnest(p.events) WITH ORDINALITY AS e
INNER JOIN wallet_private.user_account AS u ON u.user_id = e.user_id
ORDER BY e.ordinality"""
LEDGER = """
SELECT u.external_id, t.seq FROM wallet_private.transfer AS t
INNER JOIN wallet_private.user_account AS u ON u.user_id = t.user_id"""

Place = tuple[str, int]


def move(database: Database, key: str, *users: str) -> None:
    """A transaction for each."""
    for user in users or [f"user-{n}" for n in range(1, USERS + 1)]:
        database.psql(TOPUP.format(key=key, user=user))


def read(
    database: Database, cursor: str | None = None, name: str = "warehouse"
) -> tuple[list[Place], str | None]:
    """All that there is behind a cursor, and the cursor behind that."""
    found: list[Place] = []
    while True:
        given = f"'{cursor}'" if cursor else "NULL"
        rows = [
            line.split("|")
            for line in database.psql(READ.format(name=name, cursor=given)).splitlines()
        ]
        found += [(user, int(seq)) for user, seq, *_ in rows]
        if not rows:
            return found, cursor
        cursor = rows[-1][3]


def acknowledge(database: Database, cursor: str | None) -> None:
    database.psql(f"SELECT wallet.acknowledge_events('warehouse', '{cursor}')")


def ledger(database: Database) -> Counter[Place]:
    rows = (line.split("|") for line in database.psql(LEDGER).splitlines())
    return Counter((user, int(seq)) for user, seq in rows)


def in_order(places: list[Place]) -> bool:
    users = {user for user, _ in places}
    return all(
        seqs == sorted(seqs)
        for seqs in ([seq for of, seq in places if of == user] for user in users)
    )


def restore(source: Database, target: Server) -> Database:
    assert source.server.embedded and target.embedded
    copy = target.create(template=None)
    for role in ("owner", "gateway", "operator", "auditor"):
        target.admin(f"CREATE ROLE wallet_{role}")
    dump = subprocess.run(
        [source.server.embedded.bin_dir / "pg_dump", "--dbname", source.dsn],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    copy.psql(dump)
    return copy


@every_version
@pytest.mark.parametrize("fault", ["", "the base is not renewed"])
def test_a_dump_that_was_restored_goes_on(server: Server, new_server: Any, fault: str) -> None:
    """On a server whose transactions have lower numbers."""
    source = server.create(template=server.template)
    source.psql(PREPARE)
    source.psql(BURN)
    move(source, "a")
    first, cursor = read(source)
    acknowledge(source, cursor)
    move(source, "b")
    _, ahead = read(source)
    # Nothing has moved since long before this one reads from now on.
    source.psql(BURN)
    source.psql("SELECT wallet.create_subscription('late')")
    other = new_server(str(server.version))
    assert int(other.admin("SELECT txid_current()")) < 5000
    copy = restore(source, other)
    if fault:
        copy.psql(
            "CREATE OR REPLACE FUNCTION wallet_private.renew_feed() RETURNS bigint"
            " LANGUAGE sql AS 'SELECT 0::bigint'"
        )

    second, cursor = read(copy)
    assert in_order(first + second) and Counter(first + second) == ledger(copy)
    with pytest.raises(RuntimeError, match="of another history"):
        read(copy, ahead)
    copy.psql("SELECT wallet.create_user('new')")
    move(copy, "c", "user-1", "new", "user-2")
    move(copy, "d", "new", "user-1")
    third, _ = read(copy, cursor)
    is_right = in_order(third) and Counter(first + second + third) == ledger(copy)
    assert is_right == (not fault)
    if not fault:
        late, _ = read(copy, name="late")
        assert Counter(late) == Counter(third)
        assert copy.psql("SELECT * FROM wallet.verify()") == ""


async def test_after_a_restart_nobody_waits_for_a_long_transaction(new_server: Any) -> None:
    server = new_server("18")
    database = server.create(template=server.template)
    database.psql(PREPARE)
    move(database, "a")
    state = "SELECT base, system_identifier FROM wallet_private.feed"
    before = database.psql(state)
    server.embedded.stop()
    server.embedded.start()
    first = await database.connect()
    await first.execute("BEGIN")
    await first.execute(TOPUP.format(key="b", user="user-1"))
    started = "SELECT server_started_at = pg_postmaster_start_time() FROM wallet_private.asset"
    assert database.psql(started) == "f"
    move(database, "b", "user-2", "user-3")
    await first.execute("COMMIT")
    await first.close()
    assert (database.psql(started), database.psql(state)) == ("t", before)
    found, _ = read(database)
    assert in_order(found) and Counter(found) == ledger(database)


def test_a_failover_that_lost_something_is_noticed(pair: Pair) -> None:
    wallet = pair.wallet
    wallet.psql(PREPARE)
    move(wallet, "a")
    arrived, cursor = read(wallet)
    acknowledge(wallet, cursor)
    move(wallet, "b")
    caught_up = "SELECT replay_lsn = pg_current_wal_lsn() FROM pg_stat_replication"
    while pair.primary.admin(caught_up) != "t":
        pass
    with pair.nothing_received():
        move(wallet, "lost")
        _, ahead = read(wallet, cursor)
        pair.kill_primary()
    pair.standby.admin("SELECT pg_promote()")
    move(pair.copy, "c")  # in transactions of the same numbers
    move(pair.copy, "d")
    with pytest.raises(RuntimeError, match="of another history"):
        read(pair.copy, ahead)
    with pytest.raises(RuntimeError, match="of another history"):
        acknowledge(pair.copy, ahead)
    again, _ = read(pair.copy, cursor)
    assert in_order(arrived + again) and Counter(arrived + again) == ledger(pair.copy)
    kept, _ = read(pair.copy)
    assert kept == again


def test_a_failover_that_lost_nothing_loses_no_event(pair: Pair) -> None:
    pair.make_synchronous()
    wallet = pair.wallet
    wallet.psql(PREPARE)
    move(wallet, "a")
    arrived, cursor = read(wallet)
    acknowledge(wallet, cursor)
    move(wallet, "b")
    pair.kill_primary()
    pair.standby.admin("SELECT pg_promote()")
    move(pair.copy, "c")
    again, _ = read(pair.copy, cursor)
    assert in_order(arrived + again) and Counter(arrived + again) == ledger(pair.copy)
