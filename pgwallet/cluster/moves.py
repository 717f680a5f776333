"""Moves partitions to the servers where the file has them, while the wallet is in use.

A partition goes by logical replication, or with others of its server by a standby of that server.
Everything is copied first, while the old place serves. Then, for seconds:

fence     triggers refuse every write at the old place (WA601); whoever writes is waited for
arrive    the new place, which is fenced too, has all of it, and says so
close     the old place takes no connections any more: from here on there is no way back
open      the new place is not fenced any more
map       the proxies are told

A command that is killed leaves the databases in one of these states. The next one reads from them
what there is to do. What fails before the old place is closed takes the fence away again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import asyncpg

from pgwallet.cluster.config import (
    Cluster,
    ClusterError,
    Partition,
    database_of,
    libpq_address,
    libpq_login,
    server_of,
    with_database,
)
from pgwallet.cluster.databases import (
    LOCALE,
    connected,
    create_database,
    make_partition,
    read_map,
)
from pgwallet.migrate import migrate

Say = Callable[[str], None]

PATIENCE_S = 10.0  # how long the fence may take
_WRITERS_S = 2  # how long a transaction that writes is waited for, before it is ended
_NEAR = 1_000_000  # bytes of the log: so far behind, the rest takes a moment
_POLL_S = 0.01
_MARK = "pgwallet: it is on "  # begins the comment on a database that was closed

# What is published and fenced. The record of files is of each place.
_TABLES = """
SELECT c.oid::regclass::text AS name, EXISTS (
    SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = 'moving_refuse'
) AS is_fenced
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = to_regnamespace('wallet_private') AND c.relkind = 'r'
    AND c.relname <> 'migration'
ORDER BY c.relname
"""
_FENCE = """
CREATE TRIGGER moving_refuse BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_moving()
"""
_END_WRITERS = """
SELECT count(pg_terminate_backend(l.pid)) FROM pg_catalog.pg_locks AS l
WHERE l.relation = $1::text::regclass AND l.granted AND l.pid <> pg_backend_pid()
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d
        WHERE d.datname = current_database())
    AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
"""
_STRANGE_TABLES = """
SELECT string_agg(c.oid::regclass::text, ', ' ORDER BY c.relname)
FROM pg_catalog.pg_class AS c
INNER JOIN pg_catalog.pg_namespace AS n ON c.relnamespace = n.oid
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%'
    AND n.nspname NOT IN ('information_schema', 'wallet_private')
"""
_FILES = """
SELECT string_agg(concat(m.file_name, m.content_hash), ' ' ORDER BY m.file_name)
FROM wallet_private.migration AS m
"""
# What a migration puts into a new database comes once more with the copy.
_EMPTY = """
DO $$
DECLARE
    v_table regclass;
    v_is_filled boolean;
BEGIN
    FOR v_table IN
        SELECT c.oid FROM pg_catalog.pg_class AS c
        WHERE c.relnamespace = 'wallet_private'::regnamespace AND c.relkind = 'r'
            AND c.relname <> 'migration'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', v_table) INTO v_is_filled;
        IF v_is_filled THEN
            EXECUTE format('DELETE FROM %s', v_table);
        END IF;
    END LOOP;
END $$;
"""
_HAS_ARRIVED = """
SELECT f.own_identity IS NOT DISTINCT FROM wallet_private.own_feed_identity()
FROM wallet_private.feed AS f
"""
# The same in a physical copy and in nothing else.
_ORIGIN = """
SELECT format('%s %s %s', c.system_identifier, d.oid, to_regclass('wallet_private.transfer')::oid)
FROM pg_control_system() AS c
CROSS JOIN pg_catalog.pg_database AS d
WHERE d.datname = current_database()
"""
_SEQUENCES = """
SELECT format('%I.%I', s.schemaname, s.sequencename) AS name, s.last_value
FROM pg_catalog.pg_sequences AS s
WHERE s.schemaname = 'wallet_private' AND s.last_value IS NOT NULL
"""
_END_SESSIONS = """
SELECT count(pg_terminate_backend(s.pid)) FROM (
    SELECT a.pid FROM pg_catalog.pg_stat_activity AS a WHERE a.datname = $1
    UNION
    SELECT l.pid FROM pg_catalog.pg_locks AS l
    INNER JOIN pg_catalog.pg_database AS d ON l.objid = d.oid
    WHERE l.locktype = 'object' AND l.classid = 'pg_database'::regclass AND d.datname = $1
) AS s
WHERE s.pid <> $2
"""
_MARK_OF = """
SELECT d.datallowconn, shobj_description(d.oid, 'pg_database') AS mark
FROM pg_catalog.pg_database AS d WHERE d.datname = $1
"""
_COPIED = """
SELECT
    count(*) FILTER (WHERE r.srsubstate = 'r') AS copied, count(*) AS tables,
    (SELECT bool_and(s.subenabled) FROM pg_catalog.pg_subscription AS s WHERE s.subname = $1)
        AS is_enabled
