"""The days of the economy, counted while all goes on: each transfer once, and none is missed."""

import asyncio
import math
import random
from collections import Counter
from datetime import timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import pytest

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


LINES = """
SELECT wallet_private.import_history(array(
    SELECT row(
        l.user_id, NULL, NULL, l.asset, l.kind, l.amount, now() - l.age, NULL, NULL, NULL
    )::wallet_private.history_line
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::numeric[], $5::interval[])
    AS l (user_id, asset, kind, amount, age)
    ORDER BY l.age DESC
))"""
LEDGER = """
SELECT t.user_id, t.kind, t.amount, t.balance_after, (t.created_at AT TIME ZONE 'UTC')::date AS day
FROM wallet_private.transfer AS t
INNER JOIN wallet_private.asset AS a ON t.asset_id = a.asset_id
WHERE a.code = $1 ORDER BY t.user_id, t.seq"""
TODAY = "SELECT (now() AT TIME ZONE 'UTC')::date"


@pytest.mark.parametrize(("scale", "most"), [(0, 90), (2, 9_000), (8, 10**15)])
async def test_how_balances_are_spread_and_who_leads_is_what_python_computes(arena, scale, most):
    """Of a random history. All that a step has is exact where balances have two digits."""
    chance = random.Random(scale)
    asset = fresh("SPREAD").upper()
    connection = await arena.database.connect()
    await connection.fetch("SELECT wallet.create_asset($1, 'Spread', $2)", asset, scale)
    users = await arena.users(60)
    unit = Decimal(1).scaleb(-scale)
    lines, has = [], Counter()
    for hours in sorted((chance.uniform(0, 24 * 40) for _ in range(1500)), reverse=True):
        user = chance.choice(users[:40])
        if chance.random() < 0.4 and has[user]:
            kind, amount = "SPEND", chance.choice((has[user], has[user] / 3))
        else:
            kind = chance.choice(("BONUS", "TOPUP"))
            amount = Decimal(most) ** Decimal(chance.random()) / 40
        amount = max(unit, amount.quantize(unit, ROUND_DOWN))
        has[user] += -amount if kind == "SPEND" else amount
        lines.append((user, asset, kind, amount, timedelta(hours=hours)))
    await connection.fetch(LINES, *map(list, zip(*lines, strict=True)))
    for user in users[30:]:
        await connection.fetch("SELECT wallet.bonus($1, $2, $3, 'gift')", user, asset, unit * 7)
        if user is users[50]:
            await connection.fetch("SELECT wallet.fold_economy(20)")

    ledger = await connection.fetch(LEDGER, asset)
    today = await connection.fetchval(TODAY)
    told = await connection.fetch("SELECT * FROM wallet.distribution($1)", asset)
    assert [row["day"] for row in told] == [today - timedelta(days=n) for n in range(29, -1, -1)]
    for row in told:
        until = [each for each in ledger if each["day"] <= row["day"]]
        last = {each["user_id"]: each["balance_after"] for each in until}
        balances = sorted(balance for balance in last.values() if balance)
        count, total = len(balances), sum(balances)
        assert row["holders"] == count > 20
        assert row["average"] == (total / count).quantize(unit / 100, ROUND_HALF_UP)
        differences = sum(abs(one - other) for one in balances for other in balances)
        exact = {
            "median": balances[(count - 1) // 2],
            "top_share": sum(balances[-math.ceil(count / 100) :]) / total,
            "gini": differences / (2 * count * total),
        }
        if scale:
            assert abs(row["median"] / exact["median"] - 1) < Decimal("0.1")
            assert abs(row["top_share"] / exact["top_share"] - 1) < Decimal("0.1")
            assert -Decimal("0.0001") <= exact["gini"] - row["gini"] <= Decimal("0.024")
        else:
            assert max(balances) < 100
            for name, value in exact.items():
                assert abs(row[name] - value) <= Decimal("0.00005"), name

    await connection.fetchval("SELECT wallet.fold_economy(100000)")
    await connection.fetchval("SELECT wallet.rank_users()")
    for days in (7, 30, 90):
        told = await connection.fetch("SELECT * FROM wallet.leaders($1, $2)", asset, days)
        for direction, kinds in (("earned", {"BONUS"}), ("spent", {"SPEND"})):
            sums = Counter()
            for each in ledger:
                if each["kind"] in kinds and 1 <= (today - each["day"]).days <= days:
                    sums[each["user_id"]] += abs(each["amount"])
            median = sorted(sums.values())[(len(sums) - 1) // 2]
            first = sorted(sums.items(), key=lambda one: (-one[1], one[0]))[:20]
            assert [
                (row["user_id"], row["amount"], row["users"], row["median"])
                for row in told if row["direction"] == direction
            ] == [(*one, len(sums), median) for one in first]  # fmt: skip
            assert len(first) > 5
    assert await connection.fetch("SELECT * FROM wallet.verify()") == []
    await connection.close()
