"""The file that names a cluster's servers, in TOML:

partitions = 16           # a power of two, for good
database = "wallet"       # the partitions are wallet_00, wallet_01, ...
password = "..."          # of the login wallet_proxy, if the servers ask for one

[[server]]                # as many as there are; the URL is a superuser's
url = "postgresql://postgres@db1/postgres"
partitions = [0, 1, 2]    # without it they are spread evenly, in their order

[[proxy]]                 # needs PL/Proxy; its database is made too
url = "postgresql://postgres@proxy1/wallet"
"""

from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

import msgspec

LOGIN = "wallet_proxy"  # of the proxies, in the partitions


class ClusterError(RuntimeError):
    """The cluster can't be used as it is; the text says why."""


class Server(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str
    partitions: tuple[int, ...] = ()


class Proxy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str


class Partition(msgspec.Struct, frozen=True):
    """A database that has a part of the users."""

    number: int
    url: str

    @property
    def name(self) -> str:
        return database_of(self.url)


class Cluster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    server: Annotated[tuple[Server, ...], msgspec.Meta(min_length=1)]
    proxy: Annotated[tuple[Proxy, ...], msgspec.Meta(min_length=1)]
    size: Annotated[int, msgspec.Meta(ge=1, le=1024)] = msgspec.field(default=16, name="partitions")
    database: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,40}$")] = "wallet"
    password: str = ""

    @property
    def partitions(self) -> tuple[Partition, ...]:
        """In the order of their numbers."""
        found = {
            number: Partition(number, with_database(server.url, f"{self.database}_{number:02}"))
            for server, numbers in zip(self.server, self.parts, strict=True)
            for number in numbers
        }
        return tuple(found[number] for number in range(self.size))

    @property
    def parts(self) -> tuple[tuple[int, ...], ...]:
        """The partitions of each server."""
        if any(server.partitions for server in self.server):
            return tuple(server.partitions for server in self.server)
        count = len(self.server)
        return tuple(
            tuple(range(n * self.size // count, (n + 1) * self.size // count)) for n in range(count)
        )


def read_cluster(path: Path) -> Cluster:
    """Raises ClusterError."""
    try:
        cluster = msgspec.toml.decode(path.read_bytes(), type=Cluster)
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise ClusterError(f"{path} can't be read: {error}") from error
    if cluster.size & (cluster.size - 1):
        raise ClusterError(f"{path}: partitions = {cluster.size} is not a power of two")
    if sorted(number for part in cluster.parts for number in part) != list(range(cluster.size)):
        raise ClusterError(f"{path}: each of the partitions 0 to {cluster.size - 1} has one server")
    return cluster


def database_of(url: str) -> str:
    return unquote(urlsplit(url).path.removeprefix("/"))


def with_database(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name, safe='')}"))


def server_of(url: str) -> str:
    """Host and port, as a person knows the server by."""
    options = libpq_options(url)
    return ":".join(options[name] for name in ("host", "port") if name in options)


def libpq_options(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    options = {"host": unquote(parts.hostname or ""), "port": str(parts.port or "")}
    options |= dict(parse_qsl(parts.query))
    return {name: value for name, value in options.items() if value and name != "password"}


def libpq_address(url: str) -> str:
    """Where a database is, without who logs in, as libpq's keywords and values."""
    options = libpq_options(url)
    options |= {"dbname": database_of(url), "connect_timeout": "5"}
    return " ".join(f"{name}={_quoted(value)}" for name, value in options.items())


def libpq_login(url: str) -> str:
    """Who logs in there, as libpq's keywords and values."""
    parts = urlsplit(url)
    login = {"user": parts.username, "password": parts.password}
    return " ".join(f"{name}={_quoted(unquote(value))}" for name, value in login.items() if value)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", r"\\").replace("'", r"\'") + "'"
