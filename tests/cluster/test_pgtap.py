"""pgTAP files of one database, on a proxy.

Left out is what has another answer there: files that look into views, or that change tables and
look at them again in one transaction (a proxy has no views, and its look at the partitions' tables
is of one moment); how much is left of a cap in a refusal (of the partition's part); who gets the
last of a cap in a batch (the parts go side by side). Of the others, those of movements are run.
"""

from collections.abc import Iterator

import pytest

from tests.support.clusters import ClusterDatabase, create_cluster
from tests.support.paths import SQL_TESTS
from tests.support.pgtap import run
from tests.support.servers import Server

FILES = {
    "adjust": "makes_lots_and_uses_them works_on_accounts_that_are_not_active",
    "bonus": "answers_a_replay keeps_to_limits makes_lots_that_expire",
    "buy_item": "keeps_to_the_expected_price refuses_who_owes sells_no_more_than_a_user_may_own",
    "capture_hold": "refuses_what_is_wrong",
    "complete_task": "lets_users_complete_self_service_tasks stops_at_its_limit",
    "convert": "converts_only_exactly keeps_to_the_quoted_rate stops_at_the_cap"
    " tells_requests_apart_by_every_field",
    "place_hold": "ends_after_any_interval refuses_what_is_wrong",
    "post_batch": "answers_replays takes_1_to_8192_requests takes_an_array_with_any_bounds",
    "release_hold": "frees_what_was_held",
    "spend": "answers_a_replay debits_the_user keeps_to_limits",
    "topup": "names_the_nearest_amounts opens_a_missing_wallet",
}
NAMES = [f"{function}/{name}" for function, names in FILES.items() for name in names.split()]


@pytest.fixture(scope="module")
def tapped(plproxy_server: Server) -> Iterator[ClusterDatabase]:
    """With pgTAP in the proxy, and a copy of each partition as it was."""
    database = create_cluster(plproxy_server, size=2)
    database.add_tap()
    database.show_tables()
    for part in database.parts:
        plproxy_server.admin(
            f'CREATE DATABASE "{part.name}_new" STRATEGY file_copy TEMPLATE "{part.name}"'
        )
    yield database
    database.drop()
    for part in database.parts:
        plproxy_server.admin(f'DROP DATABASE "{part.name}_new"')


@pytest.fixture
def fresh(tapped: ClusterDatabase) -> ClusterDatabase:
    """A ROLLBACK in the proxy takes nothing back, so the partitions are made anew."""
    for part in tapped.parts:
        part.drop()
        tapped.server.admin(
            f'CREATE DATABASE "{part.name}" STRATEGY file_copy TEMPLATE "{part.name}_new"'
        )
    return tapped


@pytest.mark.parametrize("name", NAMES)
def test_on_a_proxy(fresh: ClusterDatabase, name: str) -> None:
    problems = run(SQL_TESTS / "api" / f"{name}.sql", fresh)
    assert not problems, "\n".join(problems)