FROM pg_catalog.pg_subscription_rel AS r
"""
_SUBSCRIBED = """
SELECT count(*) FROM pg_catalog.pg_subscription AS s
INNER JOIN pg_catalog.pg_database AS d ON s.subdbid = d.oid
WHERE d.datname = current_database()
"""
_DROP_SLOT = """
SELECT pg_drop_replication_slot(s.slot_name) FROM pg_catalog.pg_replication_slots AS s
WHERE s.slot_name = $1
"""
_END_READER = """
SELECT count(pg_terminate_backend(s.active_pid)) = 0
FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_name = $1 AND s.active
"""
_LAG = """
SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn)
FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_name = $1
"""
_IS_BEHIND = """
SELECT s.confirmed_flush_lsn < $2::text::pg_lsn
FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_name = $1
"""


@dataclass(frozen=True)
class Move:
    """Of one partition."""

    old: Partition
    new: Partition

    @property
    def name(self) -> str:
        return self.new.name

    @property
    def servers(self) -> tuple[str, str]:
        """The old one and the new one."""
        return with_database(self.old.url, "postgres"), with_database(self.new.url, "postgres")

    @property
    def link(self) -> str:
        """The name of the publication, of the subscription and of its slot."""
        return f"pgwallet_move_{self.name}"


async def move(cluster: Cluster, say: Say) -> bool:
    """Move what the proxies have elsewhere than the file. False: a proxy that is away lacks it."""
    maps = await _read_maps(cluster)
    moves = _find_moves(cluster, maps)
    is_settled = await _give_up_elsewhere(cluster, moves, say)
    alive = [each for each in moves if await _is_open(each.old.url)]
    by_standby: dict[tuple[str, str], list[Move]] = {}
    for each in alive:
        if await _is_physical_copy(each):
            by_standby.setdefault(each.servers, []).append(each)
        else:
            await _by_replication(each, cluster, say)
    for group in by_standby.values():
        await _by_standby(group, cluster, say)
    await _finish([each for each in moves if each not in alive], cluster, say)
    if is_settled and not moves:
        say("nothing to do")
    away = [url for url, map_ in maps.items() if map_ is None]
    for url in away:
        say(f"the proxy {database_of(url)} on {server_of(url)} is away: run this again for it")
    return not away


async def go_back(cluster: Cluster, say: Say) -> None:
    """Give up what is not finished: the old places go on."""
    moves = _find_moves(cluster, await _read_maps(cluster))
    await _give_up_elsewhere(cluster, moves, say)
    for each in moves:
        if not await _is_open(each.old.url):
            raise ClusterError(f"{each.name} has moved already: finish it, or move it back")
        async with _held(each) as source:
            if not await _is_physical_copy(each):
                await _drop_arrival(each, source)
            await open_(source)
        say(f"{each.name} stays on {server_of(each.old.url)}")


async def _give_up_elsewhere(cluster: Cluster, moves: list[Move], say: Say) -> bool:
    """Who is where the file has him stays there, if he was to move. False: there was such a one."""
    is_settled = True
    for partition in cluster.partitions:
        stay = Move(partition, partition)
        if partition in [each.new for each in moves]:
            continue
        async with connected(partition.url) as source:
            tables = await source.fetch(_TABLES)
            has_slot = await source.fetchval(_LAG, stay.link) is not None
        if has_slot or any(row["is_fenced"] for row in tables):
            async with _held(stay) as source:
                await _unpublish(stay, source)
                await open_(source)
            say(f"{stay.name} stays on {server_of(partition.url)}")
            is_settled = False
    return is_settled


async def _read_maps(cluster: Cluster) -> dict[str, dict[int, str] | None]:
    """Where each proxy has the partitions; None of one that is away."""
    maps: dict[str, dict[int, str] | None] = {}
    for proxy in cluster.proxy:
        try:
            maps[proxy.url] = await read_map(proxy.url)
        except ClusterError:
            maps[proxy.url] = None
    if not any(maps.values()):
        raise ClusterError("no proxy can be asked where the partitions are")
    return maps


def _find_moves(cluster: Cluster, maps: dict[str, dict[int, str] | None]) -> list[Move]:
    moves = []
    for new in cluster.partitions:
        places = {map_[new.number] for map_ in maps.values() if map_ and new.number in map_}
        for place in sorted(places - {libpq_address(new.url)}):
            old = [
                url
                for server in cluster.server
                if libpq_address(url := with_database(server.url, new.name)) == place
            ]
            if not old:
                raise ClusterError(
                    f"the proxies have {new.name} at {place}: the file has to name that server too,"
                    " if with partitions = []"
                )
            moves.append(Move(Partition(new.number, old[0]), new))
    return moves


# One partition, by logical replication.


async def _by_replication(move: Move, cluster: Cluster, say: Say) -> None:
    async with _held(move) as source:
        if not await _is_fenced(source):
            await open_(source)  # of an earlier try there may be half a fence
            await _check(move, source)
            await _copy(move, source, cluster, say)
        began = monotonic()
        async with _going_back([move]), connected(move.new.url) as target:
            await _arrive(move, source, target, say)
        await _close(move.old.url, move.new.url, source)
        say(f"{move.name}: closed on {server_of(move.old.url)}")
    await _finish([move], cluster, say, began)


async def _check(move: Move, source: Any) -> None:
    if strange := await source.fetchval(_STRANGE_TABLES):
        raise ClusterError(f"{move.name} has tables that are not the wallet's: {strange}")
    if await source.fetchval("SHOW wal_level") != "logical":
        raise ClusterError(
            f"{server_of(move.old.url)} has to have wal_level = logical; or move by a standby"
        )


async def _copy(move: Move, source: Any, cluster: Cluster, say: Say) -> None:
    """Until the new place is nearly where the old one is; it goes on with what is there."""
    if not await _is_copying(move, source):
        await _drop_arrival(move, source)
        await _begin_copy(move, source, cluster)
        say(f"{move.name}: {server_of(move.new.url)} copies it")
    async with connected(move.new.url) as target:
        if await target.fetchval(_FILES) != await source.fetchval(_FILES):
            raise ClusterError(f"{move.name} is of another release: migrate first")
        await target.execute(f"ALTER SUBSCRIPTION {move.link} ENABLE")
        while True:
            state = await target.fetchrow(_COPIED, move.link)
            if not state["is_enabled"]:
                raise ClusterError(
                    f"{move.name}: copying failed, the log of {server_of(move.new.url)} says why;"
                    " run this again to go on"
                )
            if (
                state["copied"] == state["tables"] > 0
                and await source.fetchval(_LAG, move.link) < _NEAR
            ):
                break
            await asyncio.sleep(0.2)
        say(f"{move.name}: copied")
        await target.execute("ANALYZE")
    await source.execute("SELECT wallet_private.renew_feed()")  # it writes, if it was restored


async def _is_copying(move: Move, source: Any) -> bool:
    if await source.fetchval(_LAG, move.link) is None or not await _is_open(move.new.url):
        return False
    async with connected(move.new.url) as target:
        return bool(await target.fetchval(_SUBSCRIBED)) and not await _has_arrived(target)


async def _begin_copy(move: Move, source: Any, cluster: Cluster) -> None:
    await create_database(move.new.url)
    async with connected(move.new.url) as target:
        if await target.fetchval("SELECT to_regnamespace('wallet_private') IS NOT NULL") and (
            await target.fetchval("SELECT EXISTS (SELECT FROM wallet_private.user_account)")
        ):
            raise ClusterError(
                f"{server_of(move.new.url)} has a database {move.name} with users, which this"
                " command has not made"
            )
        if await target.fetchval(LOCALE) != await source.fetchval(LOCALE):
            raise ClusterError(f"{server_of(move.new.url)} has another locale")
        # Nobody but a superuser sees what is half there.
        await target.execute(f'REVOKE CONNECT ON DATABASE "{move.name}" FROM public')
        await migrate(move.new.url)
        await make_partition(target, move.new, cluster)
        await target.execute(_EMPTY)
        async with target.transaction():
            await fence(target)
        tables = ", ".join(row["name"] for row in await source.fetch(_TABLES))
        await source.execute(f"CREATE PUBLICATION {move.link} FOR TABLE {tables}")
        address = f"{libpq_address(move.old.url)} {libpq_login(move.old.url)}"
        quoted = await target.fetchval("SELECT quote_literal($1)", address)
        await target.execute(
            f"CREATE SUBSCRIPTION {move.link} CONNECTION {quoted} PUBLICATION {move.link}"
            " WITH (disable_on_error = true)"
        )


async def _drop_arrival(move: Move, source: Any) -> None:
    """What an earlier try has left: at the new place a database that is fenced, here its slot."""
    server = with_database(move.new.url, "postgres")
    async with connected(server) as admin:
        found = await admin.fetchrow(_MARK_OF, move.name)
        is_ours = found is not None and _is_left(found)
        if found and found["datallowconn"]:
            async with connected(move.new.url) as target:
                if await _is_fenced(target):
                    is_ours = True
                    await _unsubscribe(move, target)
        if is_ours:
            await admin.execute(f'DROP DATABASE "{move.name}" WITH (FORCE)')
    await _unpublish(move, source)


async def _unsubscribe(move: Move, target: Any) -> None:
    if await target.fetchval(_SUBSCRIBED):
        await target.execute(f"ALTER SUBSCRIPTION {move.link} DISABLE")
        await target.execute(f"ALTER SUBSCRIPTION {move.link} SET (slot_name = NONE)")
        await target.execute(f"DROP SUBSCRIPTION {move.link}")


async def _unpublish(move: Move, source: Any) -> None:
    """A slot that nobody reads would keep the log for ever."""
    await source.execute(f"DROP PUBLICATION IF EXISTS {move.link}")
    await _until(lambda: source.fetchval(_END_READER, move.link), f"the slot {move.link} is in use")
    await source.fetchval(_DROP_SLOT, move.link)


async def _arrive(move: Move, source: Any, target: Any, say: Say) -> None:
    """Fence the old place, wait until the new one has all of it."""
    await fence(source)
    say(f"{move.name}: fenced")
    if not await _has_arrived(target):
        lsn = await source.fetchval("SELECT pg_current_wal_lsn()::text")
        await _until(
            lambda: source.fetchval(f"SELECT NOT ({_IS_BEHIND})", move.link, lsn),
            f"{server_of(move.new.url)} has not caught up",
        )
        for name, value in await source.fetch(_SEQUENCES):
            await target.fetchval("SELECT setval($1::text::regclass, $2)", name, value)
        await _take_over_feed(source, target)
    await _unsubscribe(move, target)
    await _unpublish(move, source)


async def _take_over_feed(source: Any, target: Any) -> None:
    horizon, identity = await source.fetchrow(
        "SELECT wallet_private.feed_horizon(), wallet_private.feed_identity()"
    )
    async with target.transaction():
        await target.execute("SET LOCAL session_replication_role = replica")  # it is fenced
        await target.fetchval("SELECT wallet_private.take_over_feed($1, $2)", horizon, identity)


async def _has_arrived(target: Any) -> bool:
    return bool(await target.fetchval(_HAS_ARRIVED))


# The partitions that go to a standby of their server.


async def _is_physical_copy(move: Move) -> bool:
    async with connected(move.servers[1]) as admin:
        is_standby = await admin.fetchval("SELECT pg_is_in_recovery()")
    if not is_standby and not await _is_open(move.new.url):
        return False
    async with connected(move.old.url) as source, connected(move.new.url) as target:
        is_copy = await target.fetchval(_ORIGIN) == await source.fetchval(_ORIGIN)
    if is_standby and not is_copy:
        raise ClusterError(f"{server_of(move.new.url)} is a standby of another server")
    return bool(is_copy)


async def _by_standby(moves: list[Move], cluster: Cluster, say: Say) -> None:
    names = ", ".join(each.name for each in moves)
    async with AsyncExitStack() as stack:
        sources = [await stack.enter_async_context(_held(each)) for each in moves]
        standby = await stack.enter_async_context(connected(moves[0].servers[1]))
        place = server_of(moves[0].new.url)
        if await standby.fetchval("SELECT pg_is_in_recovery()"):
            say(f"{names}: {place} follows")
            await _until_near(sources[0], standby, place)
            for source in sources:
                if not await _is_fenced(source):
                    await open_(source)
                    await source.execute("SELECT wallet_private.renew_feed()")
        elif not all([await _is_fenced(source) for source in sources]):
            raise ClusterError(f"{place} was promoted already: take a new standby")
        began = monotonic()
        async with _going_back(moves):
            for failure in await asyncio.gather(*map(fence, sources), return_exceptions=True):
                if failure is not None:
                    raise failure
            say(f"{names}: fenced")
            lsn = await sources[0].fetchval("SELECT pg_current_wal_lsn()::text")
            if await standby.fetchval("SELECT pg_is_in_recovery()"):
                await _until(
                    lambda: standby.fetchval(
                        "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", lsn
                    ),
                    f"{place} has not caught up",
                )
                await standby.fetchval("SELECT pg_promote(true, 10)")
            await _close_others(moves[0], cluster)
            for each, source in zip(moves, sources, strict=True):
                async with connected(each.new.url) as target:
                    if not await _is_fenced(target):
                        raise ClusterError(f"{place} was promoted too early: take a new standby")
                    if not await _has_arrived(target):
                        await _take_over_feed(source, target)
        for each, source in zip(moves, sources, strict=True):
            await _close(each.old.url, each.new.url, source)
        say(f"{names}: closed on {server_of(moves[0].old.url)}")
    await _finish(moves, cluster, say, began)


async def _until_near(primary: Any, standby: Any, place: str) -> None:
    while True:
        if not await standby.fetchval("SELECT count(*) FROM pg_stat_wal_receiver"):
            raise ClusterError(f"{place} is a standby that does not stream")
        lsn = await primary.fetchval("SELECT pg_current_wal_lsn()::text")
        if (
            await standby.fetchval(
                "SELECT pg_wal_lsn_diff($1::text::pg_lsn, pg_last_wal_replay_lsn())", lsn
            )
            < _NEAR
        ):
            return
        await asyncio.sleep(0.2)


async def _close_others(move: Move, cluster: Cluster) -> None:
    """The new server has copies of what stays on the old one."""
    for partition in cluster.partitions:
        copy = with_database(move.servers[1], partition.name)
        if copy != with_database(partition.url, partition.name) and await _is_open(copy):
            await _close(copy, partition.url)


# The end, whichever way the partitions went.


async def _close(url: str, elsewhere: str, source: Any = None) -> None:
    """From here on nobody reaches a database that has become an old place, but who has it open."""
    ours = source.get_server_pid() if source else 0
    name = database_of(url)
    async with connected(with_database(url, "postgres")) as admin:
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        mark = await admin.fetchval("SELECT quote_literal($1)", _MARK + server_of(elsewhere))
        await admin.execute(f'COMMENT ON DATABASE "{name}" IS {mark}')
        await _until(
            lambda: admin.fetchval(f"SELECT ({_END_SESSIONS}) = 0", name, ours),
            f"sessions of {name} don't end",
        )


async def _finish(
    moves: list[Move], cluster: Cluster, say: Say, began: float | None = None
) -> None:
    for each in moves:
        async with connected(each.new.url) as target:
            if await _is_fenced(target) and not await _has_arrived(target):
                raise ClusterError(f"{each.name} is not whole on {server_of(each.new.url)}")
            await open_(target)
            await target.execute(f'GRANT CONNECT ON DATABASE "{each.name}" TO public')
    for proxy in cluster.proxy if moves else ():
        with suppress(ClusterError):
            async with connected(proxy.url) as connection, connection.transaction():
                for each in moves:
                    await map_partition(connection, each.new)
    took = "" if began is None else f"; nobody wrote to it for {monotonic() - began:.1f} s"
    for each in moves:
        say(f"{each.name}: it is on {server_of(each.new.url)}{took}")


async def drop_leftovers(cluster: Cluster, say: Say) -> None:
    """What a move has left, where all proxies have it elsewhere."""
    maps = await _read_maps(cluster)
    if None in maps.values() or _find_moves(cluster, maps):
        raise ClusterError("not all proxies have the partitions where the file has them")
    for server in cluster.server:
        for partition in cluster.partitions:
            url = with_database(server.url, partition.name)
            async with connected(with_database(url, "postgres")) as admin:
                found = await admin.fetchrow(_MARK_OF, partition.name)
                if url != partition.url and found and _is_left(found):
                    await admin.execute(f'DROP DATABASE "{partition.name}"')
                    say(f"dropped {partition.name} on {server_of(url)}")


def _is_left(found: Any) -> bool:
    return not found["datallowconn"] and (found["mark"] or "").startswith(_MARK)


async def map_partition(connection: Any, partition: Partition) -> None:
    quoted = await connection.fetchval("SELECT quote_literal($1)", libpq_address(partition.url))
    await connection.execute(f"ALTER SERVER wallet OPTIONS (SET p{partition.number} {quoted})")


# The fence.


async def fence(connection: Any) -> None:
    """Whoever writes to a table is waited for, and ended if that takes long; others are refused."""
    await connection.execute(f"SET lock_timeout = '{_WRITERS_S}s'; SET synchronous_commit = off")
    end = monotonic() + PATIENCE_S
    tables = [row["name"] for row in await connection.fetch(_TABLES) if not row["is_fenced"]]
    for table in tables:
        if table == tables[-1]:  # once this one is on the disk, all before it is
            await connection.execute("SET synchronous_commit = local")
        while True:
            try:
                await connection.execute(_FENCE.format(table=table))
                break
            except asyncpg.LockNotAvailableError:
                await connection.fetchval(_END_WRITERS, table)
                if monotonic() > end:
                    raise ClusterError(f"{table} stays locked") from None


async def open_(connection: Any) -> None:
    async with connection.transaction():
        for row in await connection.fetch(_TABLES):
            if row["is_fenced"]:
                await connection.execute(f"DROP TRIGGER moving_refuse ON {row['name']}")


async def _is_fenced(connection: Any) -> bool:
    rows = await connection.fetch(_TABLES)
    return bool(rows) and all(row["is_fenced"] for row in rows)


@asynccontextmanager
async def _going_back(moves: list[Move]) -> AsyncIterator[None]:
    """If it fails, the old places go on."""
    try:
        yield
    except BaseException:
        for each in moves:
            async with connected(each.old.url) as source:
                await open_(source)
        raise


@asynccontextmanager
async def _held(move: Move) -> AsyncIterator[Any]:
    """A connection to the old place, while no other command moves it."""
    async with connected(move.old.url) as source:
        await _until(
            lambda: source.fetchval("SELECT pg_try_advisory_lock(hashtext('pgwallet move'))"),
            f"another command moves {move.name}",
        )
        yield source


async def _is_open(url: str) -> bool:
    async with connected(with_database(url, "postgres")) as admin:
        found = await admin.fetchrow(_MARK_OF, database_of(url))
        return found is not None and bool(found["datallowconn"])


async def _until(is_done: Callable[[], Any], failure: str) -> None:
    end = monotonic() + PATIENCE_S
    while not await is_done():
        if monotonic() > end:
            raise ClusterError(f"{failure}, still after {PATIENCE_S:.0f} s")
        await asyncio.sleep(_POLL_S)
