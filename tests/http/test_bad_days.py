"""When things go wrong around a wallet: 503, nothing lost, nothing twice, and then it goes on."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from msgspec.structs import replace

from gateway.app import create_app
from gateway.database import SchemaMismatch
from gateway.settings import Settings
from pgwallet.migrate import MigrationError, migrate
from tests.support.paths import DB

from .conftest import SECRET, Caller, Held, make_token, problem
from .test_database import eventually

MINE = "WHERE datname = current_database() AND usename = 'app'"
LIMITED = """
CREATE ROLE app LOGIN IN ROLE wallet_gateway {};
ALTER ROLE app SET statement_timeout = '{}';
"""


@pytest.fixture
async def app_login(connect_module: Any, settings: Settings) -> AsyncIterator[Any]:
    """await app_login("CONNECTION LIMIT 1", "5s"): the settings for a login with these limits."""
    connection = await connect_module()

    async def make(limit: str = "", statement_timeout: str = "0") -> Settings:
        await connection.execute(LIMITED.format(limit, statement_timeout))
        return replace(settings, database_url=settings.database_url.replace("postgres@", "app@"))

    yield make
    await connection.execute("DROP ROLE IF EXISTS app")


async def waiting(connection: Any) -> None:
    """Returns once a call waits for a lock."""
    end = time.monotonic() + 60
    while not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


def spend(client: TestClient, user: Caller, key: str) -> asyncio.Task[Any]:
    body = {"asset": "GOLD", "amount": 1}
    ask = Caller(client, user.token)("POST", "/v1/wallets/me/spend", body, key=key)
    return asyncio.create_task(ask)


async def test_an_exhausted_pool_is_503_and_health_still_answers(
    aiohttp_client: Any, settings: Settings, held: Held, new_user: Any
) -> None:
    app = create_app(replace(settings, database_pool=1, database_patience=0.2))
    client, other = await aiohttp_client(app), await new_user(100)
    async with held.locked():
        first = spend(client, held.user, "exhausted-1")
        await waiting(held.connection)
        for _ in range(3):
            answer = await spend(client, other, "exhausted-2")
            assert await problem(answer) == (503, "GW503")
            assert answer.headers["Retry-After"] == "1"
            assert (await client.get("/health")).status == 200
    assert (await first).status == 201
    assert (await spend(client, other, "exhausted-2")).status == 201
    assert await held.movements("exhausted-2") == 1


async def test_a_server_without_a_connection_left_is_503(
    aiohttp_client: Any, app_login: Any, held: Held, new_user: Any
) -> None:
    client = await aiohttp_client(create_app(await app_login("CONNECTION LIMIT 1")))
    other = await new_user(100)
    async with held.locked():
        first = spend(client, held.user, "connections-1")
        await waiting(held.connection)
        assert await problem(await spend(client, other, "connections-2")) == (503, "GW503")
    assert (await first).status == 201
    assert (await spend(client, other, "connections-2")).status == 201


@pytest.mark.parametrize("whose", ["server", "gateway"])
async def test_what_takes_too_long_is_503_and_its_retry_paid_once(
    aiohttp_client: Any, app_login: Any, held: Held, whose: str
) -> None:
    """By the server's statement_timeout, or by PGWALLET_DATABASE_TIMEOUT."""
    settings = await app_login(statement_timeout="1s" if whose == "server" else "0")
    settings = replace(settings, database_pool=1)
    if whose == "gateway":
        settings = replace(settings, database_timeout=1.0)
    client, key = await aiohttp_client(create_app(settings)), f"slow {whose}"
    assert (await spend(client, held.user, f"{key} before")).status == 201
    pids = f"SELECT array_agg(pid) FROM pg_stat_activity {MINE}"
    before = await held.connection.fetchval(pids)
    async with held.locked():
        assert await problem(await spend(client, held.user, key)) == (503, "GW503")
    assert (await spend(client, held.user, key)).status == 201
    assert await held.movements(key) == 1
    assert await held.balance() == "98.00"
    if whose == "server":
        assert await held.connection.fetchval(pids) == before  # the connection is still good


