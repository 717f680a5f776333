"""Clusters for tests: a proxy and its partitions, on servers that have PL/Proxy."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pgwallet.cluster.config import Cluster, Proxy, read_cluster
from pgwallet.cluster.config import Server as ServerEntry
from pgwallet.cluster.databases import init
from tests.support.servers import Database, Server, _run_async

PLPROXY = "15 with PL/Proxy"


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
        servers = "".join(f'[[server]]\nurl = "{entry.url}"\n' for entry in self.cluster.server)
        head = f'partitions = {self.cluster.size}\ndatabase = "{self.name}"\n'
        return f'{head}{servers}[[proxy]]\nurl = "{self.dsn}"\n'

    def write(self, folder: Path) -> Path:
        file = folder / "cluster.toml"
        file.write_text(self.toml)
        assert read_cluster(file) == self.cluster
        return file

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
