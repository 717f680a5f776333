"""Real purchases: CDNOW's customers earn points that expire, and redeem them.

Each dollar earns a point, which lives for three months. With each purchase a customer redeems half
of what there is. The purchases of a month are made, and a month goes by. What is left of each
credit, and what has expired, is what an oracle in plain Python says that uses the soonest to expire
first.
"""

import itertools
import os
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.race.test_lot_histories import time_machine
from tests.support import thirdparty

EVERY = int(os.environ.get("PGWALLET_TEST_CUSTOMERS", "200"))  # each so-manieth customer
LIVES = 3  # months

MAKE_USERS = """
SELECT count(wallet.create_user(p_external_id => c)) FROM unnest($1::text[]) AS c"""
# In their order: a nested loop over the arrays.
MOVE = """
SELECT count(CASE m.kind
    WHEN 'earn' THEN wallet.bonus(u.user_id, 'CDS', m.amount, m.key)
    ELSE wallet.spend(u.user_id, 'CDS', m.amount, m.key)
END)
FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[]) WITH ORDINALITY
    AS m (customer, kind, amount, key, place)
CROSS JOIN LATERAL (
    SELECT a.user_id FROM wallet_private.user_account AS a
    WHERE a.external_id = m.customer ORDER BY m.place
) AS u"""
LEFT = """
SELECT u.external_id, array_agg(l.remaining::integer ORDER BY l.ordinality) AS left
FROM wallet_private.user_account AS u
CROSS JOIN LATERAL wallet.list_lots(u.user_id, 'CDS') WITH ORDINALITY AS l
GROUP BY u.external_id"""
EXPIRED = """
SELECT sum(l.expired)::integer, sum(l.used)::integer, sum(l.issued)::integer
FROM wallet.liability('CDS') AS l"""


def read_months() -> Iterator[list[tuple[str, int]]]:
    """The purchases of each month: who bought, and for how many dollars."""
    months: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for line in thirdparty.cdnow().read_text().splitlines()[1:]:
        customer, date, _, dollars = line.split()
        if int(customer) % EVERY == 0:
            months[date[:6]].append((date, customer, int(float(dollars))))
    for month in sorted(months):
        yield [(customer, dollars) for _, customer, dollars in sorted(months[month])]


class Oracle:
    """What each customer has of each credit, the first to expire first."""

    def __init__(self) -> None:
        self.credits: dict[str, list[list[int]]] = defaultdict(
            list
        )  # month it expires, what is left
        self.month = self.expired = self.used = self.issued = 0

    def earn(self, customer: str, points: int) -> None:
        self.credits[customer].append([self.month + LIVES, points])
        self.issued += points

    def redeem_half(self, customer: str) -> int:
        wanted = sum(left for _, left in self.credits[customer]) // 2
        rest = wanted
        for credit in self.credits[customer]:
            used = min(credit[1], rest)
            credit[1] -= used
            rest -= used
        self.used += wanted
        return wanted

    def end_month(self) -> None:
        self.month += 1
        for customer, credits in self.credits.items():
            self.expired += sum(left for until, left in credits if until <= self.month)
            self.credits[customer] = [
                [until, left] for until, left in credits if left and until > self.month
            ]

    def left(self) -> dict[str, list[int]]:
        return {c: [left for _, left in credits] for c, credits in self.credits.items() if credits}


async def test_cdnows_customers_have_what_an_oracle_says(arena):
    do, first = arena.do, arena.first
    await first.execute(time_machine() + "SET statement_timeout = '600s'")
    lives = await first.fetchval("SELECT make_interval(days => $1)", 30 * LIVES)
    await do("create_asset", "CDS", "CDs", lot_order="expiring_first", expires_in=lives)
    try:
        months = list(read_months())
    except thirdparty.Unavailable as reason:
        pytest.skip(str(reason))
    customers = sorted({customer for month in months for customer, _ in month})
    await first.fetch(MAKE_USERS, customers)
    oracle, keys = Oracle(), itertools.count()

    for month in months:
        moves = []
        for customer, dollars in month:
            if points := oracle.redeem_half(customer):
                moves.append((customer, "redeem", points, f"key {next(keys)}"))
            if dollars:
                oracle.earn(customer, dollars)
                moves.append((customer, "earn", dollars, f"key {next(keys)}"))
        await first.execute(MOVE, *map(list, zip(*moves, strict=True)))
        await first.execute("CALL pg_temp.let_pass('30 days')")
        oracle.end_month()
        assert {row["external_id"]: row["left"] for row in await first.fetch(LEFT)} == oracle.left()
        assert tuple(await first.fetchrow(EXPIRED)) == (
            oracle.expired, oracle.used, oracle.issued,
        )  # fmt: skip

    assert len(months) == 18 and oracle.expired > oracle.used > 0
    assert sum(map(len, months)) == 69_659 or EVERY > 1