async def test_a_server_that_crashes_hangs_or_takes_no_writes(
    new_server: Any, aiohttp_client: Any
) -> None:
    server = new_server("18")
    database = server.create(template=server.template)
    settings = Settings(database_url=database.dsn, jwt_secret=SECRET, database_timeout=3)
    client = await aiohttp_client(create_app(settings))
    admin = Caller(client, make_token("admin", "x"))
    asset = {"code": "GOLD", "name": "Gold", "scale": 0}
    assert (await admin("POST", "/v1/admin/assets", asset)).status == 201
    user = (await (await admin("POST", "/v1/admin/users", {"name": "Ann"})).json())["user_id"]

    async def topup(key: str) -> Any:
        body = {"asset": "GOLD", "amount": 5}
        return await admin("POST", f"/v1/wallets/{user}/topup", body, key=key)

    async def health() -> Any:
        return await client.get("/health")

    # It crashes with one movement done, and one under way that waits for a lock.
    assert (await topup("done")).status == 201
    locker = await database.connect()
    await locker.execute("BEGIN")
    await locker.execute("UPDATE wallet_private.wallet SET held = held")
    under_way = asyncio.create_task(topup("under way"))
    await waiting(locker)
    await asyncio.to_thread(server.embedded.stop, "immediate")
    locker.terminate()
    assert await problem(await under_way) == (503, "GW503")
    assert await problem(await health()) == (503, "GW503")
    await asyncio.to_thread(server.embedded.start)
    await eventually(health, lambda a: a.status == 200)
    for key in ("done", "under way"):
        assert (await topup(key)).status == 201
    assert database.psql("SELECT balance FROM wallet.balance") == "10"

    # It says nothing for a while, as a machine does that is gone.
    postmaster = psutil.Process(server.embedded.pid())
    postmaster.suspend()  # the first and, below, the last: meanwhile no child disappears
    children = postmaster.children()
    for child in children:
        child.suspend()
    assert await problem(await topup("hangs")) == (503, "GW503")
    assert await problem(await health()) == (503, "GW503")
    for process in (*children, postmaster):
        process.resume()
    await eventually(health, lambda a: a.status == 200)
    assert (await topup("hangs")).status == 201
    assert database.psql("SELECT balance FROM wallet.balance") == "15"

    # It takes no writes for a while.
    for is_read_only, status in ("on", 503), ("off", 201):
        server.admin(f"ALTER SYSTEM SET default_transaction_read_only = {is_read_only}")
        server.admin("SELECT pg_reload_conf()")
        await eventually(health, lambda a: a.status == (200 if status == 201 else 503))  # noqa: B023
        assert (await topup("read-only")).status == status
        assert (await admin("GET", f"/v1/wallets/{user}")).status == 200
    assert database.psql("SELECT balance FROM wallet.balance") == "20"


async def test_a_function_that_is_taken_away_is_named_until_it_is_back(
    database: Any, aiohttp_client: Any, settings: Settings
) -> None:
    """As by the schema of another release, under a gateway that runs."""
    settings = replace(settings, database_url=database.dsn)
    client = await aiohttp_client(create_app(settings))
    admin = Caller(client, make_token("admin", "x"))
    assert (await admin("GET", "/v1/assets")).status == 200
    more = (DB / "functions/api/list_assets.sql").read_text()
    database.psql("DROP FUNCTION wallet.list_assets")

    answer = await admin("GET", "/v1/assets")
    assert await problem(answer) == (503, "GW503")
    assert "function wallet.list_assets(" in (await answer.json())["detail"]
    answer = await client.get("/health")
    assert await problem(answer) == (503, "GW503")
    assert "function wallet.list_assets(" in (await answer.json())["detail"]
    with pytest.raises(SchemaMismatch, match="list_assets"):
        await web.AppRunner(create_app(settings)).setup()

    database.psql(f"SET ROLE wallet_owner; {more}; {(DB / 'grants.sql').read_text()}")
    await eventually(lambda: client.get("/health"), lambda a: a.status == 200)
    assert (await admin("GET", "/v1/assets")).status == 200


async def test_a_migration_that_fails_and_one_that_adds_disturb_no_gateway(
    database: Any, aiohttp_client: Any, settings: Settings, tmp_path: Path
) -> None:
    settings = replace(settings, database_url=database.dsn)
    client = await aiohttp_client(create_app(settings))
    admin = Caller(client, make_token("admin", "x"))
    root = tmp_path / "db"
    shutil.copytree(DB, root)
    version = (await (await client.get("/health")).json())["schema_version"]

    new = root / "schema/V9998__more.sql"
    new.write_text("CREATE TABLE wallet_private.more (more_id integer);")
    failing = root / "schema/V9999__fails.sql"
    failing.write_text("DROP FUNCTION wallet.list_assets; SELECT 1 / 0;")
    with pytest.raises(MigrationError, match="division by zero"):
        await migrate(database.dsn, root=root)
    assert database.psql("SELECT to_regclass('wallet_private.more')") == ""
    assert (await (await client.get("/health")).json())["schema_version"] == version
    assert (await admin("GET", "/v1/assets")).status == 200

    failing.unlink()
    await migrate(database.dsn, root=root)
    for _ in range(2):  # the running gateway, and a new one of the old release
        assert (await (await client.get("/health")).json())["schema_version"] == "V9998"
        asset = {"code": "GOLD", "name": "Gold", "scale": 0}
        assert (await admin("POST", "/v1/admin/assets", asset)).status in (201, 409)
        client = await aiohttp_client(create_app(settings))
        admin = Caller(client, make_token("admin", "x"))
