"""A cap and a stock are exact over all partitions, and the last unit goes to whoever asks."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from pgwallet.cluster.verify import verify
from tests.support.clusters import ClusterDatabase

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
async def books_are_right(wallet: ClusterDatabase) -> AsyncIterator[None]:
    yield
    assert await verify(wallet.cluster) == []


class World:
    """Users everywhere, and what they want."""

    def __init__(self, wallet: ClusterDatabase, proxy: asyncpg.Connection) -> None:
        self.wallet, self.proxy = wallet, proxy

    async def users(self, count: int) -> list[UUID]:
        """Ten or more are everywhere."""
        made = "SELECT user_id FROM wallet.create_user()"
        while True:
            users = [await self.proxy.fetchval(made) for _ in range(count)]
            places = {await self.proxy.fetchval("SELECT uuid_hash($1) & 3", user) for user in users}
            if count < 10 or len(places) == 4:
                return users

    async def asset(self, supply: int | None, **more: Any) -> str:
        code = f"ASSET_{next(_numbers)}"
        named = "".join(f", p_{name} => {value}" for name, value in more.items())
        made = f"SELECT wallet.create_asset($1, 'An asset', p_supply => $2{named})"
        await self.proxy.execute(made, code, supply)
        return code

    async def item(self, asset: str, stock: int) -> int:
        made = "SELECT item_id FROM wallet.create_item($1, 'An item', $2, 1, $3)"
        return await self.proxy.fetchval(made, f"item_{next(_numbers)}", asset, stock)

    async def outstanding(self, asset: str) -> int:
        return int(await self.proxy.fetchval("SELECT outstanding FROM wallet.treasury($1)", asset))

    async def at_once(self, sql: str, rows: list[tuple[Any, ...]]) -> Counter[str]:
        sessions = await asyncio.gather(*(self.wallet.connect() for _ in rows))
        try:
            asked = [
                code_of(session, sql, row) for session, row in zip(sessions, rows, strict=True)
            ]
            return Counter(await asyncio.gather(*asked))
        finally:
            await asyncio.gather(*(session.close() for session in sessions))


async def code_of(session: asyncpg.Connection, sql: str, row: tuple[Any, ...]) -> str:
    try:
        await session.execute(sql, *row)
    except asyncpg.PostgresError as error:
        return str(error.sqlstate)
    return "done"


@pytest.fixture
def world(wallet: ClusterDatabase, proxy: asyncpg.Connection) -> World:
    return World(wallet, proxy)


TOPUP = "SELECT wallet.topup($1, $2, $3, $4)"
BUY = "SELECT wallet.buy_item($1, $2, 1, NULL, $3)"


async def test_whoever_asks_gets_all_of_a_cap(world: World) -> None:
    asset = await world.asset(1000)
    for user in await world.users(12):
        await world.proxy.execute(TOPUP, user, asset, 1000, "all")
        assert await world.outstanding(asset) == 1000
        spend = "SELECT wallet.spend($1, $2, $3, $4)"
        await world.proxy.execute(spend, user, asset, 1000, "back")


@pytest.mark.parametrize("turn", range(3))
async def test_a_cap_is_used_up_exactly(world: World, turn: int) -> None:
    asset = await world.asset(100)
    users = await world.users(40)
    outcomes = await world.at_once(TOPUP, [(user, asset, 5, "key") for user in users])
    assert outcomes == {"done": 20, "WA402": 20}
    assert await world.outstanding(asset) == 100


@pytest.mark.parametrize("turn", range(3))
async def test_the_last_item_goes_to_one_of_50_buyers(world: World, turn: int) -> None:
    asset = await world.asset(None)
    item = await world.item(asset, 1)
    users = await world.users(50)
    for user in users:
        await world.proxy.execute(TOPUP, user, asset, 1, "pay")
    outcomes = await world.at_once(BUY, [(user, item, "key") for user in users])
    assert outcomes == {"done": 1, "WA403": 49}
    stock = "SELECT stock FROM wallet.list_items() WHERE item_id = $1"
    assert await world.proxy.fetchval(stock, item) == 0


async def test_who_can_t_pay_keeps_nobody_from_the_last_item(world: World) -> None:
    asset = await world.asset(None)
    item = await world.item(asset, 5)
    users = await world.users(40)
    for user in users[:5]:
        await world.proxy.execute(TOPUP, user, asset, 1, "pay")
    outcomes = await world.at_once(BUY, [(user, item, "key") for user in users])
    assert outcomes["done"] == 5
    assert outcomes.keys() <= {"done", "WA401", "WA403"}


async def test_sign_ups_share_a_capped_bonus(world: World) -> None:
    asset = await world.asset(70, sign_up_bonus=10)
    rows = [(f"{uuid4().hex}@example.com",) for _ in range(12)]
    outcomes = await world.at_once("SELECT wallet.sign_up('Ann', $1, NULL, 'hash')", rows)
    assert outcomes == {"done": 12}  # a cap that is reached keeps nobody from joining
    assert await world.outstanding(asset) == 70
    await world.proxy.execute("SELECT wallet.update_asset($1, p_sign_up_bonus => 0)", asset)


async def test_a_batch_and_grants_use_a_cap_up(world: World) -> None:
    asset = await world.asset(100)
    users = await world.users(30)
    requests = [(user, "TOPUP", asset, Decimal(3), "batch", None, None) for user in users]
    rows = await world.proxy.fetch(
        "SELECT * FROM wallet.post_batch($1::wallet.request[])", requests[:20]
    )
    assert Counter(row["code"] for row in rows) == {None: 20}
    await world.proxy.execute("SELECT wallet.create_campaign($1, $1)", asset)
    grants = [(user, None, None, Decimal(4), None) for user in users]
    give = "SELECT users, refusals FROM wallet.grant_batch($1, $2::wallet.grant_request[])"
    result = await world.proxy.fetchrow(give, asset, grants)
    assert result["users"] == 10
    assert Counter(refusal["code"] for refusal in result["refusals"]) == {"WA402": 20}
    assert await world.outstanding(asset) == 100


@pytest.mark.parametrize("kind", ["supply", "stock"])
async def test_what_somebody_took_and_never_gave_is_not_lost(world: World, kind: str) -> None:
    """He crashed in between."""
    asset = await world.asset(50)
    item = await world.item(asset, 50)
    code = await world.proxy.fetchval(
        "SELECT CASE $2 WHEN 'supply' THEN $3 ELSE code END FROM wallet.list_items()"
        " WHERE item_id = $1",
        item,
        kind,
        asset,
    )
    take = f"SELECT wallet_private.take_share('{uuid4()}', '{kind}', '{code}', 50, 2)"
    assert world.wallet.parts[0].psql(take) == "50"
    user, *_ = await world.users(1)
    if kind == "supply":
        await world.proxy.execute(TOPUP, user, asset, 50, "all")
    else:
        await world.proxy.execute(TOPUP, user, asset, 50, "pay")
        buy = "SELECT wallet.buy_item($1, $2, 50, NULL, 'buy')"
        await world.proxy.execute(buy, user, item)


async def test_a_move_that_is_given_twice_counts_once(world: World) -> None:
    asset = await world.asset(50)
    move = uuid4()
    zero, one = world.wallet.parts[:2]
    zero.psql(f"SELECT wallet_private.take_share('{move}', 'supply', '{asset}', 10, 1)")
    for _ in range(2):
        one.psql(f"SELECT wallet_private.give_share('{move}', 'supply', '{asset}', 25, 0)")
    has = "SELECT available FROM wallet_private.see_share('supply', '{}')"
    assert [float(part.psql(has.format(asset))) for part in (zero, one)] == [25, 25]


async def test_a_short_partition_says_so_while_another_is_away(world: World) -> None:
    asset = await world.asset(10)
    users = await world.users(12)
    places = [await world.proxy.fetchval("SELECT uuid_hash($1) & 3", user) for user in users]
    user = users[places.index(1)]
    away = world.wallet.parts[0]
    away.server.admin(f'ALTER DATABASE "{away.name}" ALLOW_CONNECTIONS false')
    away.server.admin(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{away.name}'"
    )
    try:
        assert await code_of(world.proxy, TOPUP, (user, asset, 1, "key")) == "WA601"
    finally:
        away.server.admin(f'ALTER DATABASE "{away.name}" ALLOW_CONNECTIONS true')
    await code_of(world.proxy, TOPUP, (user, asset, 1, "key"))
    assert await code_of(world.proxy, TOPUP, (user, asset, 1, "key")) == "done"
    assert await world.outstanding(asset) == 1


CHANGES = {
    "supply": "SELECT wallet.change_supply($1, $2)",
    "budget": "SELECT wallet.change_budget($1, $2)",
    "stock": "SELECT wallet.update_item($1, p_stock => coalesce($2, -1))",
}
TOO_LOW = {"supply": "WA409", "budget": "WA411"}
USED_UP = {"supply": "WA402", "budget": "WA410", "stock": "WA403"}


class Scarce:
    """Something that is used by users everywhere, a unit at a time."""

    def __init__(self, world: World, kind: str) -> None:
        self.world, self.kind, self.numbers = world, kind, itertools.count(1)
        self.users: list[UUID] = []
        self.asset = self.campaign = ""
        self.item = 0

    async def begin(self, whole: int | None) -> None:
        self.users = await self.world.users(16)
        self.asset = await self.world.asset(whole if self.kind == "supply" else None)
        self.campaign = f"campaign_{self.asset}"
        if self.kind == "budget":
            made = "SELECT wallet.create_campaign($1, $2, $3)"
            await self.world.proxy.execute(made, self.campaign, self.asset, whole)
        elif self.kind == "stock":
            made = "SELECT item_id FROM wallet.create_item($1, 'An item', $1, 1, $2)"
            self.item = await self.world.proxy.fetchval(made, self.asset, whole)
            for user in self.users:
                await self.world.proxy.execute(TOPUP, user, self.asset, 100, "pay")

    async def use(self, session: asyncpg.Connection, user: UUID) -> str:
        """One of it; a campaign gives to each user once, so it is somebody new."""
        if self.kind == "supply":
            row = (user, self.asset, 1, f"key {next(self.numbers)}")
            return await code_of(session, TOPUP, row)
        if self.kind == "stock":
            return await code_of(session, BUY, (user, self.item, f"key {next(self.numbers)}"))
        user = await session.fetchval("SELECT user_id FROM wallet.create_user()")
        give = "SELECT refusals FROM wallet.grant_batch($1, $2::wallet.grant_request[])"
        refusals = await session.fetchval(give, self.campaign, [(user, None, None, 1, None)])
        return refusals[0]["code"] if refusals else "done"

    async def use_until(self, refused: int) -> int:
        """How many were to be had, by several at once, until each is refused so often."""
        sessions = [await self.world.wallet.connect() for _ in range(4)]

        async def go(session: asyncpg.Connection) -> int:
            used = failed = 0
            while failed < refused:
                code = await self.use(session, random.choice(self.users))
                assert code in ("done", USED_UP[self.kind]), code
                used += code == "done"
                failed += code != "done"
            return used

        try:
            return sum(await asyncio.gather(*map(go, sessions)))
        finally:
            await asyncio.gather(*(session.close() for session in sessions))

    async def change(self, whole: int | None) -> str:
        what = {"supply": self.asset, "budget": self.campaign, "stock": self.item}[self.kind]
        return await code_of(self.world.proxy, CHANGES[self.kind], (what, whole))


@pytest.mark.parametrize("kind", CHANGES)
async def test_it_is_changed_exactly(world: World, kind: str) -> None:
    """More, less, no limit, the first limit, while all partitions have used some of it."""
    scarce = Scarce(world, kind)
    await scarce.begin(20)
    assert await scarce.use_until(1) == 20
    assert await scarce.change({"supply": 27, "budget": 27, "stock": 7}[kind]) == "done"
    assert await scarce.use_until(1) == 7
    assert await scarce.change({"supply": 40, "budget": 40, "stock": 13}[kind]) == "done"
    assert await scarce.change({"supply": 30, "budget": 30, "stock": 3}[kind]) == "done"
    assert await scarce.use_until(1) == 3
    if kind in TOO_LOW:
        assert await scarce.change(29) == TOO_LOW[kind]
    assert await scarce.change(None) == "done"
    codes = [await scarce.use(world.proxy, user) for user in scarce.users * 2]
    assert set(codes) == {"done"}
    used = 30 + len(codes)
    if kind in TOO_LOW:
        assert await scarce.change(used - 1) == TOO_LOW[kind]
        assert await scarce.use(world.proxy, scarce.users[0]) == "done"  # there is no limit
        used += 1
    assert await scarce.change(used + 5 if kind in TOO_LOW else 5) == "done"
    assert await scarce.use_until(1) == 5
    if kind == "budget":
        [row] = [
            row for row in await world.proxy.fetch("SELECT * FROM wallet.list_campaigns()")
            if row["campaign"] == scarce.campaign
        ]  # fmt: skip
        assert (row["budget"], row["granted"], row["remaining"]) == (used + 5, used + 5, 0)
        assert row["users"] == used + 5


@pytest.mark.parametrize("kind", CHANGES)
async def test_a_change_while_it_is_used_loses_and_doubles_nothing(world: World, kind: str) -> None:
    """Nobody is refused as long as there is some, and what was used is what is counted."""
    scarce = Scarce(world, kind)
    await scarce.begin(1000)
    using = asyncio.create_task(scarce.use_until(1))
    for whole in (900, 1100, 700, 1000):
        assert await scarce.change(whole) == "done"
        assert not using.done()
    stock = "SELECT stock FROM wallet.list_items() WHERE item_id = $1"
    while kind == "stock" and await world.proxy.fetchval(stock, scarce.item) == 1000:
        pass
    # Down to what has been used by then, or a little more.
    last = {"supply": 20, "budget": 20, "stock": 0}[kind]
    while await scarce.change(last) != "done":
        last += 20
    assert await using > 0
    if kind == "supply":
        assert await world.outstanding(scarce.asset) == last
    elif kind == "stock":
        assert await world.proxy.fetchval(stock, scarce.item) == 0


@pytest.mark.parametrize("kind", CHANGES)
async def test_a_change_that_failed_halfway_is_done_again(world: World, kind: str) -> None:
    """A partition is away; or the proxy was killed when some had the limit."""
    scarce = Scarce(world, kind)
    await scarce.begin(None)
    codes = [await scarce.use(world.proxy, user) for user in scarce.users]
    assert set(codes) == {"done"}
    whole = 16 + 9 if kind in TOO_LOW else 9
    with world.wallet.away(1):
        assert await scarce.change(whole) == "WA601"
    what = scarce.campaign if kind == "budget" else scarce.asset
    for part in world.wallet.parts[2:]:
        part.psql(
            f"SELECT wallet_private.limit_share('{kind}', '{what}', 7, '{uuid4()}', 'somebody')"
        )
    assert await scarce.change(whole) == "done"
    assert await scarce.use_until(1) == 9
    for part in world.wallet.parts[2:]:
        part.psql(f"SELECT wallet_private.lift_share('{kind}', '{what}', 'somebody')")
    assert await scarce.change(None) == "done"
    codes = [await scarce.use(world.proxy, user) for user in scarce.users]
    assert set(codes) == {"done"}


async def test_thousands_of_grants_use_a_budget_up(world: World) -> None:
    """All of it is in partition 0; all others get theirs at once."""
    asset = await world.asset(None)
    requests = [(f"{asset} {number}", None, None, None) for number in range(300)]
    await world.proxy.execute("SELECT wallet.import_users($1::wallet.user_request[])", requests)
    await world.proxy.execute("SELECT wallet.create_campaign($1, $1, 1000)", asset)
    grants = [(None, row[0], None, 4, None) for row in requests]
    give = "SELECT users, amount, refusals FROM wallet.grant_batch($1, $2::wallet.grant_request[])"
    result = await world.proxy.fetchrow(give, asset, grants)
    assert (result["users"], result["amount"]) == (250, 1000)
    assert Counter(refusal["code"] for refusal in result["refusals"]) == {"WA410": 50}
    assert await world.outstanding(asset) == 1000


async def test_nobody_takes_a_share_out_of_turn(world: World) -> None:
    """Somebody changes how much there is: who is short waits until he has."""
    asset = await world.asset(None)
    item = await world.item(asset, 5)
    users = await world.users(12)
    places = [await world.proxy.fetchval("SELECT uuid_hash($1) & 3", user) for user in users]
    user = users[places.index(1)]  # all of it is in partition 0
    await world.proxy.execute(TOPUP, user, asset, 1, "pay")
    turn = await world.wallet.parts[0].connect()
    await turn.execute("SELECT wallet_private.take_turn()")
    asked = asyncio.create_task(code_of(world.proxy, BUY, (user, item, "key")))
    await asyncio.sleep(0.5)
    assert not asked.done()
    await turn.close()
    assert await asked == "done"


async def test_nobody_is_refused_while_a_limit_is_lifted(world: World) -> None:
    """Partition 0 has none any more, partition 1 still has."""
    asset = await world.asset(None)
    item = await world.item(asset, 0)
    code = await world.proxy.fetchval(
        "SELECT code FROM wallet.list_items() WHERE item_id = $1", item
    )
    users = await world.users(12)
    places = [await world.proxy.fetchval("SELECT uuid_hash($1) & 3", user) for user in users]
    user = users[places.index(1)]
    await world.proxy.execute(TOPUP, user, asset, 1, "pay")
    lift = f"SELECT wallet_private.lift_share('stock', '{code}', 'somebody')"
    world.wallet.parts[0].psql(lift)
    asked = asyncio.create_task(code_of(world.proxy, BUY, (user, item, "key")))
    await asyncio.sleep(0.5)
    assert not asked.done()
    for part in world.wallet.parts[1:]:
        part.psql(lift)
    assert await asked == "done"
    await world.proxy.execute("SELECT wallet.update_item($1, p_stock => -1)", item)
