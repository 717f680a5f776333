"""The days of the economy, counted while all goes on: each transfer once, and none is missed."""

import asyncio
import random

from tests.race.arena import COPPER, GOLD, SILVER, call, fresh

SECONDS = 3
DIFFERENCES = """
SELECT count(*) FROM wallet.economy_daily AS v
FULL JOIN (
    SELECT * FROM wallet.economy() AS e WHERE e.issued + e.removed > 0
) AS e ON v.asset = e.asset AND v.day = e.day
WHERE (v.issued, v.removed, v.outstanding) IS DISTINCT FROM (e.issued, e.removed, e.outstanding)"""


async def test_each_transfer_is_counted_once_while_all_goes_on(arena):
    chance = random.Random(1)
    users = await arena.users(20)

    def move():
        asset = chance.choice((GOLD, SILVER, COPPER))
        return call("topup", chance.choice(users), asset, 1, fresh("topup"))

    async def be_slow() -> None:
        """Moves something in transactions that end long after others that began later."""
        connection = await arena.database.connect()
        for _ in range(4):
            async with connection.transaction():
                await connection.execute(
                    "SELECT wallet.bonus($1, 'GOLD', 1, $2)", chance.choice(users), fresh("slow")
                )
                await asyncio.sleep(SECONDS / 5)
        await connection.close()

    moves = [move] * 8
    folds = [lambda: call("fold_economy", chance.choice((1, 7, 50)))] * 3
    slow = asyncio.create_task(be_slow())
    await arena.keep_asking(moves + folds, SECONDS)
    await slow

    connection = await arena.database.connect()
    assert await connection.fetch("SELECT * FROM wallet.verify()") == []
    assert await connection.fetchval("SELECT sum(transfers) FROM wallet_private.daily") > 100
    while await connection.fetchval("SELECT wallet.fold_economy()"):
        pass
    counted, there = await connection.fetchrow(
        "SELECT (SELECT sum(transfers) FROM wallet_private.daily),"
        " (SELECT count(*) FROM wallet_private.transfer)"
    )
    assert counted == there
    assert await connection.fetchval(DIFFERENCES) == 0
    assert await connection.fetch("SELECT * FROM wallet.verify()") == []
    await connection.close()
