"""Alerts over users, and the record of what operators did: of all partitions together."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.support.clusters import ClusterDatabase
from tests.system.test_cluster_feed import code_of, users_of

LOW = "SELECT wallet.create_alert($1, 'balance', 'GOLD', p_user_id => $2, p_direction => 'below',"
LOW += " p_threshold => 5)"
ACTIONS = "SELECT * FROM wallet.list_actions(p_by => $1, p_limit => $2, p_cursor => $3)"


@pytest.fixture(scope="module", autouse=True)
def gold(wallet: ClusterDatabase) -> None:
    wallet.psql("SELECT wallet.create_asset('GOLD', 'Gold')")


@pytest.fixture
async def users(proxy: asyncpg.Connection) -> list[UUID]:
    """One in each partition, who has 10 GOLD."""
    users = await users_of(proxy, 0, 1, 2, 3)
    for user in users:
        await proxy.execute("SELECT wallet.bonus($1, 'GOLD', 10, 'start')", user)
    return users


async def spend(proxy: asyncpg.Connection, user: UUID, key: str) -> None:
    await proxy.execute("SELECT wallet.spend($1, 'GOLD', 6, $2)", user, key)


async def alerts_of(proxy: asyncpg.Connection, subscription: str) -> list[tuple[str, Any]]:
    page = await proxy.fetchrow("SELECT * FROM wallet.read_events($1)", subscription)
    return [
        (event["reference"], event["user_id"])
        for event in page["events"]
        if event["kind"] == "ALERT"
    ]


async def test_each_is_raised_once_where_the_user_lives(
    proxy: asyncpg.Connection, users: list[UUID]
) -> None:
    await proxy.execute(LOW, "low", None)
    await proxy.execute(LOW, "mine", users[2])
    await proxy.execute("SELECT wallet.create_subscription('shop', p_alerts => '{low,mine}')")
    for user in users[1:]:
        await spend(proxy, user, "first")
    for raised, moved in ((4, 3), (0, 0)):  # the second time there is nothing new
        found = await proxy.fetchrow("SELECT * FROM wallet.check_alerts()")
        assert (found["alerts"], found["transfers"], found["is_last"]) == (raised, moved, True)
    assert sorted(await alerts_of(proxy, "shop"), key=str) == sorted(
        [*(("low", user) for user in users[1:]), ("mine", users[2])], key=str
    )
    listed = await proxy.fetch("SELECT * FROM wallet.list_alerts()")
    assert [(a["alert"], a["user_id"], a["crossed"]) for a in listed] == [
        ("low", None, 3), ("mine", users[2], 1)
    ]  # fmt: skip

    changed = await proxy.fetchrow("SELECT * FROM wallet.update_alert('low', p_threshold => 11)")
    assert (changed["threshold"], changed["crossed"]) == (11, 0)
    for alert in ("low", "mine"):
        await proxy.execute("SELECT wallet.drop_alert($1)", alert)
    assert await proxy.fetch("SELECT * FROM wallet.list_alerts()") == []


async def test_what_is_wrong_is_refused(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, users: list[UUID]
) -> None:
    new = "SELECT wallet.create_alert($1, $2, 'GOLD', p_direction => 'below', p_threshold => 5)"
    for measure in ("outstanding", "supply", "budget"):
        assert await code_of(proxy, new, "all", measure) == "WA502"
    assert await code_of(proxy, new, "all", "nonsense") == "WA110"
    assert await code_of(proxy, LOW, "nobody", UUID(int=0)) == "WA201"
    assert await code_of(proxy, "SELECT wallet.drop_alert('none')") == "WA221"
    assert await code_of(proxy, "SELECT wallet.check_alerts(0)") == "WA109"
    await proxy.execute(new, "twice", "balance")
    assert await code_of(proxy, new, "twice", "balance") == "WA304"
    with wallet.away(2):
        assert await code_of(proxy, new, "late", "balance") == "WA601"
        await spend(proxy, users[1], "now")
        assert await proxy.fetchval("SELECT alerts FROM wallet.check_alerts()") == 1
    assert await code_of(proxy, new, "late", "balance") == "done"

    # What a try that failed has left is replaced.
    wallet.parts[3].psql(
        "SELECT wallet.create_alert('half', 'balance', 'GOLD', p_direction => 'above',"
        " p_threshold => 1)"
    )
    assert await code_of(proxy, new, "half", "balance") == "done"
    directions = "SELECT direction FROM wallet.list_alerts() WHERE alert = 'half'"
    assert {part.psql(directions) for part in wallet.parts} == {"below"}


async def test_the_record_of_all_page_by_page(proxy: asyncpg.Connection, users: list[UUID]) -> None:
    for number in range(2):
        for user in users:
            await proxy.execute(
                "SELECT wallet.set_user_status($1, $2, 'why', 'ann')",
                user, ("frozen", "active")[number],
            )  # fmt: skip
        await proxy.execute("SELECT wallet.create_task($1, 'T', 'GOLD', 1, p_actor => 'ann')",
                            f"task_{number}")  # fmt: skip
    await proxy.execute("SELECT wallet.create_subscription('of_ann', p_actor => 'ann')")
    once = [*map(str, users), "task_0"]
    wanted = ["of_ann", "task_1", *reversed(once[:4]), "task_0", *reversed(once[:4])]
    for size in (1, 3, 11, 200):
        found: list[asyncpg.Record] = []
        cursor = None
        while True:
            page = await proxy.fetch(ACTIONS, "ann", size, cursor)
            found += page
            if (cursor := page[-1]["cursor"]) is None:
                break
            assert len(page) == size
        assert [action["subject"] for action in found] == wanted
        assert len({action["action_id"] for action in found}) == len(wanted)
    assert json.loads(found[2]["details"]) == {"status": "active", "reason": "why"}

    [first] = await proxy.fetch(ACTIONS, "ann", 1, None)
    for by, cursor in (("bob", first["cursor"]), ("ann", "nonsense"), ("ann", f"{'0' * 32}.1")):
        assert await code_of(proxy, ACTIONS, by, 1, cursor) == "WA108"
    assert await code_of(proxy, ACTIONS, "ann", 0, None) == "WA109"
