"""What is tested of one database, on a cluster: the same tests, with another wallet."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.settings import Settings
from pgwallet.cluster.runs import RUNS, Run
from tests.http.conftest import *  # noqa: F403
from tests.http.conftest import SECRET
from tests.race.conftest import arena, arenas  # noqa: F401
from tests.support.clusters import ClusterDatabase, create_cluster
from tests.support.servers import Database, Server

HERE = Path(__file__).parent

# What a cluster can't do, by the reason.
LEFT_OUT = {
    # A proxy's call is a transaction of its own: the host can't take it back.
    "test_when_the_first_is_rolled_back_a_copy_takes_its_place",
    # Alerts over what all partitions have together; tests/system/test_cluster_alerts.py has others.
    "test_a_route_answers_in_its_shape[POST /v1/alerts]",
    # It brings history over, which a proxy can't.
    "test_how_balances_are_spread_and_who_leads",
    # No partition takes back what is for many users: test_what_can_not_be_tried_is_refused.
    "test_it_answers_as_the_movement_and_moves_nothing[grant_batch]",
}


def _is_of_one_user(item: pytest.Item) -> bool:
    """Such routes go to one partition all alike; the flows and the dry runs take them."""
    route = getattr(item, "callspec", None) and item.callspec.params.get("route")
    return (
        item.name.startswith("test_a_route_answers_in_its_shape")
        and RUNS[route.function] is Run.USER
    )


def _is_refused(item: pytest.Item) -> bool:
    """WA502, as test_cluster.py says."""
    route = getattr(item, "callspec", None) and item.callspec.params.get("route")
    return bool(route) and RUNS.get(route.function) is Run.REFUSED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """As in tests/race; and there is one server for all versions, so each test is run once."""
    items[:] = [
        item
        for item in items
        if HERE not in item.path.parents
        or not (
            "-15]" in item.name
            or "[15" in item.name
            or _is_of_one_user(item)
            or _is_refused(item)
            or {item.name, item.name.partition("[")[0]} & LEFT_OUT
        )
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
def settings(module_database: ClusterDatabase) -> Settings:
    """Here one machine does the work of all: who waits is given time."""
    return Settings(
        database_url=module_database.dsn,
        jwt_secret=SECRET,
        address_rate="1000/second",
        account_rate="1000/second",
        support_limits="GOLD:100",
        database_patience=30,
    )


@pytest.fixture
def new_wallet(plproxy_server: Server) -> Callable[[], Database]:
    def make() -> Database:
        database = create_cluster(plproxy_server)
        database.show_tables()
        return database

    return make
