"""Makes, migrates and looks at a cluster's databases.

Everything here can be run again: what is there already is left, what is missing is made.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import asyncpg

from pgwallet import DB_DIR
from pgwallet.cluster.config import (
    LOGIN,
    Cluster,
    ClusterError,
    Partition,
    database_of,
    libpq_address,
    server_of,
    with_database,
)
from pgwallet.cluster.proxy import partition_sql, proxy_sql, read_catalogue
from pgwallet.migrate import migrate

_AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
_RECORD = "proxy.sql"  # the name of all that a proxy has, on its record of files

_LOGIN_ROLE = """
DO $$ BEGIN
    IF to_regrole('{login}') IS NULL THEN
        CREATE ROLE {login} LOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
"""
# A partition is a wallet that knows its number, makes users whose place it is, and lets proxies in.
_PARTITION = """
GRANT wallet_gateway, wallet_operator, wallet_auditor TO {login};
SET LOCAL ROLE wallet_owner;
INSERT INTO wallet_private.partition (number, partitions) VALUES ({number}, {size})
ON CONFLICT DO NOTHING;
CREATE OR REPLACE FUNCTION wallet_private.new_user_id() RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_user_id uuid;
BEGIN
    LOOP
        v_user_id := gen_random_uuid();
        EXIT WHEN uuid_hash(v_user_id) & ({size} - 1) = {number};
    END LOOP;
    RETURN v_user_id;
END
$$;
{shares}GRANT USAGE ON SCHEMA wallet_private TO {login};
DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOR v_function IN
        SELECT p.oid FROM pg_catalog.pg_proc AS p
        WHERE p.pronamespace = 'wallet_private'::regnamespace AND p.prosecdef
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {login}', v_function);
    END LOOP;
END $$;
"""
# At first partition 0 has all of what is scarce.
_SHARE = """
CREATE OR REPLACE FUNCTION wallet_private.own_{kind}(p_code text, p_{kind} numeric)
RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
    SELECT CASE WHEN {number} = 0 OR p_{kind} IS NULL THEN p_{kind} ELSE 0 END + (
        SELECT coalesce(sum(CASE WHEN m.is_in THEN m.amount ELSE -m.amount END), 0)
        FROM wallet_private.share_move AS m
        WHERE m.kind = '{kind}' AND m.code = p_code
    )
$$;
"""
_IS_STRANGE = """
SELECT EXISTS (
    SELECT FROM wallet_private.partition AS p WHERE (p.number, p.partitions) <> ($1, $2)
) OR EXISTS (
    SELECT FROM wallet_private.user_account AS u
    WHERE NOT EXISTS (SELECT FROM wallet_private.partition)
)
"""
LOCALE = """
SELECT format('%s, %s, %s', pg_encoding_to_char(d.encoding), d.datlocprovider, d.datctype)
FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()
"""
_STATUS = """
SELECT
    current_setting('server_version') AS version,
    pg_database_size(current_database()) AS size,
    p.number, p.partitions, p.catalogue,
    wallet.version() AS functions,
    wallet.schema_version() AS schema_version,
    (SELECT count(*) FROM wallet_private.user_account) AS users,
    EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgname = 'moving_refuse') AS is_fenced,
    CASE WHEN NOT pg_is_in_recovery() THEN (
        SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn))::bigint
        FROM pg_catalog.pg_stat_replication AS r
    ) END AS lag
FROM wallet_private.partition AS p
"""
_SERVER_OPTIONS = """
SELECT s.srvoptions FROM pg_catalog.pg_foreign_server AS s WHERE s.srvname = 'wallet'
"""


@dataclass(frozen=True)
class State:
    """Of a partition; an error where it can't be asked."""

    partition: Partition
    error: str = ""
    version: str = ""
    size: int = 0
    users: int = 0
    lag: int | None = None  # bytes of the log that a standby lacks; None without one
    schema_version: str = ""
    catalogue: int = 0

    @property
    def row(self) -> dict[str, Any]:
        return {
            "partition": self.partition.number,
            "database": self.partition.name,
            "server": server_of(self.partition.url),
            "postgresql": self.version,
            "schema": self.schema_version,
            "error": self.error,
            "catalogue": self.catalogue,
            "bytes": self.size,
            "users": self.users,
            "lag": self.lag,
        }


