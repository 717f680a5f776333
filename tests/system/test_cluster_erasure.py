"""Who is erased is forgotten by all partitions, whoever crashes, is away or signs up meanwhile."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from pgwallet.cluster.verify import verify
from tests.support.clusters import ClusterDatabase
from tests.support.servers import Database
from tests.system.test_cluster_names import at_once, code_of

ERASE = "SELECT wallet.erase_user($1, 'ticket 7', 'ops')"
MAKE = "SELECT user_id FROM wallet.create_user($1, $2, $3)"
SIGN_UP = "SELECT user_id FROM wallet.sign_up('New', $1, NULL, 'hash')"
IMPORT = """
SELECT users FROM wallet.import_users(
    ARRAY[ROW('new ' || $1, 'New', $1, NULL)]::wallet.user_request[]
)
"""
SEARCH = """
SELECT string_agg(
    format(
        'SELECT %L WHERE EXISTS (SELECT FROM %s AS r WHERE to_jsonb(r)::text ILIKE %L)',
        c.oid::regclass, c.oid::regclass, '%{}%'
    ),
    ' UNION ALL '
)
FROM pg_class AS c WHERE c.relnamespace = 'wallet_private'::regnamespace AND c.relkind = 'r'
"""
HALF = "SELECT count(*) FROM wallet_private.half_erased"
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture(autouse=True)
async def all_is_well(wallet: ClusterDatabase, proxy: asyncpg.Connection) -> AsyncIterator[None]:
    yield
    assert await verify(wallet.cluster) == []
    assert [part.psql(HALF) for part in wallet.parts] == ["0"] * 4


async def home(wallet: ClusterDatabase, proxy: asyncpg.Connection, user: UUID) -> Database:
    return wallet.parts[await proxy.fetchval("SELECT uuid_hash($1) & 3", user)]


async def known(wallet: ClusterDatabase, proxy: asyncpg.Connection, name: str) -> Database:
    return wallet.parts[await proxy.fetchval('SELECT hashtext($1 COLLATE "C") & 3', name)]


async def seen(part: Database, sql: str) -> None:
    for _ in range(1000):
        if part.psql(sql) != "0":
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it is not seen")


def traces(wallet: ClusterDatabase, word: str) -> list[tuple[str, str]]:
    """The partitions, and in them the tables, that have a word."""
    return [
        (part.name, table)
        for part in wallet.parts
        for table in part.psql(part.psql(SEARCH.format(word))).splitlines()
    ]


async def test_no_partition_has_a_trace_and_the_names_are_free(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    for asset in ("GOLD", "SILVER"):
        await proxy.execute("SELECT wallet.create_asset($1, $1)", asset)
    others = [await proxy.fetchval(MAKE, None, None, None) for _ in range(12)]
    zoe = await proxy.fetchval(MAKE, "Zoe-7", "Zoe", "Zoe@Example.com")
    given = "$1, 'GOLD', 5, $2, 'bill of Zoe', '{\"by\": \"Zoe\"}', 'Zoe-7'"
    await proxy.execute(f"SELECT wallet.topup({given})", zoe, "topup")
    await proxy.execute(f"SELECT wallet.spend({given})", zoe, "spend")
    await proxy.execute("SELECT wallet.set_user_status($1, 'frozen', 'Zoe was rude')", zoe)
    for other in others:
        await proxy.execute("SELECT wallet.set_user_status($1, 'frozen', 'x', 'Zoe-7')", other)
    await proxy.execute("SELECT wallet.set_conversion_rate('GOLD', 'SILVER', 1, 1, 'Zoe-7')")
    everywhere = traces(wallet, "zoe")
    assert len({table for _, table in everywhere}) == 5
    assert len({part for part, _ in everywhere}) == 4

    erased = await proxy.fetchval(ERASE, zoe)
    assert (erased["status"], erased["email"], erased["external_id"]) == ("erased", None, None)
    assert traces(wallet, "zoe") == []
    acted = f"SELECT count(*) FROM wallet.operator_action WHERE actor = '{zoe}'"
    assert sum(int(part.psql(acted)) for part in wallet.parts) == 13
    assert await code_of(proxy.execute("SELECT wallet.get_user_id('Zoe-7')")) == "WA201"
    again = await proxy.fetchval(MAKE, "Zoe-7", "Zoe", "zoe@example.com")
    assert again != zoe
    assert await proxy.fetchval("SELECT wallet.get_user_id('Zoe-7')") == again
    await proxy.execute(ERASE, zoe)
    assert await proxy.fetchval("SELECT wallet.get_user_id('Zoe-7')") == again


async def test_what_is_refused_changes_nothing(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    await proxy.execute("SELECT wallet.create_asset('LEFT', 'Left')")
    user = await proxy.fetchval(MAKE, "rich", None, "rich@example.com")
    await proxy.execute("SELECT wallet.topup($1, 'LEFT', 1, 'key')", user)
    assert await code_of(proxy.execute(ERASE, user)) == "WA350"
    assert await code_of(proxy.execute(SIGN_UP, "rich@example.com")) == "WA302"


async def test_a_proxy_that_dies_halfway_is_found_and_a_repeated_call_ends_it(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    user = await proxy.fetchval(MAKE, "dies", None, "dies@example.com")
    part = await home(wallet, proxy, user)
    lock = await (await known(wallet, proxy, "dies")).connect()
    await lock.execute("BEGIN; LOCK TABLE wallet_private.name IN EXCLUSIVE MODE")
    dying = await wallet.connect()
    pid = await dying.fetchval("SELECT pg_backend_pid()")
    asked = asyncio.create_task(code_of(dying.execute(ERASE, user)))
    await seen(part, HALF)
    await proxy.execute("SELECT pg_terminate_backend($1)", pid)
    await asyncio.gather(asked, return_exceptions=True)
    await lock.close()
    assert ("who is erased is forgotten", str(user)) in [
        (finding.check, finding.subject) for finding in await verify(wallet.cluster)
    ]
    assert traces(wallet, "dies")

    for _ in range(2):
        await proxy.execute(ERASE, user)
        assert traces(wallet, "dies") == []
    recorded = "SELECT count(*) FROM wallet_private.action WHERE name = 'erase_user'"
    assert part.psql(f"{recorded} AND subject = '{user}'") == "1"
    assert await proxy.fetchval(MAKE, "dies", None, "dies@example.com") != user


@pytest.mark.parametrize("again", [SIGN_UP, IMPORT], ids=["sign up", "import"])
async def test_a_half_erased_user_s_address_is_free_already(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, again: str
) -> None:
    address = f"half{len(again)}@example.com"
    user = await proxy.fetchval(MAKE, None, None, address)
    (await home(wallet, proxy, user)).psql(f"SELECT wallet.erase_user('{user}', 'as if it died')")
    assert await proxy.fetchval(again, address)
    assert await code_of(proxy.execute(SIGN_UP, address)) == "WA302"
    await proxy.execute(ERASE, user)
    assert await code_of(proxy.execute(SIGN_UP, address)) == "WA302"


async def test_a_name_that_was_never_settled_is_forgotten_too(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    user = await proxy.fetchval(MAKE, "unsettled", None, "unsettled@example.com")
    for name in ("unsettled", "unsettled@example.com"):
        (await known(wallet, proxy, name)).psql(
            f"UPDATE wallet_private.name SET user_id = NULL WHERE name = '{name}'"
        )
    await proxy.execute(ERASE, user)
    assert traces(wallet, "unsettled") == []


async def test_what_is_away_forgets_later(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    user = await proxy.fetchval(MAKE, "waits", "Waits", "waits@example.com")
    number = (await proxy.fetchval("SELECT uuid_hash($1) & 3", user) + 1) & 3
    with wallet.away(number):
        assert await code_of(proxy.execute(ERASE, user)) == "WA601"
    await code_of(proxy.execute(ERASE, user))  # it may find its connection dead
    await proxy.execute(ERASE, user)
    assert traces(wallet, "waits") == []


async def test_a_catalogue_that_comes_late_does_not_bring_a_name_back(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    first, _, part, _ = wallet.parts
    for asset in ("LATE", "LATER"):
        await proxy.execute("SELECT wallet.create_asset($1, $1)", asset)
    await proxy.execute("SELECT wallet.set_conversion_rate('LATE', 'LATER', 1, 1, 'tardy-7')")
    while True:  # in a partition that nothing is done to here
        user = await proxy.fetchval(MAKE, "tardy-7", None, None)
        if await home(wallet, proxy, user) not in (first, part):
            break
        await proxy.execute(ERASE, user)
        await proxy.execute("SELECT wallet.set_conversion_rate('LATE', 'LATER', 1, 1, 'tardy-7')")
    stale = first.psql("SELECT wallet_private.get_catalogue()")
    part.psql(
        "DELETE FROM wallet_private.conversion_rate WHERE created_by = 'tardy-7';"
        "UPDATE wallet_private.partition SET catalogue = catalogue - 1"
    )
    lock = await first.connect()
    await lock.execute("BEGIN; UPDATE wallet_private.partition SET catalogue = catalogue")
    asked = asyncio.create_task(proxy.execute(ERASE, user))
    await seen(first, WAITING)
    await asyncio.sleep(0.2)
    part.psql(f"SELECT wallet_private.put_catalogue($${stale}$$)")
    assert traces(wallet, "tardy")
    await lock.execute("COMMIT")
    await asked
    await lock.close()
    assert traces(wallet, "tardy") == []
    await proxy.execute("SELECT wallet.create_asset('LATEST', 'Latest')")  # brings it up to date


@pytest.mark.parametrize("again", [SIGN_UP, IMPORT], ids=["sign up", "import"])
async def test_who_signs_up_while_the_address_becomes_free_has_it(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, again: str
) -> None:
    """The new user is about to be refused where the old one is; meanwhile the old one goes."""
    address = f"meets{len(again)}@example.com"
    user = await proxy.fetchval(MAKE, None, None, address)
    part = await home(wallet, proxy, user)
    lock = await part.connect()
    await lock.execute("BEGIN; LOCK TABLE wallet_private.barred_claim IN EXCLUSIVE MODE")
    other = await wallet.connect()
    asked = asyncio.create_task(other.fetchval(again, address))
    await seen(part, WAITING)
    await proxy.execute(ERASE, user)
    await lock.execute("COMMIT")
    assert await asked
    for _ in range(4):
        assert await code_of(proxy.execute(SIGN_UP, address)) == "WA302"
    for session in (lock, other):
        await session.close()


async def test_one_of_many_gets_the_address_of_who_is_erased(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    chance, got = random.Random(14), 0
    for turn in range(5):
        address = f"race{turn}@example.com"
        user = await proxy.fetchval(MAKE, f"race {turn}", None, address)
        calls: list[tuple[Any, ...]] = [("erase", user, None)] * 2
        calls += [("sign up", None, address)] * 10
        chance.shuffle(calls)
        outcomes = await at_once(
            wallet,
            """SELECT CASE $1
                WHEN 'erase' THEN to_jsonb(wallet.erase_user($2, 'ticket 7'))
                ELSE to_jsonb(wallet.sign_up('New', $3, NULL, 'hash'))
            END""",
            calls,
        )
        assert outcomes.keys() <= {"done", "WA302"}
        assert outcomes["done"] in (2, 3)
        got += outcomes["done"] == 3
        if outcomes["done"] == 2:
            await proxy.execute(SIGN_UP, address)
        assert await code_of(proxy.execute(SIGN_UP, address)) == "WA302"
    assert got
