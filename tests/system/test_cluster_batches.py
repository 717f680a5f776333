"""Batches, grants and imports over partitions answer as on one database, in the order given."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from pgwallet.cluster.verify import verify
from tests.support.clusters import ClusterDatabase
from tests.support.servers import Server

USERS = 12
NOBODY = UUID("00000000-0000-4000-8000-000000000000")


@dataclass
class Side:
    """One database or a cluster, with the same users."""

    connection: asyncpg.Connection
    users: list[UUID]

    async def row(self, sql: str, *values: Any) -> Any:
        return plainly(await self.connection.fetchrow(sql, *values), self.users)

    async def rows(self, sql: str, *values: Any) -> Any:
        return [plainly(row, self.users) for row in await self.connection.fetch(sql, *values)]


def plainly(value: Any, users: list[UUID]) -> Any:
    """Without what no two databases have in common."""
    match value:
        case asyncpg.Record():
            left_out = ("transaction_id", "created_at")
            return {k: plainly(v, users) for k, v in value.items() if k not in left_out}
        case list():
            return [plainly(each, users) for each in value]
        case UUID():
            return f"user {users.index(value)}" if value in users else "nobody"
        case str():
            for number, user in enumerate(users):
                value = value.replace(str(user), f"user {number}")
            return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a uuid", value)
    return value


@pytest.fixture
async def sides(plproxy_server: Server, wallet: ClusterDatabase) -> AsyncIterator[list[Side]]:
    """The plain one first. What they have before is not the same; what a test makes, is."""
    plain = plproxy_server.create(template=plproxy_server.template)
    token = uuid4().hex[:8].upper()
    sides = []
    for database in (plain, wallet):
        connection = await database.connect()
        for asset, scale in (("GOLD", 0), ("POINTS", 2)):
            await connection.execute(
                "SELECT wallet.create_asset($1, 'An asset', $2)"
                " WHERE NOT EXISTS (SELECT FROM wallet.list_assets() WHERE asset = $1)",
                asset,
                scale,
            )
        made = "SELECT user_id FROM wallet.create_user($1, 'User', $2)"
        users = [
            await connection.fetchval(made, f"{token} {n}", f"{token}.{n}@example.com")
            for n in range(USERS)
        ]
        sides.append(Side(connection, users))
    yield sides
    for side in sides:
        await side.connection.close()
    plain.drop()


def requests_of(users: list[UUID]) -> list[Any]:
    """Every outcome, from every partition, in no order of either."""
    requests: list[Any] = []
    for n in range(240):
        user = users[n * 7 % USERS]
        kind = ("TOPUP", "SPEND", "BONUS", "SPEND")[n % 4]
        asset = "GOLD" if n % 3 else "POINTS"
        requests.append((user, kind, asset, Decimal(n % 11 + 1), f"key {n % 180}", None, None))
    wrong = [
        (NOBODY, "TOPUP", "GOLD", Decimal(1), "a", None, None),
        (None, "TOPUP", "GOLD", Decimal(1), "b", None, None),
        (users[0], "GIFT", "GOLD", Decimal(1), "c", None, None),
        (users[1], "TOPUP", "LEAD", Decimal(1), "d", None, None),
        (users[2], "TOPUP", "GOLD", Decimal("0.5"), "e", None, None),
        (users[3], "TOPUP", "GOLD", Decimal(-1), "f", None, None),
        (users[4], "TOPUP", "GOLD", Decimal(1), None, None, None),
        (users[5], "SPEND", "POINTS", Decimal(10**9), "h", "a reference", '{"a": 1}'),
        None,
    ]
    for number, request in enumerate(wrong):
        requests.insert(number * 20, request)
    return requests


POST = "SELECT * FROM wallet.post_batch($1::wallet.request[], 'somebody')"


async def test_a_batch(sides: list[Side]) -> None:
    for is_again in (False, True):
        plain, proxied = [await side.rows(POST, requests_of(side.users)) for side in sides]
        assert [row["ord"] for row in plain] == list(range(1, 250))
        assert proxied == plain
        codes = {row["code"] for row in plain}
        assert codes >= {None, "WA101", "WA201", "WA202", "WA301", "WA401"}, codes
        assert is_again == all(row["is_replay"] for row in plain if row["code"] is None)


async def test_actors_stay_with_their_requests(sides: list[Side]) -> None:
    for side in sides:
        requests = [(user, "TOPUP", "GOLD", 1, f"mine {n}", None, None)
                    for n, user in enumerate(side.users)]  # fmt: skip
        actors = [f"actor {n}" if n % 3 else None for n in range(USERS)]
        await side.connection.fetch(
            "SELECT * FROM wallet.post_batch($1::wallet.request[], NULL, $2)", requests, actors
        )
        for user, actor in zip(side.users, actors, strict=True):
            found = await side.connection.fetchval(
                """SELECT g.actor FROM wallet.get_transaction($1, (
                    SELECT transaction_id FROM wallet.list_transactions($1) LIMIT 1
                )) AS g""",
                user,
            )
            assert found == (actor or "postgres")


async def test_expiries_stay_with_their_requests(sides: list[Side]) -> None:
    for side in sides:
        await side.connection.fetch(
            "SELECT * FROM wallet.create_asset('STAR', 'Star', p_lot_order => 'free_first')"
        )
        requests = [(user, "BONUS", "STAR", 1, f"star {n}", None, None)
                    for n, user in enumerate(side.users)]  # fmt: skip
        expiries = [datetime(2090, 1, 1 + n, tzinfo=UTC) if n % 3 else None for n in range(USERS)]
        await side.connection.fetch(
            "SELECT * FROM wallet.post_batch($1::wallet.request[], p_expires_at => $2)",
            requests,
            expiries,
        )
        for user, expires_at in zip(side.users, expiries, strict=True):
            found = await side.connection.fetchval(
                "SELECT expires_at FROM wallet.list_lots($1, 'STAR')", user
            )
            assert found == expires_at


@pytest.mark.parametrize(
    ("function", "kind", "count"),
    [
        (function, kind, count)
        for function, kind, most in (
            ("post_batch($1::wallet.request[])", "request", 8192),
            ("grant_batch('spring', $1::wallet.grant_request[])", "grant_request", 1000),
            ("import_users($1::wallet.user_request[])", "user_request", 1000),
        )
        for count in (None, 0, most + 1)
    ],
)
async def test_what_is_no_batch_is_refused(
    sides: list[Side], function: str, kind: str, count: int | None
) -> None:
    array = "NULL" if count is None else f"array_fill(NULL::wallet.{kind}, ARRAY[{count}])"
    said = []
    for side in sides:
        with pytest.raises(asyncpg.PostgresError) as refused:
            await side.connection.execute(f"SELECT wallet.{function.replace('$1', array)}")
        said.append((refused.value.sqlstate, refused.value.message, refused.value.detail))
    assert said[0] == said[1]
    assert said[0][0] in ("WA101", "WA109")


async def test_grants(sides: list[Side]) -> None:
    token = uuid4().hex
    answers = []
    for side in sides:
        made = "SELECT * FROM wallet.create_campaign($1, 'POINTS')"
        await side.connection.execute(made, f"c{token}")
        names = await side.connection.fetch(
            """SELECT u.external_id, u.email FROM unnest($1::uuid[]) WITH ORDINALITY AS x (id, ord)
            CROSS JOIN LATERAL wallet.get_user(x.id) AS u ORDER BY x.ord""",
            side.users,
        )
        grants: list[Any] = []
        for n, (user, (external_id, email)) in enumerate(zip(side.users, names, strict=True)):
            named = [(user, None, None), (None, external_id, None), (None, None, email.upper())]
            grants.append((*named[n % 3], Decimal(n + 1), None))
        grants += [
            (None, names[0][0], None, Decimal(1), None),  # paid by his id
            (None, "nobody", None, Decimal(1), None),
            (None, None, "nobody@example.com", Decimal(1), None),
            (NOBODY, None, None, Decimal(1), None),
            (None, None, None, Decimal(1), None),
            (None, "", "", Decimal(1), None),
            None,
        ]
        grants.insert(3, (side.users[5], None, None, Decimal("0.001"), None))
        give = f"SELECT * FROM wallet.grant_batch('c{token}', $1::wallet.grant_request[])"
        campaigns = f"SELECT * FROM wallet.list_campaigns() WHERE campaign = 'c{token}'"
        answers.append(
            [
                await side.row(give, grants),
                await side.row(give, grants),
                await side.row(campaigns),
            ]
        )
    for plain, proxied in zip(*answers, strict=True):
        assert proxied == plain
    assert answers[0][0]["users"] >= USERS - 1
    assert answers[0][1]["replays"] == answers[0][0]["users"]


async def test_an_import(sides: list[Side]) -> None:
    token = uuid4().hex[:8]
    users: list[Any] = [
        (f"{token} {n}", f"Name {n}", f"{token}_{n}@example.com" if n % 2 else None, None)
        for n in range(300)
    ]
    odd = [
        (f"{token} 7", "Again", None, None),  # is there: a replay
        (f"{token} 7", "Again", f"{token}_7@EXAMPLE.com", None),  # the same one
        (f"{token} 7", "Again", f"{token}_9@example.com", None),  # two people's names
        (f"{token} other", "Other", f"{token}_11@example.com", None),  # the address is taken
        (None, "By address", f"{token}_13@example.com", None),  # a replay
        (None, "Without a name", None, None),
        (f"{token} bad", "Bad", "no address", None),
        (f"{token}\nnewline", "Bad", None, None),
        (f"{token} long", "x" * 300, f"{token}_long@example.com", None),
        ("x" * 300, "Long", None, None),
        ("", "Empty", "", None),
        (None, "New by address", f"{token}_new@example.com", None),
        (f"{token} twin", "Twin", f"{token}_twin@example.com", None),
        (f"{token} twin", "Twin", f"{token}_twin@example.com", None),
        None,
    ]
    answers = []
    for side in sides:
        rows = "SELECT * FROM wallet.import_users($1::wallet.user_request[])"
        answers.append([await side.row(rows, users + odd), await side.row(rows, users + odd)])
    assert answers[0] == answers[1]
    assert answers[0][0]["users"] == 302
    # Refused ones have left no name behind.
    for side in sides:
        made = "SELECT user_id FROM wallet.create_user($1, NULL, $2)"
        assert await side.connection.fetchval(made, f"{token} bad", f"{token}_long@example.com")


async def test_the_same_import_from_many_places(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    token = uuid4().hex[:8]
    users = [(f"{token} {n}", None, f"{token}_{n}@example.com", None) for n in range(200)]
    sessions = await asyncio.gather(*(wallet.connect() for _ in range(4)))
    rows = "SELECT users, replays, refusals FROM wallet.import_users($1::wallet.user_request[])"
    answers = await asyncio.gather(*(session.fetchrow(rows, users) for session in sessions))
    counted = [(answer["users"], answer["replays"]) for answer in answers]
    assert sorted(counted) == [(0, 200)] * 3 + [(200, 0)]
    assert [answer["refusals"] for answer in answers] == [[]] * 4
    for session in sessions:
        await session.close()
    found = "SELECT count(DISTINCT user_id) FROM wallet.list_user_ids($1)"
    assert await proxy.fetchval(found, [user[0] for user in users]) == 200
    assert await verify(wallet.cluster) == []


async def test_who_is_away_is_refused_by_himself(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    await proxy.execute(
        "SELECT wallet.create_asset('AWAY', 'Away')"
        " WHERE NOT EXISTS (SELECT FROM wallet.list_assets() WHERE asset = 'AWAY')"
    )
    users = [await proxy.fetchval("SELECT user_id FROM wallet.create_user()") for _ in range(20)]
    places = [await proxy.fetchval("SELECT uuid_hash($1) & 3", user) for user in users]
    assert 2 in places
    away = wallet.parts[2]
    away.server.admin(f'ALTER DATABASE "{away.name}" ALLOW_CONNECTIONS false')
    away.server.admin(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{away.name}'"
    )
    requests = [(user, "TOPUP", "AWAY", 5, "paid", None, None) for user in users]
    try:
        rows = await proxy.fetch(POST, requests)
    finally:
        away.server.admin(f'ALTER DATABASE "{away.name}" ALLOW_CONNECTIONS true')
    by_ord = {row["ord"]: row["code"] for row in rows}
    assert [by_ord[n] for n in range(1, 21)] == [
        "WA601" if place == 2 else None for place in places
    ]
    assert [row["ord"] for row in rows] == list(range(1, 21))
    again = await proxy.fetch(POST, requests)
    assert {row["code"] for row in again} == {None}
    held = "SELECT outstanding FROM wallet.treasury('AWAY')"
    assert await proxy.fetchval(held) == 100