async def init(cluster: Cluster) -> list[str]:
    """Make all of it, or what is missing of it. A line for each step."""
    done = []
    known = await _known_places(cluster)
    for partition in cluster.partitions:
        if not await exists(partition.url) and (place := known.get(partition.number)):
            raise ClusterError(
                f"{partition.name} is not on {server_of(partition.url)}: the proxies have it at"
                f" {place}; pgwallet cluster move moves it"
            )
        if await create_database(partition.url):
            done.append(f"made {partition.name}")
    for proxy in cluster.proxy:
        if await create_database(proxy.url):
            done.append(f"made {database_of(proxy.url)}")
    return done + await migrate_all(cluster)


async def migrate_all(cluster: Cluster) -> list[str]:
    """Bring the partitions to this release, then the proxies.

    In this order, as a release only adds: what an old proxy calls is there in a new partition.
    """
    done = []
    for partition in cluster.partitions:
        if ran := await migrate(partition.url):
            done.append(f"{partition.name}: {len(ran)} files")
        async with connected(partition.url) as connection:
            await make_partition(connection, partition, cluster)
    await _compare_locales(cluster)
    for proxy in cluster.proxy:
        if await _make_proxy(proxy.url, cluster):
            done.append(f"{database_of(proxy.url)}: the proxy's functions")
    return done


async def status(cluster: Cluster) -> list[State]:
    return list(await asyncio.gather(*map(_state, cluster.partitions)))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    """A connection of its own; whoever can't be reached is named."""
    try:
        connection = await asyncpg.connect(url, timeout=10, statement_cache_size=0)
    except (TimeoutError, *_AWAY) as error:
        raise ClusterError(f"{database_of(url)} can't be reached: {error}") from error
    try:
        yield connection
    finally:
        await connection.close(timeout=10)


async def read_map(url: str) -> dict[int, str]:
    """Where a proxy has the partitions; of a database that is no proxy yet, nothing."""
    async with connected(url) as connection:
        options = await connection.fetchval(_SERVER_OPTIONS) or []
    places = (option.partition("=") for option in options)
    return {int(name.removeprefix("p")): place for name, _, place in places}


async def _known_places(cluster: Cluster) -> dict[int, str]:
    """Where some proxy has the partitions."""
    known: dict[int, str] = {}
    for proxy in cluster.proxy:
        if await exists(proxy.url):
            known |= await read_map(proxy.url)
    return known


async def exists(url: str) -> bool:
    """Whether there is such a database on its server."""
    async with connected(with_database(url, "postgres")) as connection:
        sql = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
        return bool(await connection.fetchval(sql, database_of(url)))


async def create_database(url: str) -> bool:
    """Whether there was none."""
    if await exists(url):
        return False
    async with connected(with_database(url, "postgres")) as connection:
        name = database_of(url)
        await connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    return True


async def make_partition(connection: Any, partition: Partition, cluster: Cluster) -> None:
    if await connection.fetchval(_IS_STRANGE, partition.number, cluster.size):
        raise ClusterError(
            f"{partition.name} can't be partition {partition.number} of {cluster.size}: it is"
            " another one, or a wallet of its own with users"
        )
    async with connection.transaction():
        await connection.execute(_LOGIN_ROLE.format(login=LOGIN))
        if cluster.password:
            literal = await connection.fetchval("SELECT quote_literal($1)", cluster.password)
            await connection.execute(f"ALTER ROLE {LOGIN} PASSWORD {literal}")
        shares = "".join(
            _SHARE.format(kind=kind, number=partition.number) for kind in ("supply", "budget")
        )
        await connection.execute(
            _PARTITION.format(
                number=partition.number, size=cluster.size, login=LOGIN, shares=shares
            )
        )
        await connection.execute(partition_sql(await read_catalogue(connection, LOGIN), LOGIN))


