"""A subscription covers all partitions: one page, one cursor, and nothing missed."""

import asyncio
import base64
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from pgwallet.cluster.verify import verify
from tests.race.feed import ASSETS, Economy, Reader, compare
from tests.support.clusters import ClusterDatabase
from tests.support.receiver import Receiver
from tests.system.test_deliver import (  # noqa: F401
    World,
    receiver,
    test_410_ends_it_and_nothing_is_lost,
    test_what_fails_is_tried_again_and_others_are_not_held_up,
    test_what_moved_arrives_signed,
)
from tests.system.test_export import events, export

TOPUP = "SELECT wallet.topup($1, 'GOLD', 1, $2)"
READ = "SELECT * FROM wallet.read_events($1, $2, $3)"


async def code_of(proxy: asyncpg.Connection, sql: str, *values: Any) -> str:
    try:
        await proxy.execute(sql, *values)
    except asyncpg.PostgresError as error:
        return str(error.sqlstate)
    return "done"


async def users_of(proxy: asyncpg.Connection, *places: int) -> list[UUID]:
    """A user who lives there, for each."""
    found: dict[int, list[UUID]] = {}
    while any(len(found.get(place, ())) < places.count(place) for place in places):
        user = await proxy.fetchval("SELECT user_id FROM wallet.create_user()")
        place = await proxy.fetchval("SELECT uuid_hash($1) & 3", user)
        found.setdefault(place, []).append(user)
    return [found[place].pop() for place in places]


@pytest.fixture(scope="module", autouse=True)
def tables(wallet: ClusterDatabase) -> None:
    wallet.show_tables()


class ClusterWorld(World):
    async def hurry(self) -> None:
        for part in self.database.parts:
            connection = await part.connect()
            await World(part, connection, self.receiver).hurry()
            await connection.close()


@pytest.fixture
async def world(
    proxy: asyncpg.Connection,
    wallet: ClusterDatabase,
    receiver: Receiver,  # noqa: F811
) -> AsyncIterator[World]:
    """For the tests of one database's webhooks that are quick."""
    yield ClusterWorld(wallet, proxy, receiver)
    await proxy.execute("SELECT wallet.drop_subscription('shop')")


@pytest.fixture
def shop(wallet: ClusterDatabase) -> Iterator[str]:
    """The code of a new subscription."""
    code = f"shop_{uuid4().hex[:8]}"
    if wallet.psql("SELECT count(*) FROM wallet.list_assets()") == "0":
        wallet.psql("SELECT wallet.create_asset('GOLD', 'Gold')")
    wallet.psql(f"SELECT wallet.create_subscription('{code}')")
    yield code
    listed = "SELECT subscription FROM wallet.list_subscriptions()"
    wallet.psql(f"SELECT wallet.drop_subscription(s.subscription) FROM ({listed}) AS s")


async def read_all(proxy: asyncpg.Connection, shop: str, limit: int) -> list[Any]:
    pages: list[Any] = []
    while not pages or not pages[-1]["is_last"]:
        cursor = pages[-1]["next_cursor"] if pages else None
        pages.append(await proxy.fetchrow(READ, shop, limit, cursor))
    return pages


def places_of(events: list[Any]) -> list[tuple[UUID, int]]:
    return [(event["user_id"], event["seq"]) for event in events]


