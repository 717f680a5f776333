"""How many requests may be under way, and what becomes of the others."""

import asyncio
from typing import Any

from msgspec.structs import replace

from gateway.app import create_app
from tests.http.conftest import Caller, make_token, problem


async def test_who_finds_the_place_full_is_told_at_once_and_takes_nothing(
    aiohttp_client: Any, settings: Any, new_user: Any, connect_module: Any
) -> None:
    """Two may be under way; a lock keeps them there, so the third is turned away."""
    user = await new_user(100)
    client = await aiohttp_client(create_app(replace(settings, database_pool=1, database_queue=1)))
    caller = Caller(client, make_token("user", user.user_id), user.user_id)
    spend = {"asset": "GOLD", "amount": 1}

    gate = await connect_module()
    async with gate.transaction():
        await gate.execute(
            "UPDATE wallet_private.wallet SET held = held WHERE user_id = $1", user.user_id
        )
        inside = [
            asyncio.create_task(caller("POST", "/v1/wallets/me/spend", spend)) for _ in range(2)
        ]
        await _until_full(client)
        turned_away = await caller("POST", "/v1/wallets/me/spend", spend)
        assert await problem(turned_away) == (503, "GW503")
        assert turned_away.headers["Retry-After"] == "1"
        assert (await client.get("/health")).status == 200
        assert (await client.get("/metrics")).status == 200
    assert [answer.status for answer in await asyncio.gather(*inside)] == [201, 201]

    assert (await caller("POST", "/v1/wallets/me/spend", spend)).status == 201
    balance = await (await caller("GET", "/v1/wallets/me/balances/GOLD")).json()
    assert balance["balance"] == "97.00"


async def test_a_slow_body_takes_no_place(aiohttp_client: Any, settings: Any, user: Any) -> None:
    client = await aiohttp_client(create_app(replace(settings, database_pool=1, database_queue=0)))
    caller = Caller(client, make_token("user", user.user_id), user.user_id)
    head = (
        "POST /v1/wallets/me/spend HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
        f"Authorization: Bearer {caller.token}\r\nIdempotency-Key: slow\r\n\r\n"
    )
    writers = []
    for _ in range(20):
        _, writer = await asyncio.open_connection(client.host, client.port)
        writer.write(head.encode())
        await writer.drain()
        writers.append(writer)
    assert (await caller("GET", "/v1/wallets/me")).status == 200
    for writer in writers:
        writer.close()


async def _until_full(client: Any) -> None:
    async with asyncio.timeout(30):
        while True:
            text = await (await client.get("/metrics")).text()
            if 'pgwallet_gate_waiting{gate="groups"} 1.0' in text:
                return
            await asyncio.sleep(0.01)
