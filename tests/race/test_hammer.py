"""Everything at once, at random: no deadlock, no broken rule, and books that a model reproduces.

PGWALLET_TEST_OPERATIONS=100000 makes it as long as that.
"""

import asyncio
import itertools
import os
import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from tests.race.arena import (
    GOLD,
    PRICE,
    SILVER,
    Arena,
    Batch,
    Call,
    Refusal,
    Row,
    batch,
    call,
    fresh,
)
from tests.race.model import Model

SESSIONS = 16
OPERATIONS = int(os.environ.get("PGWALLET_TEST_OPERATIONS", "10000"))
SECONDS = OPERATIONS / 100  # on a very busy machine

CAPPED, POINTS = "CAPPED", "POINTS"
STOCK = 300

NEVER_NEGATIVE = """
SELECT least(
    (SELECT min(least(w.balance, w.held, w.balance - w.held)) FROM wallet_private.wallet AS w),
    (SELECT min(s.available) FROM wallet_private.supply AS s),
    (SELECT min(i.stock) FROM wallet_private.item AS i),
    (
        SELECT min(a.supply - (
            SELECT sum(w.balance) FROM wallet_private.wallet AS w WHERE w.asset_id = a.asset_id
        ))
        FROM wallet_private.asset AS a
    )
) AS least"""


