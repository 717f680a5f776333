"""The seeds' way over HTTP: one process of a plain aiohttp handler with asyncpg's pool.

As pgwallet's gateway it verifies the JWT, by the same code, and has as many connections. It does
less otherwise: no validation beyond the body's types, no access log, no metrics. What it does with
a request is the statements of sql/seeds_spend.sql, each a round trip. A read is one SELECT, of the
seeds' table or of pgwallet's: what a handler by hand would do.
"""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import click
import msgspec
import uvloop
from aiohttp import web

from bench.load import user_id
from gateway.settings import Settings
from gateway.tokens import Verifier

POOL: web.AppKey[Any] = web.AppKey("pool")
READ = web.AppKey("read", str)
VERIFIER = web.AppKey("verifier", Verifier)
TREASURY = UUID(user_id("treasury"))

FIND_KEY = "SELECT response FROM seeds.idempotency_key WHERE key = $1"
LOCK = """
SELECT account_id, balance FROM seeds.account WHERE account_id = ANY ($1)
ORDER BY account_id FOR UPDATE"""
UPDATE = """
UPDATE seeds.account SET balance = balance + $2, updated_at = now() WHERE account_id = $1"""
ENTER = """
INSERT INTO seeds.ledger_entry (
    transaction_id, account_id, entry_type, kind, amount, balance_after
) VALUES ($1, $2, $3, 'SPEND', $4, $5)"""
KEEP_KEY = "INSERT INTO seeds.idempotency_key (key, response) VALUES ($1, $2)"
READS = {
    "seeds": "SELECT balance FROM seeds.account WHERE account_id = $1 AND asset = $2",
    "wallet": """
SELECT w.balance FROM wallet_private.wallet AS w
INNER JOIN wallet_private.asset AS a USING (asset_id) WHERE w.user_id = $1 AND a.code = $2""",
}


class Spend(msgspec.Struct):
    asset: str
    amount: Decimal


async def spend(request: web.Request) -> web.Response:
    await request.app[VERIFIER].claims(request.headers.get("Authorization"))
    user = UUID(request.match_info["user_id"])
    key = request.headers["Idempotency-Key"]
    body = msgspec.json.decode(await request.read(), type=Spend)
    async with request.app[POOL].acquire() as connection, connection.transaction():
        if (known := await connection.fetchval(FIND_KEY, key)) is not None:
            return web.Response(text=known, status=201, content_type="application/json")
        balances = dict(await connection.fetch(LOCK, [user, TREASURY]))
        if balances[user] < body.amount:
            raise web.HTTPConflict
        transaction_id = uuid4()
        await connection.execute(UPDATE, user, -body.amount)
        await connection.execute(UPDATE, TREASURY, body.amount)
        debited, credited = balances[user] - body.amount, balances[TREASURY] + body.amount
        await connection.execute(ENTER, transaction_id, user, "DEBIT", body.amount, debited)
        await connection.execute(ENTER, transaction_id, TREASURY, "CREDIT", body.amount, credited)
        response = msgspec.json.encode(
            {"transaction_id": transaction_id, "amount": body.amount, "balance": debited}
        ).decode()
        await connection.execute(KEEP_KEY, key, response)
    return web.Response(text=response, status=201, content_type="application/json")


async def balance(request: web.Request) -> web.Response:
    await request.app[VERIFIER].claims(request.headers.get("Authorization"))
    user, asset = UUID(request.match_info["user_id"]), request.match_info["asset"]
    found = await request.app[POOL].fetchval(request.app[READ], user, asset)
    if found is None:
        raise web.HTTPNotFound
    body = msgspec.json.encode({"user_id": user, "asset": asset, "balance": found})
    return web.Response(body=body, content_type="application/json")


async def health(request: web.Request) -> web.Response:
    return web.Response(text="{}", content_type="application/json")


async def _no_reset(connection: Any) -> None:
    """Nothing session-level is ever set; asyncpg's reset would cost it a quarter."""


async def _with_pool(app: web.Application) -> AsyncIterator[None]:
    settings = Settings.from_env()
    size = settings.database_pool
    async with asyncpg.create_pool(
        settings.database_url, min_size=size, max_size=size, reset=_no_reset
    ) as pool:
        app[POOL] = pool
        yield


def _loop() -> asyncio.AbstractEventLoop:
    return uvloop.new_event_loop()


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--tables", type=click.Choice(list(READS)), default="seeds")
def main(port: int, tables: str) -> None:
    app = web.Application()
    app[READ] = READS[tables]
    app[VERIFIER] = Verifier(Settings.from_env())
    app.cleanup_ctx.append(_with_pool)
    app.router.add_get("/health", health)
    app.router.add_post("/v1/wallets/{user_id}/spend", spend)
    app.router.add_get("/v1/wallets/{user_id}/balances/{asset}", balance)
    web.run_app(
        app, host="127.0.0.1", port=port, reuse_port=True, access_log=None, print=None, loop=_loop()
    )


if __name__ == "__main__":
    main()
