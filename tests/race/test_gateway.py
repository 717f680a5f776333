"""The hammer over HTTP, while somebody makes the calls fail: a client gets its answer or a 503."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import jwt
import msgspec
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from gateway import metrics
from gateway.app import create_app
from gateway.routes import ROUTES, Route
from gateway.settings import Settings
from tests.race.arena import Arena, Batch, Call, Refusal, Row, Session
from tests.race.test_hammer import (
    NEVER_NEGATIVE,
    OPERATIONS,
    Game,
    check_that_a_model_agrees,
)
from tests.support.servers import Server

CLIENTS = 24
SECRET = "a secret for tests, 32 bytes or more"
AGAIN = {"40001", "40P01", "55P03"}

# The wallets of a user, the wrong way round.
WALLETS = """
SELECT asset_id FROM wallet_private.wallet WHERE user_id = $1 ORDER BY asset_id DESC LIMIT 4"""
LOCK = "UPDATE wallet_private.wallet SET held = held WHERE user_id = $1 AND asset_id = $2"


@pytest_asyncio.fixture(loop_scope="session")
async def own_arena(server: Server) -> AsyncIterator[Arena]:
    """One that no other test uses, as its database has settings of its own."""
    arena = await Arena.open(server.create(template=server.template))
    yield arena
    findings = await arena.findings()
    await arena.close()
    assert findings == []


class Gateway:
    """Sends calls as requests, again as long as they get 503."""

    def __init__(self, client: TestClient, names: dict[str, list[str]]) -> None:
        self._client, self._names = client, names
        self._routes = {route.function: route for route in ROUTES if route.is_movement}
        self.statuses: Counter[int] = Counter()
        self.delayed: set[tuple[UUID, str]] = set()  # whose first answer was a 503

    def has(self, call: Call) -> bool:
        return call.function in self._routes or isinstance(call, Batch)

    async def ask(self, call: Call) -> Row | Refusal:
        if isinstance(call, Batch):
            names = ("user_id", "kind", "asset", "amount", "idempotency_key")
            [requests] = call.values
            body = {"requests": [dict(zip(names, each, strict=False)) for each in requests]}
            answer, _ = await self._send("/v1/batches", body)
            return {"results": call.results(map(self._row, answer["items"]))}
        route = self._routes[call.function]
        named = dict(zip(self._names[call.function], call.arguments, strict=False))
        named |= dict(call.options)
        path = route.path.format_map(named)
        answer, is_replay = await self._send(path, self._body(route, named), call.user, call.key)
        if isinstance(answer, Refusal):
            return answer
        return self._row(answer) | {"is_replay": is_replay}

    async def _send(
        self, path: str, body: Row, user: UUID | None = None, key: str | None = None
    ) -> tuple[Any, bool]:
        headers = {"Idempotency-Key": key} if key else {}
        data = msgspec.json.encode(body)
        async with asyncio.timeout(120):
            while True:
                async with self._client.post(path, data=data, headers=headers) as response:
                    answer = await response.json(content_type=None)
                    self.statuses[response.status] += 1
                    if response.ok:
                        return answer, "Idempotent-Replayed" in response.headers
                    if response.status != 503:
                        assert answer["code"].startswith("WA") and response.status < 500, answer
                        return Refusal(answer["code"], answer["detail"]), False
                    assert int(response.headers["Retry-After"]) > 0
                if key:
                    self.delayed.add((user, key))
                await asyncio.sleep(random.uniform(0.01, 0.05))

    @staticmethod
    def _body(route: Route, named: Row) -> Row:
        body = {}
        for name in route.body.__struct_fields__ if route.body else ():
            value = named.get(name)
            if isinstance(value, timedelta):
                value = int(value.total_seconds())
            if value is not None:
                body[name] = value
        return body

    @staticmethod
    def _row(answer: Row) -> Row:
        """The types that asyncpg gives."""
        row = {}
        for name, value in answer.items():
            if isinstance(value, str):
                if name.endswith(("amount", "balance", "price", "captured", "remaining")):
                    value = Decimal(value)
                elif name in ("user_id", "transaction_id", "hold_id", "reverses"):
                    value = UUID(value)
                elif name.endswith("_at"):
                    value = datetime.fromisoformat(value)
            row[name] = value
        return row


async def ask_directly(session: Session, call: Call) -> Row | Refusal:
    """What has no route, as an operator would who retries."""
    while True:
        try:
            return await session.ask(call)
        except asyncpg.PostgresError as error:
            if error.sqlstate not in AGAIN:
                raise
            await asyncio.sleep(0.01)


async def sabotage(arena: Arena, game: Game) -> None:
    session = await arena.connect()
    await session.execute(
        "SET deadlock_timeout = '30ms';"  # so it is mostly the others who are told
        "SET default_transaction_isolation = 'read committed'"
    )
    try:
        while True:
            user = game.chance.choice(game.users)
            wallets = await session.fetch(WALLETS, user)
            with suppress(asyncpg.DeadlockDetectedError):
                async with session.connection.transaction():
                    for wallet in wallets:
                        await session.execute(LOCK, user, wallet["asset_id"])
                        await asyncio.sleep(0.002)
            await asyncio.sleep(0.03)
    finally:
        session.connection.terminate()


def retries(sqlstate: str) -> float:
    return metrics.retries.labels(sqlstate)._value.get()


@pytest.mark.parametrize(
    ("isolation", "sqlstate"), [("read committed", "40P01"), ("repeatable read", "40001")]
)
async def test_what_can_be_retried_is(own_arena: Arena, isolation: str, sqlstate: str) -> None:
    arena, game = own_arena, Game(seed=2)
    await game.prepare(arena)
    for setting in (f"default_transaction_isolation = '{isolation}'", "deadlock_timeout = '5ms'"):
        await arena.first.execute(f"ALTER DATABASE {arena.database.name} SET {setting}")
    functions = await arena.first.fetch(
        "SELECT proname, proargnames FROM pg_proc WHERE pronamespace = 'wallet'::regnamespace"
    )
    names = {
        row["proname"]: [name.removeprefix("p_") for name in row["proargnames"] or ()]
        for row in functions
    }
    settings = Settings(database_url=arena.database.dsn, jwt_secret=SECRET, database_pool=12)
    claims = {"sub": "a test", "role": "admin", "exp": 2**33}
    token = {"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"}
    retried, left = retries(sqlstate), OPERATIONS // 10

    async with TestClient(TestServer(create_app(settings)), headers=token) as client:
        gateway = Gateway(client, names)

        async def play(session: Session) -> None:
            nonlocal left
            # Whether the saboteur meets somebody is chance: so on until it has.
            while left > 0 or (retries(sqlstate) == retried and left > -OPERATIONS):
                left -= 1
                call = game.think()
                if call.function == "change_supply" and sqlstate == "40001":
                    continue  # refused there
                if gateway.has(call):
                    answer = await gateway.ask(call)
                else:
                    answer = await ask_directly(session, call)
                game.hear(call, answer)

        sessions = await arena.open_sessions(CLIENTS)
        saboteur = asyncio.create_task(sabotage(arena, game))
        async with arena.watch(NEVER_NEGATIVE, pause=0.01) as samples:
            await asyncio.gather(*map(play, sessions))
        assert not saboteur.done()
        saboteur.cancel()
        await asyncio.wait([saboteur])

    assert retries(sqlstate) > retried
    assert gateway.statuses.keys() <= {200, 201, 403, 404, 409, 422, 503}
    assert gateway.statuses[201] > OPERATIONS / 50
    assert min(row["least"] for row in samples) >= 0
    restore_first_receipts(game, gateway.delayed)
    await check_that_a_model_agrees(arena, game)


def restore_first_receipts(game: Game, delayed: set[tuple[UUID, str]]) -> None:
    """Who was told 503 may have been served all the same; then the next answer is a replay."""
    first: dict[tuple[UUID, str], Row] = {}
    for call, answer in game.said:
        if isinstance(answer, dict):
            key = call.user, call.key
            if key not in first or not answer["is_replay"]:
                first[key] = answer
    for key, receipt in first.items():
        if receipt["is_replay"]:
            assert key in delayed, "a replay of what was never answered"
            receipt["is_replay"] = False
