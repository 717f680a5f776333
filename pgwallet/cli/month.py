"""The demo's past: a month of some players, brought over as from another wallet."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pgwallet.cli.import_history import CALL

PLAYERS = 36
DAYS = 30
_SHOP = {"sword": 30, "shield": 45, "boots": 15}
_PACKS = (100, 100, 100, 250, 600)


async def seed_month(connection: Any) -> None:
    """Makes the players and their past: the days before today."""
    await connection.execute("SET LOCAL ROLE wallet_owner")
    users = [(name, name.capitalize(), None, None) for name in _names()]
    await connection.execute("SELECT wallet.import_users($1::wallet.user_request[])", users)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = list(history(today - timedelta(days=DAYS)))
    answer = await connection.fetchrow(CALL, lines, False)
    assert not answer["refusals"], answer["refusals"]
    await connection.execute("SELECT wallet.rank_users()")


def _names() -> list[str]:
    return [f"player-{number:02}" for number in range(1, PLAYERS + 1)]


def history(start: datetime) -> Iterator[tuple[Any, ...]]:
    """The lines of all players. They are always the same, whenever they start."""
    chance = random.Random(1)
    for number, name in enumerate(_names()):
        yield from _Player(name, chance, is_payer=number % 4 == 0).play(start)


class _Player:
    def __init__(self, name: str, chance: random.Random, *, is_payer: bool) -> None:
        self.name, self.chance, self.is_payer = name, chance, is_payer
        self.has: Counter[str] = Counter()
        self.now = datetime.min

    def play(self, start: datetime) -> Iterator[tuple[Any, ...]]:
        chance = self.chance
        joined = 0 if chance.random() < 0.4 else chance.randrange(DAYS - 3)
        zeal = chance.uniform(0.3, 0.95)
        for day in range(joined, DAYS):
            self.now = start + timedelta(days=day, minutes=chance.randrange(7 * 60, 21 * 60))
            if day == joined:
                yield self._move("BONUS", "GOLD", 20, "welcome")
                yield self._move("BONUS", "SILVER", 100, "tutorial")
            elif chance.random() > zeal:
                continue
            yield self._move("BONUS", "SILVER", 10, "daily_login")
            for _ in range(chance.choice((0, 1, 1, 2, 4))):
                yield self._move("BONUS", "SILVER", 50, "defeat_boss")
            if day % 7 > 4:
                yield self._move("BONUS", "POINTS", 250, "weekend")
            if self.is_payer and chance.random() < 0.3:
                yield self._move("TOPUP", "GOLD", chance.choice(_PACKS), "pack")
                yield self._move("BONUS", "POINTS", 500, "pack")
            if self.is_payer and chance.random() < 0.05:
                yield self._move("TOPUP", "DIAMOND", 10, "pack")
            if self.has["SILVER"] >= 500 and chance.random() < 0.7:
                yield self._move("ADJUST", "SILVER", -500, "conversion")
                yield self._move("ADJUST", "GOLD", 10, "conversion")
            item = chance.choice(list(_SHOP))
            if self.has["GOLD"] >= _SHOP[item] and chance.random() < 0.6:
                yield self._move("SPEND", "GOLD", _SHOP[item], item)
            if self.has["POINTS"] >= 1000:
                yield self._move("SPEND", "POINTS", 1000, "voucher")

    def _move(self, kind: str, asset: str, amount: int, reference: str) -> tuple[Any, ...]:
        self.has[asset] += -amount if kind == "SPEND" else amount
        self.now += timedelta(seconds=self.chance.randrange(20, 600))
        units = Decimal(amount)
        return None, self.name, None, asset, kind, units, self.now, None, reference, None
