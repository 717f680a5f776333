"""The checker is worth its trust: what it is there for is planted, and found.

The meetings that show a fault are steered by locks, so each run has them. A sound build goes
through the same meetings without a finding.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import asyncpg
import pytest

from tests.soak.checker import Report, check
from tests.soak.history import Request
from tests.soak.load import GOLD, SILVER, Game, SqlWay, create_catalogue, create_users
from tests.soak.world import until

PLAYERS = 6
REQUESTS = 300

# Not an UPDATE: who waits for one has to look for the row's new version, and can be overtaken then.
LOCK_WALLET = """
SELECT FROM wallet_private.wallet WHERE user_id = $1
AND asset_id = (SELECT asset_id FROM wallet_private.asset WHERE code = $2) FOR UPDATE"""
# Who has been given its lock, but has not woken yet, still seems to wait; nobody blocks it.
WAITING = """
SELECT count(*) FROM pg_stat_activity, pg_blocking_pids(pid) AS blocking
WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND blocking <> '{}' AND NOT $1 = ANY (blocking)"""

SNAPSHOT = r"""balance = (
    SELECT x.balance FROM wallet_private.wallet AS x
    WHERE x.user_id = \1.user_id AND x.asset_id = \1.asset_id
) +"""


@dataclass(frozen=True)
class Fault:
    patches: tuple[tuple[str, str], ...] = ()  # (pattern, replacement) in the functions' text
    sql: str = ""


FAULTS = {
    "key check removed": Fault(
        (
            (r"ON CONFLICT \(user_id, hashtextextended\(idempotency_key, 0\)\) DO NOTHING", ""),
            (
                r"\bhashtextextended\(t\.idempotency_key, 0\)"
                r"\s+= hashtextextended\(\S+\.idempotency_key, 0\)",
                "false",
            ),
        ),
        "DROP INDEX wallet_private.transfer_key_idx",
    ),
    "absolute updates": Fault(((r"\bbalance = (\w+)\.balance \+", SNAPSHOT),)),
    "lock order reversed": Fault(((r"\bORDER BY u\.asset_id\b", "ORDER BY u.asset_id DESC"),)),
    "task without limit": Fault(((r"v_last\.ordinal >= p_task\.max_completions", "false"),)),
    "item without limit": Fault(((r"v_owned \+ p_quantity > p_item\.max_per_user", "false"),)),
    "hold kept after its capture": Fault(
        ((r"= h\.captured - p_transfer\.amount", "= h.captured"),)
    ),
    "stock not taken": Fault(((r"\bSET stock = i\.stock - p_quantity", "SET stock = i.stock"),)),
    "supply not taken": Fault(
        ((r"\bSET available = (s\.available) - p_\S+", r"SET available = \1"),)
    ),
}


async def plant(connection: asyncpg.Connection, fault: Fault) -> None:
    """Rewrite the functions; a pattern that nothing has is an error."""
    sql = """SELECT pg_get_functiondef(p.oid) FROM pg_proc AS p
        WHERE p.pronamespace = 'wallet_private'::regnamespace AND p.prokind = 'f'"""
    if fault.sql:
        await connection.execute(fault.sql)
    for pattern, replacement in fault.patches:
        found = 0
        for (text,) in await connection.fetch(sql):
            planted, count = re.subn(pattern, replacement, text)
            found += count
            if count:
                await connection.execute(planted)
        assert found > 0, f"no function has {pattern}"


class Gate:
    """A wallet's lock, which others wait for."""

    def __init__(self, holder: asyncpg.Connection, watcher: asyncpg.Connection) -> None:
        self.holder, self.watcher = holder, watcher

    @asynccontextmanager
    async def closed(self, user: UUID, asset: str) -> AsyncIterator[None]:
        async with self.holder.transaction():
            await self.holder.execute(LOCK_WALLET, user, asset)
            yield

    async def until_waiting(self, count: int, *, for_others: bool = False) -> None:
        """So many wait for a lock; or for others only, and not for this gate."""
        pid = self.holder.get_server_pid() if for_others else 0

        async def is_so() -> bool:
            return await self.watcher.fetchval(WAITING, pid) == count

        await until(is_so, f"not {count} wait")