async def _compare_locales(cluster: Cluster) -> None:
    """Names are put in lower case in proxies and in partitions: by the same rules."""
    locales: dict[str, str] = {}
    for url in [*(each.url for each in cluster.partitions), *(each.url for each in cluster.proxy)]:
        async with connected(url) as connection:
            locales.setdefault(await connection.fetchval(LOCALE), database_of(url))
    if len(locales) > 1:
        names = "; ".join(f"{name} has {locale}" for locale, name in locales.items())
        raise ClusterError(f"the databases differ in their locale: {names}")


async def _make_proxy(url: str, cluster: Cluster) -> bool:
    """Whether there was anything to do."""
    async with connected(cluster.partitions[0].url) as connection:
        sql = proxy_sql(await read_catalogue(connection, LOGIN), cluster.size)
    options = {
        f"p{partition.number}": libpq_address(partition.url) for partition in cluster.partitions
    }
    async with connected(url) as connection, connection.transaction():
        await connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        await connection.execute("SET LOCAL client_min_messages = warning")
        await connection.execute((DB_DIR / "roles.sql").read_text())
        await connection.execute("RESET ROLE")
        # PL/Proxy notices each connection that it drops, and it drops one after each refusal.
        name = database_of(url)
        await connection.execute(f'ALTER DATABASE "{name}" SET client_min_messages = warning')
        await connection.execute("CREATE EXTENSION IF NOT EXISTS plproxy SCHEMA public")
        changed = await _map_partitions(connection, options, cluster.password)
        return await _run_once(connection, sql) or changed


async def _map_partitions(connection: Any, options: dict[str, str], password: str) -> bool:
    wanted = [f"{name}={value}" for name, value in options.items()]
    if await connection.fetchval(_SERVER_OPTIONS) == wanted:
        return False
    quoted = [
        f"{name} {await connection.fetchval('SELECT quote_literal($1)', value)}"
        for name, value in options.items()
    ]
    login = f"user '{LOGIN}'"
    if password:
        literal = await connection.fetchval("SELECT quote_literal($1)", password)
        login += f", password {literal}"
    await connection.execute(
        "DROP SERVER IF EXISTS wallet CASCADE;"
        f"CREATE SERVER wallet FOREIGN DATA WRAPPER plproxy OPTIONS ({', '.join(quoted)});"
        "GRANT USAGE ON FOREIGN SERVER wallet TO wallet_owner;"
        f"CREATE USER MAPPING FOR wallet_owner SERVER wallet OPTIONS ({login});"
    )
    return True


async def _run_once(connection: Any, sql: str) -> bool:
    """The functions: unless the record says that these very ones are there."""
    digest = sha256(sql.encode()).digest()
    recorded = await connection.fetchval(
        "SELECT content_hash FROM wallet_private.migration WHERE file_name = $1", _RECORD
    )
    if recorded == digest:
        return False
    await connection.execute(sql)
    await connection.execute(
        """INSERT INTO wallet_private.migration (file_name, content_hash) VALUES ($1, $2)
        ON CONFLICT (file_name) DO UPDATE SET content_hash = excluded.content_hash""",
        _RECORD,
        digest,
    )
    return True


async def _state(partition: Partition) -> State:
    try:
        async with connected(partition.url) as connection:
            row = await connection.fetchrow(_STATUS)
    except (ClusterError, *_AWAY) as error:
        return State(partition, error=str(error))
    if row is None:
        return State(partition, error="it is no partition yet")
    return State(
        partition,
        error="it moves: pgwallet cluster move goes on" if row["is_fenced"] else "",
        version=row["version"].split()[0],
        size=row["size"],
        users=row["users"],
        lag=row["lag"],
        schema_version=row["schema_version"],
        catalogue=row["catalogue"],
    )
