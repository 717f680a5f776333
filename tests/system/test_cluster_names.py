"""Names and the catalogue are one over all partitions, whoever races, crashes or is away."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.support.clusters import ClusterDatabase
from tests.support.servers import Database

KNOWN = 'SELECT hashtext($1 COLLATE "C") & 3'  # the partition that knows whose a name is


async def until(look: Callable[[], list[str]]) -> list[str]:
    """What it sees, once that is two things."""
    for _ in range(1000):
        if len(seen := look()) == 2:
            return seen
        await asyncio.sleep(0.02)
    raise AssertionError("it is not seen")


async def code_of(asked: Awaitable[Any]) -> str:
    try:
        await asked
    except asyncpg.PostgresError as error:
        return str(error.sqlstate)
    return "done"


async def at_once(wallet: ClusterDatabase, sql: str, rows: list[tuple[Any, ...]]) -> Counter[str]:
    """Each in a session of its own; how many were done, and refused by which code."""
    sessions = await asyncio.gather(*(wallet.connect() for _ in rows))
    try:
        asked = [code_of(s.execute(sql, *row)) for s, row in zip(sessions, rows, strict=True)]
        return Counter(await asyncio.gather(*asked))
    finally:
        for session in sessions:
            session.terminate()


@pytest.fixture
def known_by(wallet: ClusterDatabase, proxy: asyncpg.Connection) -> Callable[[str], Any]:
    async def find(name: str) -> Database:
        return wallet.parts[await proxy.fetchval(KNOWN, name)]

    return find


@pytest.fixture(autouse=True)
async def all_is_well(wallet: ClusterDatabase) -> Any:
    """Whatever a test does: each name has one user at the end, and each user his names."""
    yield
    people = [
        line
        for part in wallet.parts
        for line in part.psql(
            "SELECT unnest(ARRAY[lower(email), external_id]) FROM wallet_private.user_account"
        ).splitlines()
        if line
    ]
    assert [name for name, count in Counter(people).items() if count > 1] == []


@pytest.mark.parametrize("turn", range(5))
async def test_one_of_16_sign_ups_gets_the_address(wallet: ClusterDatabase, turn: int) -> None:
    address = f"Ann{turn}@example.com"
    spellings = [address, address.lower(), address.upper(), address.title()] * 4
    outcomes = await at_once(
        wallet, "SELECT wallet.sign_up('Ann', $1, NULL, 'hash')", [(each,) for each in spellings]
    )
    assert outcomes == {"done": 1, "WA302": 15}


@pytest.mark.parametrize("turn", range(5))
async def test_one_of_16_gets_the_external_id(wallet: ClusterDatabase, turn: int) -> None:
    rows = [(f"id {turn}", f"{number}.{turn}@example.com") for number in range(16)]
    outcomes = await at_once(wallet, "SELECT wallet.create_user($1, 'Bob', $2)", rows)
    assert outcomes == {"done": 1, "WA303": 15}
    # The addresses of those who were refused are free.
    free = await at_once(wallet, "SELECT wallet.create_user(NULL, $1, $2)", rows)
    assert free == {"done": 15, "WA302": 1}


async def test_a_claim_without_a_user_is_free_again(
    proxy: asyncpg.Connection, known_by: Callable[[str], Any]
) -> None:
    part = await known_by("lost")
    part.psql(f"SELECT wallet_private.claim_name('external_id', 'lost', '{uuid4()}', 2)")
    assert await code_of(proxy.execute("SELECT wallet.get_user_id('lost')")) == "WA201"
    began = asyncio.get_running_loop().time()
    user = await proxy.fetchval("SELECT user_id FROM wallet.create_user('lost')")
    assert 2 < asyncio.get_running_loop().time() - began < 30  # so long others are waited for
    assert await proxy.fetchval("SELECT wallet.get_user_id('lost')") == user


async def test_who_was_slow_makes_no_user_when_the_claim_is_gone(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, known_by: Callable[[str], Any]
) -> None:
    claim, place = uuid4(), 1
    part = await known_by("slow")
    part.psql(f"SELECT wallet_private.claim_name('external_id', 'slow', '{claim}', {place})")
    part.psql("UPDATE wallet_private.name SET claimed_at = claimed_at - interval '1 min'")
    winner = await proxy.fetchval("SELECT user_id FROM wallet.create_user('slow')")
    slow = await wallet.parts[place].connect()
    try:
        made = (
            "SELECT wallet_private.claimed_create_user("
            "$1, NULL, 'slow', NULL, NULL, NULL, 'user', 'x')"
        )
        assert await code_of(slow.execute(made, claim)) == "WA901"
    finally:
        await slow.close()
    assert await proxy.fetchval("SELECT wallet.get_user_id('slow')") == winner


async def test_who_is_slower_than_a_claim_s_time_begins_anew(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, known_by: Callable[[str], Any]
) -> None:
    """The user is about to be made, behind a lock; somebody takes the claim; the lock goes."""
    part = await known_by("behind")
    locks = [await each.connect() for each in wallet.parts]
    transactions = [lock.transaction() for lock in locks]
    for lock, transaction in zip(locks, transactions, strict=True):
        await transaction.start()
        await lock.execute("LOCK TABLE wallet_private.barred_claim IN EXCLUSIVE MODE")
    asked = asyncio.create_task(proxy.fetchval("SELECT user_id FROM wallet.create_user('behind')"))
    claimed = "SELECT claim_id, place FROM wallet_private.name WHERE name = 'behind'"
    claim, place = await until(lambda: part.psql(claimed).split("|")[:2])
    await locks[int(place)].execute(
        "INSERT INTO wallet_private.barred_claim (claim_id) VALUES ($1)", UUID(claim)
    )
    for transaction in transactions:
        await transaction.commit()
    assert await asked == await proxy.fetchval("SELECT wallet.get_user_id('behind')")
    assert part.psql(claimed).split("|")[0] != claim
    for lock in locks:
        await lock.close()


async def test_a_user_whose_name_was_not_settled_has_it(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, known_by: Callable[[str], Any]
) -> None:
    made = "SELECT user_id FROM wallet.create_user('half', 'Half', 'half@example.com')"
    user = await proxy.fetchval(made)
    for name in ("half", "half@example.com"):
        (await known_by(name)).psql(
            "UPDATE wallet_private.name SET user_id = NULL, claimed_at = '2020-01-01'"
            f" WHERE name = '{name}'"
        )
    assert await proxy.fetchval("SELECT wallet.get_user_id('half')") == user
    for query in ("half", "HALF@example.com"):
        assert await proxy.fetchval("SELECT user_id FROM wallet.find_user($1)", query) == user
    rows = await proxy.fetch("SELECT * FROM wallet.list_user_ids(ARRAY['half', 'nobody'])")
    assert [tuple(row) for row in rows] == [("half", user)]
    assert await code_of(proxy.execute(made)) == "WA302"
    settled = "SELECT user_id FROM wallet_private.name WHERE name = 'half@example.com'"
    assert (await known_by("half@example.com")).psql(settled) == str(user)


async def test_a_partition_that_was_away_catches_up_before_it_serves(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    away, others = wallet.parts[3], wallet.parts[:3]
    users: dict[int, UUID] = {}
    while len(users) < 4:
        user = await proxy.fetchval("SELECT user_id FROM wallet.create_user()")
        users[await proxy.fetchval("SELECT uuid_hash($1) & 3", user)] = user
    reader = await wallet.connect()
    balances = "SELECT asset FROM wallet.list_balances($1)"
    for user in users.values():
        await reader.fetch(balances, user)
    away.server.admin(f'ALTER DATABASE "{away.name}" ALLOW_CONNECTIONS false')
    away.server.admin(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{away.name}'"
    )
    try:
        await proxy.execute("SELECT wallet.create_asset('LATE', 'Late')")
        await proxy.execute("SELECT wallet.create_item('hat', 'Hat', 'LATE', 7)")
        assert [row["asset"] for row in await proxy.fetch(balances, users[0])] == ["LATE"]
        assert await code_of(proxy.fetch(balances, users[3])) == "WA601"
        assert len(await proxy.fetch("SELECT * FROM wallet.list_items()")) == 1
    finally:
        away.server.admin(f'ALTER DATABASE "{away.name}" ALLOW_CONNECTIONS true')
    assert away.psql("SELECT count(*) FROM wallet_private.asset") == "0"
    await asyncio.sleep(1.1)  # so long a session believes what it knows
    await code_of(reader.fetch(balances, users[3]))  # it may find its connection dead
    assert [row["asset"] for row in await reader.fetch(balances, users[3])] == ["LATE"]
    ids = "SELECT a.asset_id, i.item_id FROM wallet_private.asset AS a, wallet_private.item AS i"
    assert {part.psql(ids) for part in others} == {away.psql(ids)}
    await reader.close()


async def test_catalogue_changes_at_once_are_the_same_everywhere(wallet: ClusterDatabase) -> None:
    rows = [(f"task_{number}",) for number in range(12)]
    await at_once(wallet, "SELECT wallet.create_asset('RACE', 'Race')", [()])
    made = "SELECT wallet.create_task($1, 'A task', 'RACE', 5)"
    assert await at_once(wallet, made, rows * 2) == {"done": 12, "WA304": 12}
    tasks = "SELECT array_agg((task_id, code) ORDER BY task_id) FROM wallet_private.task"
    assert len({part.psql(tasks) for part in wallet.parts}) == 1


async def test_a_limit_holds_in_all_partitions(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    await proxy.execute("SELECT wallet.create_asset('LIMITED', 'Limited')")
    places = Counter[int]()
    users: list[UUID] = []
    while len(users) < 12:
        user = await proxy.fetchval("SELECT user_id FROM wallet.create_user()")
        places[place := await proxy.fetchval("SELECT uuid_hash($1) & 3", user)] += 1
        if places[place] > 3:
            continue
        users.append(user)
        await proxy.execute("SELECT wallet.topup($1, 'LIMITED', 100, 'topup')", user)
    made = await proxy.fetchval(
        """SELECT limit_id FROM wallet.create_limit(
            'everywhere', 'LIMITED', 'amount', 30, 'debit', p_period => 'day'
        )"""
    )
    rules = "SELECT array_agg(r ORDER BY limit_id) FROM wallet_private.limit_rule AS r"
    plain = """SELECT bool_or(is_plain) FROM wallet_private.wallet AS w
    INNER JOIN wallet_private.asset AS a USING (asset_id) WHERE a.code = 'LIMITED'"""
    assert len({part.psql(rules) for part in wallet.parts}) == 1
    assert {part.psql(plain) for part in wallet.parts} == {"f"}

    spends = [(user, f"key {number}") for user in users for number in range(5)]
    spend = "SELECT wallet.spend($1, 'LIMITED', 10, $2)"
    assert await at_once(wallet, spend, spends) == {"done": 36, "WA412": 24}
    await proxy.execute("SELECT wallet.update_limit($1, 40)", made)
    for user in users:
        await proxy.execute(spend, user, "one more")
        left = "SELECT remaining FROM wallet.list_limit_use($1, 'LIMITED')"
        assert await proxy.fetchval(left, user) == 0
    assert await proxy.fetch("SELECT * FROM wallet.verify()") == []