class Game:
    """Thinks of the next call, and remembers what came of those before."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.users: list[UUID] = []
        self.assets = [GOLD, SILVER, POINTS, CAPPED]
        self.tasks: list[int] = []
        self.items: list[int] = []
        self.holds: list[Row] = []
        self.moved: list[Row] = []
        self.asked: list[Call] = []
        self.said: list[tuple[Call, Row | Refusal]] = []
        self.calls: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()

    async def prepare(self, arena: Arena) -> None:
        await arena.do("create_asset", POINTS, "Points", scale=2)
        await arena.do("create_asset", CAPPED, "Capped", supply=500)
        self.users = await arena.users(6)
        for there, back in itertools.permutations(self.assets, 2):
            await arena.first.ask(self.rate(there, back, 0))
        for asset in self.assets:
            self.items.append(await arena.item(asset, 3, stock=STOCK, max_per_user=60))
            self.tasks.append(await arena.task(asset, 40, max_completions=25))

    def think(self) -> Call:
        chance = self.chance.random()
        if chance < 0.93:
            call = self.movement()
        elif chance < 0.95:
            call = self.batch()
        else:
            call = self.operation()
        self.calls[call.function] += 1
        return call

    def movement(self) -> Call:
        """A new one, or one that was asked before, or another one with the same key."""
        chance = self.chance.random()
        if self.asked and chance < 0.1:
            return self.chance.choice(self.asked[-200:])
        user, key = self.chance.choice(self.users), fresh("key")
        if self.asked and chance < 0.15:
            before = self.chance.choice(self.asked[-200:])
            user, key = before.user, before.key
        self.asked.append(self.request(user, key))
        return self.asked[-1]

    def request(self, user: UUID, key: str) -> Call:
        functions = {
            "topup": 18, "bonus": 4, "adjust": 3, "spend": 18, "convert": 16, "complete_task": 6,
            "buy_item": 10, "place_hold": 8, "capture_hold": 8, "release_hold": 4, "reverse": 8,
        }  # fmt: skip
        [function] = self.chance.choices(list(functions), list(functions.values()))
        asset, amount = self.chance.choice(self.assets), self.amount()
        if function == "convert":
            there, back = self.chance.sample(self.assets[:4], 2)
            amount *= PRICE if back == GOLD else 2
            return call("convert", user, there, back, amount, key)
        if function == "adjust":
            signed = self.chance.choice([amount, -amount])
            return call("adjust", user, asset, signed, key, "correction")
        if function == "complete_task":
            return call("complete_task", user, self.chance.choice(self.tasks), key)
        if function == "buy_item":
            item, quantity = self.chance.choice(self.items), self.chance.randint(1, 3)
            return call("buy_item", user, item, quantity, None, key)
        if function == "place_hold":
            expires_in = timedelta(seconds=self.chance.choice([1, 1, 3600]))
            return call("place_hold", user, asset, amount, expires_in, key)
        if function in ("capture_hold", "release_hold") and self.holds:
            hold = self.chance.choice(self.holds[-30:])
            if function == "release_hold":
                return call("release_hold", hold["user_id"], hold["hold_id"], key)
            part = self.chance.choice([None, amount])
            return call("capture_hold", hold["user_id"], hold["hold_id"], part, key)
        if function == "reverse" and self.moved:
            moved = self.chance.choice(self.moved[-100:])
            part = self.chance.choice([None, amount])
            policy = self.chance.choice(["reject", "clamp"])
            user, transaction = moved["user_id"], moved["transaction_id"]
            return call("reverse", user, transaction, part, "mistake", key, policy=policy)
        if function != "spend":
            return call(self.chance.choice(["topup", "bonus"]), user, asset, 3 * amount, key)
        return call("spend", user, asset, amount, key)

    def amount(self) -> int:
        return self.chance.choice([1, 1, 2, 3, 5, 10, 30])

    def batch(self) -> Batch:
        calls = []
        for _ in range(self.chance.randint(2, 20)):
            function = self.chance.choice(["topup", "bonus", "spend"])
            user, asset = self.chance.choice(self.users), self.chance.choice(self.assets)
            calls.append(call(function, user, asset, self.amount(), fresh("key")))
        self.asked += calls
        return batch(calls)

    def operation(self) -> Call:
        chance = self.chance.random()
        if chance < 0.4:
            status = self.chance.choices(["active", "frozen"], [5, 1])[0]
            return call("set_user_status", self.chance.choice(self.users), status)
        if chance < 0.55:
            cap = self.chance.choice([None, 300, 500, 800, 1000])
            return call("change_supply", CAPPED, cap)
        if chance < 0.75:
            return call("expire_holds")
        if chance < 0.8:
            price = self.chance.randint(1, 5)
            return call("update_item", self.chance.choice(self.items), price=price)
        if chance < 0.85:
            is_archived = self.chance.random() < 0.3
            return call("update_asset", POINTS, is_archived=is_archived)
        if chance < 0.95 or len(self.assets) > 8:
            there, back = self.chance.sample([SILVER, POINTS, CAPPED, GOLD], 2)
            return self.rate(there, back, self.chance.choice([-1, 0, 1]))
        return call("create_asset", fresh("LATER"), "Its wallets are opened when they are needed")

    def rate(self, there: str, back: str, loss: int) -> Call:
        """Fair if nothing is lost by it; by a loss below zero a round trip would gain."""
        price = {GOLD: PRICE}
        give, get = price.get(back, 1), price.get(there, 1)
        return call("set_conversion_rate", there, back, 2 * give + loss, 2 * get)

    def hear(self, call: Call, answer: Row | Refusal) -> None:
        if isinstance(answer, Refusal):
            self.codes[answer.code] += 1
        if call.function == "create_asset":
            self.assets.append(answer["asset"])
        elif isinstance(call, Batch):
            for request, result in zip(call.arguments, answer["results"], strict=True):
                self.hear(request, result)
        elif call.keys:
            self.said.append((call, answer))
            if isinstance(answer, Refusal) or answer["is_replay"]:
                return
            if call.function == "place_hold":
                self.holds.append(answer)
            elif "transaction_id" in answer:
                self.moved.append(answer)


async def test_everything_at_once(arena):
    game = Game(seed=1)
    await game.prepare(arena)

    async with (
        arena.watch(NEVER_NEGATIVE) as samples,
        arena.watch("SELECT count(*) FROM wallet.verify($1)", game.users[0], pause=0.1) as findings,
    ):
        answers = await arena.keep_asking(
            [game.think] * SESSIONS, SECONDS, limit=OPERATIONS, hear=game.hear
        )

    # It was a fair game: all had their turn, and were accepted and refused.
    assert len(answers) >= OPERATIONS
    assert len(samples) > 100
    assert min(game.calls.values()) > 0
    assert len(game.calls) == 19
    accepted = Counter(call.function for call, answer in game.said if isinstance(answer, dict))
    assert len(accepted) == 11
    codes = {"WA301", "WA307", "WA309", "WA401", "WA402", "WA408", "WA501", "WA503"}
    assert game.codes.keys() >= codes

    assert {row["count"] for row in findings} == {0}
    assert min(row["least"] for row in samples) >= 0
    await check_that_a_model_agrees(arena, game)


async def check_that_a_model_agrees(arena: Arena, game: Game) -> None:
    await asyncio.sleep(1.05)  # The short holds expire.
    now = await arena.first.fetchval("SELECT now()")
    seqs = await arena.first.fetch("SELECT transaction_id, asset, seq FROM wallet.transaction")
    model = Model(game.said, {(row["transaction_id"], row["asset"]): row["seq"] for row in seqs})

    for user in game.users:
        for asset in game.assets:
            balance = await arena.do("get_balance", user, asset)
            assert balance["balance"] == model.balances[user, asset]
            assert balance["held"] == model.held((user, asset), now)
    for item in await arena.first.fetch("SELECT * FROM wallet.list_items()"):
        assert item["stock"] == STOCK - model.sold[item["item_id"]]
    owned = await arena.first.fetch(
        """SELECT user_id, item_id, sum(quantity - returned) AS owned
        FROM wallet_private.purchase GROUP BY 1, 2"""
    )
    assert {(row["user_id"], row["item_id"]): row["owned"] for row in owned} == model.owned
    assert max(model.owned.values()) <= 60
    completions = await arena.first.fetch(
        "SELECT user_id, task_id, count(*) FROM wallet_private.task_completion GROUP BY 1, 2"
    )
    assert {(row["user_id"], row["task_id"]): row["count"] for row in completions} == (
        model.completions
    )
    assert max(model.completions.values()) <= 25
    for asset in game.assets:
        outstanding = sum(
            (balance for (_, each), balance in model.balances.items() if each == asset), Decimal(0)
        )
        assert await arena.outstanding(asset) == outstanding