@pytest.mark.parametrize("limit", [1, 6, 1000])
async def test_a_limit_holds_for_the_page_as_a_whole(
    proxy: asyncpg.Connection, shop: str, limit: int
) -> None:
    """Most of it is in one partition."""
    users = await users_of(proxy, 0, 1, 2, 3)
    moved = [user for _ in range(3) for user in users] + [users[2]] * 10
    for user in moved:
        await proxy.execute(TOPUP, user, str(uuid4()))
    pages = await read_all(proxy, shop, limit)
    assert {len(page["events"]) for page in pages[: len(moved) // limit]} <= {limit}
    events = [event for page in pages for event in page["events"]]
    ledger = Counter[UUID]()
    for user in moved:
        ledger[user] += 1
    assert Counter(event["user_id"] for event in events) == ledger
    for user in users:
        seqs = [event["seq"] for event in events if event["user_id"] == user]
        assert seqs == list(range(1, ledger[user] + 1))
    # Each event's own cursor goes on right behind it, in all partitions.
    for index in range(0, len(events), 5):
        rest = await proxy.fetchrow(READ, shop, 1000, events[index]["cursor"])
        assert sorted(places_of(rest["events"])) == sorted(places_of(events[index + 1 :]))


async def test_a_page_that_is_full_is_not_the_last_one(
    proxy: asyncpg.Connection, shop: str
) -> None:
    """All partitions are at their end, but one of them has no room in the page."""
    users = await users_of(proxy, 0, 1, 2, 3)
    for user in users:
        await proxy.execute(TOPUP, user, str(uuid4()))
    pages = await read_all(proxy, shop, 3)
    assert [len(page["events"]) for page in pages] == [3, 1]


async def test_what_is_acknowledged_is_acknowledged_everywhere(
    proxy: asyncpg.Connection, shop: str
) -> None:
    users = await users_of(proxy, 0, 1, 2, 3)
    for user in users * 3:
        await proxy.execute(TOPUP, user, str(uuid4()))
    page = await proxy.fetchrow(READ, shop, 7, None)
    await proxy.execute("SELECT wallet.acknowledge_events($1, $2)", shop, page["next_cursor"])
    rest = await proxy.fetchrow(READ, shop, 1000, None)
    assert len(rest["events"]) == 5 and rest["is_last"]
    assert not set(places_of(page["events"])) & set(places_of(rest["events"]))
    listed = "SELECT behind, acknowledged_cursor FROM wallet.list_subscriptions()"
    row = await proxy.fetchrow(f"{listed} WHERE subscription = $1", shop)
    assert tuple(row) == (5, page["next_cursor"])
    # One that lies before it changes nothing.
    first = page["events"][0]["cursor"]
    await proxy.execute("SELECT wallet.acknowledge_events($1, $2)", shop, first)
    assert (await proxy.fetchrow(READ, shop, 1000, None)) == rest


async def test_a_cursor_stays_short(proxy: asyncpg.Connection, shop: str) -> None:
    """As long as it can be: 135 characters a partition, 2175 of 16. A line of HTTP has 8190."""
    [user] = await users_of(proxy, 0)
    await proxy.execute(TOPUP, user, str(uuid4()))
    parts = (await proxy.fetchrow(READ, shop, 1, None))["next_cursor"].split(".")
    assert len(parts) == 4
    longest = as_long_as_can_be(parts[0])
    assert len(longest) == 135
    assert await code_of(proxy, READ, shop, 1, ".".join([longest, *parts[1:]])) != "WA108"


def as_long_as_can_be(part: str) -> str:
    """A cursor whose numbers have as many digits as they may have."""
    text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
    head, _, user, *_ = text.split(" ")
    text = " ".join([head, "9" * 18, user, "9" * 9, "9" * 18])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


async def test_what_is_no_cursor_is_refused(proxy: asyncpg.Connection, shop: str) -> None:
    cursor = (await proxy.fetchrow(READ, shop, 1, None))["next_cursor"]
    parts = cursor.split(".")
    wrong = ("x", "", parts[0], ".".join(parts[:3]), cursor + ".", "x." + ".".join(parts[1:]))
    acknowledge = "SELECT wallet.acknowledge_events($1, $2)"
    for each in wrong:
        assert await code_of(proxy, READ, shop, 1, each) == "WA108", each
        assert await code_of(proxy, acknowledge, shop, each) == "WA108", each
    assert await code_of(proxy, acknowledge, shop, None) == "WA101"
    assert await code_of(proxy, READ, shop, 0, None) == "WA109"
    assert await code_of(proxy, READ, "nothing", 1, None) == "WA220"
    assert await code_of(proxy, READ, None, 1, None) == "WA101"


async def test_one_user_only(proxy: asyncpg.Connection, shop: str) -> None:
    """He lives in one partition; the others have his subscription too."""
    users = await users_of(proxy, 1, 2)
    made = "SELECT * FROM wallet.create_subscription($1, p_user_id => $2, p_kinds => '{TOPUP}')"
    row = await proxy.fetchrow(made, f"{shop}_1", users[0])
    assert (row["user_id"], row["kinds"]) == (users[0], ["TOPUP"])
    assert await code_of(proxy, made, f"{shop}_2", uuid4()) == "WA201"
    for user in users:
        await proxy.execute(TOPUP, user, str(uuid4()))
    [page] = await read_all(proxy, f"{shop}_1", 1000)
    assert places_of(page["events"]) == [(users[0], 1)]


async def test_a_code_is_taken_once(wallet: ClusterDatabase, shop: str) -> None:
    """Each asks for something else; who was first has it, in all partitions."""
    sessions = [await wallet.connect() for _ in range(5)]
    made = "SELECT wallet.create_subscription($1, p_kinds => $2, p_start => $3)"
    kinds = ["TOPUP", "SPEND", "BONUS", "TASK"]
    asked = [
        code_of(session, made, f"{shop}_race", [kinds[n % 4]], ("now", "beginning")[n % 2])
        for n, session in enumerate(sessions)
    ]
    assert Counter(await asyncio.gather(*asked)) == {"done": 1, "WA304": 4}
    filters = f"SELECT kinds FROM wallet_private.subscription WHERE code = '{shop}_race'"
    assert len({part.psql(filters) for part in wallet.parts}) == 1
    for session in sessions:
        await session.close()


@pytest.mark.parametrize("place", [0, 2])
async def test_while_one_is_away_it_is_refused_and_can_be_repeated(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, shop: str, place: int
) -> None:
    new = f"{shop}_new"
    calls = (
        ("SELECT wallet.create_subscription($1)", new),
        ("SELECT wallet.update_subscription($1, p_kinds => '{TOPUP}')", shop),
        ("SELECT wallet.drop_subscription($1)", shop),
        ("SELECT wallet.read_events($1)", shop),
    )
    with wallet.away(place):
        for call in calls:
            assert await code_of(proxy, *call) == "WA601", call
    await code_of(proxy, *calls[3])  # it may find its connection dead
    [row] = [
        row for row in await proxy.fetch("SELECT * FROM wallet.list_subscriptions()")
        if row["subscription"] in (shop, new)
    ]  # fmt: skip
    assert (row["subscription"], row["kinds"]) == (shop, None)
    for call in calls[:3]:
        assert await code_of(proxy, *call) == "done", call


async def test_what_a_try_has_left_is_replaced(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, shop: str
) -> None:
    """The proxy was killed when some partitions had it."""
    new = f"{shop}_half"
    [user] = await users_of(proxy, 3)
    put = "SELECT wallet_private.put_subscription"
    left = f"{put}('{new}', NULL, '{{TASK}}', NULL, 'now', NULL, NULL)"
    for part in wallet.parts[2:]:
        part.psql(left)
    assert await code_of(proxy, "SELECT wallet.read_events($1)", new) == "WA220"
    listed = "SELECT subscription FROM wallet.list_subscriptions() WHERE subscription = $1"
    assert await proxy.fetchval(listed, new) is None
    findings = await verify(wallet.cluster)
    assert {finding.check for finding in findings} == {"subscriptions are the same"}
    await proxy.execute(TOPUP, user, "before")
    await proxy.execute("SELECT wallet.create_subscription($1)", new)
    await proxy.execute(TOPUP, user, "after")
    [page] = await read_all(proxy, new, 1000)
    assert [event["seq"] for event in page["events"]] == [2]
    # And half of it is dropped.
    wallet.parts[3].psql(f"SELECT wallet.drop_subscription('{new}')")
    await proxy.execute("SELECT wallet.drop_subscription($1)", new)
    assert await verify(wallet.cluster) == []


async def test_who_fails_or_is_cancelled_keeps_nobody_waiting(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, shop: str
) -> None:
    lock = await wallet.parts[2].connect()
    async with lock.transaction():
        await lock.execute("LOCK TABLE wallet_private.subscription IN EXCLUSIVE MODE")
        await proxy.execute("SET statement_timeout = '300ms'")
        changed = "SELECT wallet.update_subscription($1, p_kinds => '{TOPUP}')"
        assert await code_of(proxy, changed, shop) == "57014"
    await proxy.execute("SET statement_timeout = 0")
    assert await code_of(proxy, changed, "nothing") == "WA220"
    other = await wallet.connect()
    assert await code_of(other, changed, shop) == "done"
    await other.close()
    await lock.close()


async def test_news_of_all_but_of_who_is_away(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, shop: str
) -> None:
    users = await users_of(proxy, 0, 1, 2, 3)
    for user in users:
        await proxy.execute(TOPUP, user, str(uuid4()))
    ask = "SELECT * FROM wallet.read_news($1, $2, $3, $4)"
    lines = [[0, 1, 2, 3], users, [None] * 4, [0, None, 0, 0]]
    rows = {row["reader"]: row for row in await proxy.fetch(ask, *lines)}
    assert {reader: len(row["events"]) for reader, row in rows.items()} == {0: 1, 1: 0, 2: 1, 3: 1}
    assert [rows[reader]["balance"] for reader in range(4)] == [1] * 4
    with wallet.away(3):
        rows = {row["reader"]: row for row in await proxy.fetch(ask, *lines)}
    assert [rows[reader]["is_cut_off"] for reader in range(4)] == [False, False, False, True]
    assert await proxy.fetch(ask, [], [], [], []) == []


async def test_export_writes_the_events_of_all(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, shop: str, tmp_path: Path
) -> None:
    await proxy.execute("SELECT wallet.create_subscription('warehouse')")
    users = await users_of(proxy, 0, 1, 2, 3)
    for user in users * 5:
        await proxy.execute(TOPUP, user, str(uuid4()))
    said = await asyncio.to_thread(export, wallet, "jsonl", tmp_path / "events")
    assert "20 events" in said
    written = events("jsonl", tmp_path / "events")
    assert len({(user, seq) for user, seq, _ in written}) == len(written) == 20
    # The last event's cursor is where it goes on.
    last = json.loads((tmp_path / "events").read_text().splitlines()[-1])
    await proxy.execute(TOPUP, users[0], str(uuid4()))
    page = await proxy.fetchrow(READ, "warehouse", 1000, last["cursor"])
    assert places_of(page["events"]) == [(users[0], 6)]


async def test_every_transfer_comes_once_and_in_order(wallet: ClusterDatabase) -> None:
    """Writers in all partitions, also by transactions of theirs that end late or are prepared."""
    whole = Economy(wallet, 1)
    parts = [Economy(part, number) for number, part in enumerate(wallet.parts)]
    connection = await wallet.connect()
    for asset in ASSETS:
        await code_of(connection, "SELECT wallet.create_asset($1, $1)", asset)
    await connection.execute("SELECT wallet.set_conversion_rate('GOLD', 'SILVER', 1, 2)")
    rows = await connection.fetch("SELECT DISTINCT asset_id, code FROM wallet_private.asset")
    whole.asset_ids = {row["code"]: row["asset_id"] for row in rows}
    for number, part in enumerate(parts):
        for user in await users_of(connection, number, number, number):
            part.users.append(str(user))
            for asset in ASSETS:
                topup = "SELECT wallet.topup($1, $2, 1000000, 'first ' || $2)"
                await connection.execute(topup, user, asset)
    await connection.close()
    readers = [Reader(whole, f"reader_{n}", n) for n in range(3)]
    for reader in readers:
        await reader.begin()
    reading = [asyncio.create_task(reader.run()) for reader in readers]
    writing = [
        asyncio.create_task(part.write(f"p{number}-{n}"))
        for number, part in enumerate(parts) for n in range(2)
    ]  # fmt: skip
    await asyncio.gather(*(part.go_on(20) for part in parts))
    for part in parts:
        part.is_over = True
    await asyncio.gather(*writing)
    await whole.settle()
    await asyncio.gather(*reading)
    ledger = await whole.ledger()
    assert [compare(reader.read, ledger) for reader in readers] == [{}] * 3
    assert all(reader.stops for reader in readers)


URL = "https://example.com/hook"
SETTLE = "SELECT wallet.settle_webhook_events($1, $2, $3::wallet.webhook_result[])"


@pytest.fixture
async def hook(proxy: asyncpg.Connection, shop: str) -> str:
    """A subscription with a webhook."""
    await proxy.execute("SELECT wallet.create_webhook($1, $2)", shop, URL)
    return shop


async def move(proxy: asyncpg.Connection, count: int) -> list[UUID]:
    """So often for one user in each partition."""
    users = await users_of(proxy, 0, 1, 2, 3)
    for user in users * count:
        await proxy.execute(TOPUP, user, str(uuid4()))
    return users


async def take(proxy: asyncpg.Connection) -> dict[int, Any]:
    """A batch of each partition."""
    rows = await proxy.fetch("SELECT * FROM wallet.take_webhook_events()")
    places = [
        await proxy.fetchval("SELECT uuid_hash($1) & 3", row["events"][0]["user_id"])
        for row in rows
    ]
    assert len(set(places)) == len(places)
    return dict(zip(places, rows, strict=True))


async def settle(
    proxy: asyncpg.Connection, batch: Any, outcome: str, status: int, after: int | None = None
) -> None:
    results = [
        (event["user_id"], event["asset"], event["seq"], outcome, status, None, after)
        for event in batch["events"]
    ]
    await proxy.execute(SETTLE, batch["subscription"], batch["claim"], results)


async def webhook(proxy: asyncpg.Connection, hook: str) -> Any:
    row = "SELECT * FROM wallet.list_webhooks() WHERE subscription = $1"
    return await proxy.fetchrow(row, hook)


def secrets_of(wallet: ClusterDatabase, hook: str) -> set[str]:
    secrets = f"""SELECT secret, old_secret FROM wallet_private.webhook
    INNER JOIN wallet_private.subscription USING (subscription_id) WHERE code = '{hook}'"""
    return {part.psql(secrets) for part in wallet.parts}


async def test_one_secret_for_all_and_one_webhook(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, shop: str
) -> None:
    made = "SELECT secret FROM wallet.create_webhook($1, $2)"
    assert await code_of(proxy, made, shop, "nonsense") == "WA125"
    assert await code_of(proxy, made, "nothing", URL) == "WA220"
    with wallet.away(3):
        assert await code_of(proxy, made, shop, URL) == "WA601"
    assert secrets_of(wallet, shop) == {""}
    sessions = [await wallet.connect() for _ in range(4)]
    asked = [code_of(session, made, shop, f"{URL}/{n}") for n, session in enumerate(sessions)]
    assert Counter(await asyncio.gather(*asked)) == {"done": 1, "WA304": 3}
    for session in sessions:
        await session.close()
    [old] = {row.strip("|") for row in secrets_of(wallet, shop)}
    new = await proxy.fetchval("SELECT secret FROM wallet.rotate_webhook_secret($1)", shop)
    assert new != old and secrets_of(wallet, shop) == {f"{new}|{old}"}
    changed = "SELECT url FROM wallet.update_webhook($1, $2)"
    assert await proxy.fetchval(changed, shop, URL) == URL
    assert (await webhook(proxy, shop))["secret"] is None
    assert await verify(wallet.cluster) == []


async def test_a_webhook_that_fails_halfway_is_taken_back(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, shop: str
) -> None:
    """Partition 2 refuses it when 0 and 1 have it already."""
    lock = await wallet.parts[2].connect()
    made = "SELECT secret FROM wallet.create_webhook($1, $2)"
    await proxy.execute("SET statement_timeout = '500ms'")
    async with lock.transaction():
        await lock.execute("LOCK TABLE wallet_private.webhook IN EXCLUSIVE MODE")
        asked = asyncio.create_task(code_of(proxy, made, shop, URL))
        await asyncio.sleep(0.8)
    assert await asked == "57014"
    await lock.close()
    await proxy.execute("SET statement_timeout = 0")
    assert secrets_of(wallet, shop) == {""}
    secret = await proxy.fetchval(made, shop, URL)
    assert secrets_of(wallet, shop) == {f"{secret}|"}


async def test_a_claim_is_settled_where_it_came_from(proxy: asyncpg.Connection, hook: str) -> None:
    users = await move(proxy, 3)
    batches = await take(proxy)
    assert sorted(batches) == [0, 1, 2, 3]
    assert await take(proxy) == {}
    for place, batch in batches.items():
        assert [event["seq"] for event in batch["events"]] == [1, 2, 3]
        assert {event["user_id"] for event in batch["events"]} == {users[place]}
        assert await proxy.fetchval("SELECT uuid_hash($1) & 3", batch["claim"]) == place
        await settle(proxy, batch, "sent", 200)
    assert (await webhook(proxy, hook))["oldest_at"] is None
    assert (await proxy.fetchrow(READ, hook, 1000, None))["events"] == []
    assert await code_of(proxy, SETTLE, hook, None, []) == "WA101"


async def test_what_one_learns_of_the_receiver_the_others_know(
    proxy: asyncpg.Connection, hook: str
) -> None:
    await move(proxy, 2)
    batches = await take(proxy)
    slow = batches.pop(1)
    for batch in batches.values():
        await settle(proxy, batch, "sent", 200)
    await settle(proxy, slow, "failed", 429, 600)
    await move(proxy, 2)
    assert await take(proxy) == {}
    row = await webhook(proxy, hook)
    assert row["rest_ends_at"] - datetime.now(UTC) > timedelta(seconds=590)
    await proxy.execute("SELECT wallet.update_webhook($1, p_url => $2)", hook, URL)
    batches = await take(proxy)
    assert sorted(batches) == [0, 1, 2, 3]
    await settle(proxy, batches.pop(2), "failed", 410)
    assert (await webhook(proxy, hook))["status"] == "gone"
    for batch in batches.values():
        await settle(proxy, batch, "waiting", 0)
    assert await take(proxy) == {}
    await proxy.execute("SELECT wallet.update_webhook($1, p_status => 'active')", hook)
    assert sorted(await take(proxy)) == [0, 1, 3]  # and what failed is tried again later


async def test_one_that_is_away_holds_up_its_own_events_only(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, hook: str
) -> None:
    await proxy.fetch("SELECT * FROM wallet.take_webhook_events()")
    await move(proxy, 1)
    with wallet.away(2):
        assert sorted(await take(proxy)) == [0, 1, 3]
        await asyncio.sleep(0.1)
        assert await take(proxy) == {}
    later = await wallet.connect()
    assert sorted(await take(later)) == [2]
    await later.close()


async def test_failures_of_all_page_by_page_and_sent_again(
    proxy: asyncpg.Connection, hook: str
) -> None:
    await move(proxy, 3)
    for batch in (await take(proxy)).values():
        await settle(proxy, batch, "failed", 500)
    ask = "SELECT * FROM wallet.list_webhook_failures($1, $2, $3)"
    whole = await proxy.fetch(ask, hook, 200, None)
    assert len(whole) == 12 and whole[-1]["cursor"] is None
    for limit in (1, 3, 5, 6, 12):
        rows: list[Any] = []
        cursor = None
        while not rows or cursor:
            page = await proxy.fetch(ask, hook, limit, cursor)
            assert 1 <= len(page) <= limit and not any(row["cursor"] for row in page[:-1])
            rows += page
            cursor = page[-1]["cursor"]
        assert [tuple(row)[:6] for row in rows] == [tuple(row)[:6] for row in whole], limit
    for wrong in ("x", "9999.x", "1.x", "."):
        assert await code_of(proxy, ask, hook, 1, wrong) == "WA108", wrong
    assert await code_of(proxy, ask, hook, 0, None) == "WA109"

    again = "SELECT waiting FROM wallet.resend_webhook_events($1, $2)"
    for row in (whole[0], whole[-1]):
        assert await proxy.fetchval(again, hook, row["transaction_id"]) == 12
    assert await code_of(proxy, again, hook, uuid4()) == "WA206"
    tries = [row["tries"] for row in await proxy.fetch(ask, hook, 200, None)]
    assert tries == [0, *[1] * 10, 0]
