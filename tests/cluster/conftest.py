"""What is tested of one database, on a cluster: the same tests, with another wallet."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.http.conftest import *  # noqa: F403
from tests.race.conftest import arena, arenas  # noqa: F401
from tests.support.clusters import ClusterDatabase, create_cluster
from tests.support.servers import Database, Server

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """As in tests/race; and there is one server for all versions, so each test is run once."""
    items[:] = [
        item
        for item in items
        if HERE not in item.path.parents or "-15]" not in item.name and "[15" not in item.name
    ]
    for item in items:
        if HERE in item.path.parents and "arena" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def server(plproxy_server: Server) -> Server:
    return plproxy_server


@pytest.fixture(scope="module")
def module_database(plproxy_server: Server) -> Iterator[ClusterDatabase]:
    database = create_cluster(plproxy_server)
    database.show_tables()
    yield database
    database.drop()


@pytest.fixture
def new_wallet(plproxy_server: Server) -> Callable[[], Database]:
    def make() -> Database:
        database = create_cluster(plproxy_server)
        database.show_tables()
        return database

    return make
