"""Fixtures: servers and databases. Settings are in pyproject.toml."""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import asyncpg
import pytest

from tests.support.clusters import PLPROXY, ClusterDatabase, create_cluster
from tests.support.pgtap import SERVERS, pytest_collect_file
from tests.support.servers import VERSIONS, Database, Server, Servers
from tests.support.thirdparty import Unavailable

__all__ = ["pytest_collect_file"]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SERVERS] = Servers()
    for number in (signal.SIGINT, signal.SIGHUP):
        # `&` and `nohup` have them ignored. We go on ignoring them, but what we start inherits that
        # of a signal that is ignored, and not of one that is handled.
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[SERVERS].stop()


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    """The session's servers: servers["18"], servers["15"], or one more by servers.new()."""
    return request.config.stash[SERVERS]


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, servers: Servers) -> Server:
    """PostgreSQL 18, or what PGWALLET_TEST_DATABASE_URL names; each in turn with @every_version."""
    try:
        return servers[getattr(request, "param", VERSIONS[0])]
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def new_server(servers: Servers) -> Iterator[Callable[..., Server]]:
    """Start a server of this test's own: new_server("18", fsync="on")."""
    started = []

    def start(version: str = "18", **options: str) -> Server:
        try:
            started.append(servers.new(version, options))
        except Unavailable as reason:
            pytest.skip(str(reason))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """A migrated database of this test's own."""
    database = server.create(template=server.template)
    yield database
    database.drop()


@pytest.fixture(scope="module")
def module_database(server: Server) -> Iterator[Database]:
    """A migrated database that a module's tests share."""
    database = server.create(template=server.template)
    yield database
    database.drop()


@pytest.fixture
def empty_database(server: Server) -> Iterator[Database]:
    """A database with nothing in it."""
    database = server.create(template=None)
    yield database
    database.drop()


@pytest.fixture(scope="session")
def plproxy_server(servers: Servers) -> Server:
    """Each session of a proxy may have one in each partition."""
    try:
        return servers.new(PLPROXY, {"max_connections": "900", "max_prepared_transactions": "20"})
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def wallet(plproxy_server: Server) -> Iterator[ClusterDatabase]:
    """A cluster that a module's tests share."""
    database = create_cluster(plproxy_server)
    yield database
    database.drop()


@pytest.fixture
async def proxy(wallet: ClusterDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection to its proxy."""
    connection = await wallet.connect()
    yield connection
    await connection.close()


@pytest.fixture
def dsn(database: Database) -> str:
    return database.dsn


@pytest.fixture
async def connect(
    database: Database,
) -> AsyncIterator[Callable[..., Awaitable[asyncpg.Connection]]]:
    """Open connections to the test's database, as many as it wants: await connect()."""
    opened = []

    async def open_one(**options: object) -> asyncpg.Connection:
        opened.append(await database.connect(**options))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.terminate()