async def meet(connect: Callable[[], Awaitable[asyncpg.Connection]]) -> Report:
    """A game, and after it what chance need not have brought."""
    first = await connect()
    rules = await create_catalogue(first)
    game = Game(rules, await create_users(first), seed=1)
    ways = [SqlWay(await connect()) for _ in range(PLAYERS)]
    gold, silver = [Gate(await connect(), first) for _ in range(2)]
    user = game.users[0]

    async def ask(way: SqlWay, *requests: Request) -> None:
        await game.until_answered(way, requests)

    def topup(asset: str) -> Request:
        return game.new(user, "topup", {"asset": asset, "amount": Decimal(50)})

    async def is_played() -> bool:
        return len(game.asked) >= REQUESTS

    async with asyncio.TaskGroup() as players:
        for way, other in pairwise([*ways, ways[0]]):
            players.create_task(game.play(way, other))
        await until(is_played, "the game does not go on")
        game.is_on = False

    # The same request, one after the other and all at once.
    request = topup(GOLD)
    await ask(ways[0], request)
    await asyncio.gather(*(ask(way, request) for way in ways))

    # A hold that is captured in part.
    hold = game.new(user, "place_hold", {"asset": GOLD, "amount": Decimal(2), "expires_in": 86_400})
    await ask(ways[0], hold)
    part = {"hold_id": hold.accepted.receipt["hold_id"], "amount": Decimal(1)}
    await ask(ways[0], game.new(user, "capture_hold", part))

    # Someone who wants more than anyone may have.
    for task_id, task in rules.tasks.items():
        for _ in range(task.most + 1):
            await ask(ways[0], game.new(user, "complete_task", {"task_id": task_id}))
    for item_id, item in rules.items.items():
        for _ in range(item.most + 1):
            arguments = {"item_id": item_id, "quantity": 1, "expected_price": None}
            await ask(ways[0], game.new(user, "buy_item", arguments))

    # All wait for the wallet, and have seen its balance as it was before.
    async with silver.closed(user, SILVER):
        asked = asyncio.gather(*(ask(way, topup(SILVER)) for way in ways))
        await silver.until_waiting(len(ways))
    await asked

    # Two who need the same two wallets get as far as their first one, then go on to the other.
    arguments = {"from_asset": GOLD, "to_asset": SILVER, "amount": Decimal(2)}
    async with asyncio.TaskGroup() as both, silver.closed(user, SILVER):
        async with gold.closed(user, GOLD):
            both.create_task(ask(ways[0], game.new(user, "convert", arguments)))
            await gold.until_waiting(1)
            both.create_task(ask(ways[1], topup(GOLD), topup(SILVER)))
            await gold.until_waiting(2)
        await gold.until_waiting(2, for_others=True)

    return await check(first, rules, game.asked)


def subjects(report: Report) -> set[str]:
    return {finding.partition(":")[0] for finding in report.findings}


async def test_a_sound_build_has_no_finding(connect):
    report = await meet(connect)
    assert report.findings == []


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("key check removed", "doubled"),
        ("absolute updates", "the balance"),
        ("lock order reversed", "a wrong answer"),
        ("task without limit", "should have been refused"),
        ("item without limit", "should have been refused"),
        ("hold kept after its capture", "holds"),
        ("stock not taken", "stock"),
        ("supply not taken", "supply"),
    ],
)
async def test_a_planted_fault_is_found(connect, fault, finding):
    await plant(await connect(), FAULTS[fault])
    report = await meet(connect)
    assert finding in subjects(report), report.findings[:5]


async def test_a_fault_that_finds_nothing_to_replace_is_an_error(connect):
    with pytest.raises(AssertionError, match="no function has"):
        await plant(await connect(), Fault((("what no function has", ""),)))
