"""Clusters for tests: a proxy and its partitions, on servers that have PL/Proxy."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec import structs

from pgwallet.cluster.config import Cluster, Proxy, read_cluster
from pgwallet.cluster.config import Server as ServerEntry
from pgwallet.cluster.databases import init
from tests.support.servers import Database, Server, _run_async

PLPROXY = "15 with PL/Proxy"


_DOMAINS = """
CREATE EXTENSION postgres_fdw SCHEMA public;
CREATE DOMAIN wallet_private.amount AS numeric;
CREATE DOMAIN wallet_private.quantity AS numeric;
CREATE DOMAIN wallet_private.origin AS text;
CREATE DOMAIN wallet_private.kind AS text;
CREATE TYPE wallet_private.feed_place AS (
    feed_position bigint, user_id uuid, asset_id integer, seq bigint
);
"""
_FOREIGN = """
CREATE SERVER part_{n} FOREIGN DATA WRAPPER postgres_fdw
OPTIONS (host '{host}', port '5432', dbname '{dbname}');
CREATE USER MAPPING FOR public SERVER part_{n} OPTIONS (user 'postgres');
CREATE SCHEMA part_{n};
IMPORT FOREIGN SCHEMA wallet_private EXCEPT (migration)
FROM SERVER part_{n} INTO part_{n};
"""
_TABLES = """
DO $$
DECLARE
    v_table text;
BEGIN
    FOR v_table IN
        SELECT relname FROM pg_class WHERE relnamespace = 'part_0'::regnamespace AND relkind = 'f'
    LOOP
        EXECUTE format('CREATE TABLE wallet_private.%I (LIKE part_0.%1$I)', v_table);
        FOR v_part IN 0..{last} LOOP
            EXECUTE format(
                'ALTER FOREIGN TABLE part_%s.%I INHERIT wallet_private.%2$I', v_part, v_table
            );
        END LOOP;
    END LOOP;
END $$;
"""


@dataclass(frozen=True)
class ClusterDatabase(Database):
    """A proxy's database, used as any other."""

    cluster: Cluster = field(kw_only=True)
    servers: Sequence[Server] = field(kw_only=True)

    @property
    def parts(self) -> list[Database]:
        """The partitions, in the order of their numbers."""
        by_dsn = {server.dsn("postgres"): server for server in self.servers}
        return [
            Database(by_dsn[entry.url], f"{self.name}_{number:02}")
            for entry, numbers in zip(self.cluster.server, self.cluster.parts, strict=True)
            for number in numbers
        ]

    @property
    def toml(self) -> str:
        is_spread = not any(entry.partitions for entry in self.cluster.server)
        servers = "".join(
            f'[[server]]\nurl = "{entry.url}"\n'
            + ("" if is_spread else f"partitions = {list(entry.partitions)}\n")
            for entry in self.cluster.server
        )
        proxies = "".join(f'[[proxy]]\nurl = "{entry.url}"\n' for entry in self.cluster.proxy)
        head = f'partitions = {self.cluster.size}\ndatabase = "{self.name}"\n'
        return f"{head}{servers}{proxies}"

    def write(self, folder: Path) -> Path:
        file = folder / "cluster.toml"
        file.write_text(self.toml)
        assert read_cluster(file) == self.cluster
        return file

    def with_proxy(self, server: Server) -> "ClusterDatabase":
        """The same, and one more proxy for init to make."""
        proxies = (*self.cluster.proxy, Proxy(server.dsn(self.name)))
        return replace(self, cluster=structs.replace(self.cluster, proxy=proxies))

    def with_proxies(self, count: int) -> "ClusterDatabase":
        """Only the first of the proxies are known."""
        cluster = structs.replace(self.cluster, proxy=self.cluster.proxy[:count])
        return replace(self, cluster=cluster)

    def show_tables(self) -> None:
        """For tests that look into tables, or lock rows: all partitions' as if they were here."""
        self.psql(_DOMAINS)
        for number, part in enumerate(self.parts):
            assert part.server.embedded
            self.psql(
                _FOREIGN.format(n=number, host=part.server.embedded.socket_dir, dbname=part.name)
            )
        self.psql(_TABLES.format(last=len(self.parts) - 1))

    @contextmanager
    def away(self, number: int) -> Iterator[None]:
        """Nobody reaches a partition meanwhile."""
        part = self.parts[number]
        part.server.admin(f'ALTER DATABASE "{part.name}" ALLOW_CONNECTIONS false')
        part.server.admin(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{part.name}'"
        )
        try:
            yield
        finally:
            part.server.admin(f'ALTER DATABASE "{part.name}" ALLOW_CONNECTIONS true')

    def drop(self) -> None:
        super().drop()
        for part in self.parts:
            part.drop()


def create_cluster(*servers: Server, size: int = 4) -> ClusterDatabase:
    """On one server or several; the first has the proxy."""
    name = f"pgwallet_test_{secrets.token_hex(4)}"
    cluster = Cluster(
        server=tuple(ServerEntry(server.dsn("postgres")) for server in servers),
        proxy=(Proxy(servers[0].dsn(name)),),
        size=size,
        database=name,
    )
    database = ClusterDatabase(servers[0], name, cluster=cluster, servers=servers)
    for part in database.parts:  # migrated already: quicker than one after the other
        template = part.server.template.name
        part.server.admin(f'CREATE DATABASE "{part.name}" STRATEGY file_copy TEMPLATE "{template}"')
    _run_async(init, cluster)
    return database
