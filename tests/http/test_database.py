"""Queueing, retries, a database that is away or doesn't fit, and what comes out of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from aiohttp import web
from msgspec.structs import replace

from gateway.app import create_app
from gateway.database import Away, Connection, Database, Gate, Pool, SchemaMismatch
from gateway.problems import Problem, problem_of
from gateway.settings import Settings
from pgwallet.migrate import migrate

from .conftest import SECRET, Caller, make_token, problem


class Probe:
    """Makes functions in the schema wallet, and a Database that may call them."""

    def __init__(self, settings: Settings, connection: Any) -> None:
        self.settings, self.connection = settings, connection
        self.database: Database | None = None

    async def __call__(self, body: str, returns: str = "integer", **settings: Any) -> Any:
        await self.connection.execute(
            f"CREATE OR REPLACE FUNCTION wallet.probe(p_x integer) RETURNS {returns}"
            f" LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
        )
        await self.stop()
        self.database = Database(replace(self.settings, database_role="none", **settings))
        call = self.database.function("probe", ("x",))
        await self.database.start()
        return call

    async def stop(self) -> None:
        if self.database:
            await self.database.stop()


@pytest.fixture
async def probe(settings: Settings, connect_module: Any) -> AsyncIterator[Probe]:
    connection = await connect_module()
    await connection.execute("CREATE SEQUENCE IF NOT EXISTS public.tries")
    await connection.execute("ALTER SEQUENCE public.tries RESTART")
    made = Probe(settings, connection)
    yield made
    await made.stop()
    await connection.execute("DROP FUNCTION IF EXISTS wallet.probe")


async def test_values_come_as_json_takes_them(settings: Settings, connect_module: Any) -> None:
    connection = await connect_module()
    await connection.execute(
        "CREATE FUNCTION wallet.probe_types(OUT a numeric, OUT b numeric, OUT c interval,"
        " OUT d jsonb, OUT e wallet.balance_item[], OUT f numeric, OUT g uuid[]) LANGUAGE sql AS $$"
        " SELECT 1e20, 0.00000001, '1 day 2 s'::interval, '{\"a\": 1.10}'::jsonb,"
        " ARRAY[('00000000-0000-0000-0000-000000000005', 'X', 1.50, 0, 100, NULL, NULL, NULL,"
        " NULL, 0)::wallet.balance_item],"
        " 1000.00, ARRAY['00000000-0000-0000-0000-000000000005']::uuid[] $$"
    )
    import msgspec

    database = Database(replace(settings, database_role="none"))
    call = database.function("probe_types", ())
    await database.start()
    [row] = msgspec.json.decode(msgspec.json.encode(await call({})))
    await database.stop()
    five = "00000000-0000-0000-0000-000000000005"
    balance = {"user_id": five, "asset": "X", "balance": "1.50", "held": "0", "available": "100"}
    balance |= dict.fromkeys(("paid", "free", "expiring", "expires_at")) | {"debt": "0"}
    assert row == {
        "a": "100000000000000000000",
        "b": "0.00000001",
        "c": 86402,
        "d": {"a": 1.1},
        "e": [balance],
        "f": "1000.00",
        "g": [five],
    }


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
async def test_what_was_rolled_back_is_tried_again(probe: Probe, state: str) -> None:
    body = f"IF nextval('public.tries') < 4 THEN RAISE SQLSTATE '{state}'; END IF; RETURN 1;"
    call = await probe(body)
    assert await call({"x": 0}) == [{"probe": 1}]
    assert await probe.connection.fetchval("SELECT last_value FROM public.tries") == 4


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
async def test_after_three_retries_it_is_503(probe: Probe, state: str) -> None:
    call = await probe(f"PERFORM nextval('public.tries'); RAISE SQLSTATE '{state}';")
    with pytest.raises(asyncpg.PostgresError) as raised:
        await call({"x": 0})
    assert problem_of(raised.value).status == 503
    assert await probe.connection.fetchval("SELECT last_value FROM public.tries") == 4


async def test_a_session_that_forgets_what_was_prepared_is_left(probe: Probe) -> None:
    call = await probe("EXECUTE 'DEALLOCATE ALL'; RETURN 1;", database_pool=1)
    assert await call({"x": 0}) == [{"probe": 1}]
    with pytest.raises(Away):
        await call({"x": 0})
    assert await call({"x": 0}) == [{"probe": 1}]


async def test_no_other_process_gives_a_statement_the_same_name(settings: Settings) -> None:
    pool = Pool("database", settings.database_url, settings, {})
    connection = await pool._connect()
    name = (await connection.prepare("SELECT 1")).get_name()
    await connection.close()
    assert len(Connection.process) == 16 and Connection.process in name


@pytest.mark.parametrize("state", ["WA401", "23505", "P0001", "42501"])
async def test_other_errors_are_not_tried_again(probe: Probe, state: str) -> None:
    call = await probe(f"PERFORM nextval('public.tries'); RAISE SQLSTATE '{state}';")
    with pytest.raises(asyncpg.PostgresError) as raised:
        await call({"x": 0})
    assert problem_of(raised.value).code == (state if state == "WA401" else "GW500")
    assert await probe.connection.fetchval("SELECT last_value FROM public.tries") == 1


async def test_a_call_that_takes_too_long_is_503(probe: Probe) -> None:
    call = await probe("PERFORM pg_sleep(p_x); RETURN 1;", database_timeout=0.2)
    with pytest.raises(Problem, match="GW503"):
        await call({"x": 5})
    assert await call({"x": 0}) == [{"probe": 1}]


async def test_a_value_that_a_parameter_cannot_hold_is_422(probe: Probe) -> None:
    call = await probe("RETURN 1;")
    with pytest.raises(asyncpg.PostgresError) as raised:
        await call({"x": 2**40})
    assert problem_of(raised.value).code == "GW422"
    assert await call({"x": 0}) == [{"probe": 1}]


async def test_a_lost_connection_is_503_and_replaced(probe: Probe) -> None:
    call = await probe("RETURN 1;", database_pool=1)
    assert await call({"x": 0}) == [{"probe": 1}]
    await probe.connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'pgwallet'"
    )
    await asyncio.sleep(0.1)
    assert await call({"x": 0}) == [{"probe": 1}]

    asked = asyncio.create_task((await probe("PERFORM pg_sleep(p_x); RETURN 1;"))({"x": 5}))
    await asyncio.sleep(0.2)
    await probe.connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query LIKE '%wallet.probe(%' AND state = 'active'"
        " AND pid <> pg_backend_pid()"
    )
    with pytest.raises(Problem, match="GW503"):
        await asked


@pytest.mark.parametrize(
    ("state", "is_dropped"),
    [("25006", True), ("57P01", True), ("57P05", True), ("08P01", True)]
    + [(state, False) for state in ("57014", "53200", "WA401", "23505")],
)
async def test_what_leads_to_a_server_that_is_of_no_use_is_dropped(
    probe: Probe, state: str, is_dropped: bool
) -> None:
    """All that is idle: an administrator's command and a standby's refusal are for all of them."""
    call = await probe(
        "PERFORM pg_sleep(0.05);"
        f" IF p_x = 1 THEN RAISE SQLSTATE '{state}'; END IF; RETURN pg_backend_pid();"
    )

    async def pids() -> set[int]:
        return {
            rows[0]["probe"] for rows in await asyncio.gather(*(call({"x": 0}) for _ in range(3)))
        }

    before = await pids()
    assert len(before) == 3
    with pytest.raises((Problem, asyncpg.PostgresError)) as raised:
        await call({"x": 1})
    assert not is_dropped or problem_of(raised.value).status == 503
    after = await pids()
    assert after.isdisjoint(before) if is_dropped else after == before


async def test_the_pool_is_as_large_as_it_says(probe: Probe) -> None:
    call = await probe("PERFORM pg_sleep(0.01); RETURN 1;", database_pool=3)
    calls = [call({"x": 0}) for _ in range(50)]
    await asyncio.gather(*calls, *(probe.database.health() for _ in range(50)))
    count = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = 'pgwallet' AND datname = current_database()"
    )
    assert await probe.connection.fetchval(count) <= 3 + 1  # one for health


async def test_the_gate_is_first_come_first_served() -> None:
    gate, order = Gate("tests", slots=2, queue=100, patience=5), []

    async def enter(number: int) -> None:
        async with gate:
            order.append(number)
            await asyncio.sleep(0.001)

    await asyncio.gather(*(enter(number) for number in range(50)))
    assert order == list(range(50))


async def test_a_full_queue_and_a_long_wait_are_503() -> None:
    gate = Gate("tests", slots=1, queue=1, patience=0.1)
    async with gate:
        waiting = asyncio.create_task(gate.__aenter__())
        await asyncio.sleep(0.01)
        with pytest.raises(Problem, match="GW503"):
            await gate.__aenter__()
        with pytest.raises(Problem, match="GW503"):
            await waiting
    async with asyncio.timeout(1), gate:
        pass


async def test_who_stops_waiting_leaves_the_gate_open() -> None:
    gate = Gate("tests", slots=1, queue=10, patience=5)
    async with gate:
        waiting = [asyncio.create_task(gate.__aenter__()) for _ in range(3)]
        await asyncio.sleep(0.01)
        waiting[0].cancel()
    await asyncio.wait_for(waiting[1], 1)
    await gate.__aexit__()
    await asyncio.wait_for(waiting[2], 1)


@pytest.mark.parametrize("is_first_to_go", [True, False])
async def test_who_stops_as_a_place_comes_free_passes_it_on(is_first_to_go: bool) -> None:
    gate = Gate("tests", slots=1, queue=10, patience=5)
    await gate.__aenter__()
    first, second = (asyncio.create_task(gate.__aenter__()) for _ in range(2))
    await asyncio.sleep(0.01)
    if is_first_to_go:
        first.cancel()
        await gate.__aexit__()
    else:
        await gate.__aexit__()
        first.cancel()
    await asyncio.wait_for(second, 1)
    await gate.__aexit__()
    assert (gate.in_use, gate.waiting) == (0, 0)


BROKEN = {
    "DROP FUNCTION wallet.spend": r"wallet\.spend\(.*does not exist",
    "ALTER TYPE wallet.balance_item ADD ATTRIBUTE extra text": r"wallet\.\w+ differs in extra",
    "ALTER TYPE wallet.hold DROP ATTRIBUTE remaining CASCADE": r"differs in remaining",
    "REVOKE EXECUTE ON FUNCTION wallet.bonus FROM wallet_gateway": r"may not execute bonus",
    "DROP SCHEMA wallet CASCADE": 'schema "wallet" does not exist',
}


@pytest.mark.parametrize(("change", "message"), BROKEN.items())
async def test_functions_that_do_not_fit_are_refused_at_the_start(
    database: Any, change: str, message: str
) -> None:
    database.psql(change)
    app = create_app(Settings(database_url=database.dsn, jwt_secret=SECRET))
    with pytest.raises(SchemaMismatch, match=message):
        await web.AppRunner(app).setup()


async def test_a_function_with_other_parameters_is_refused(database: Any) -> None:
    database.psql(
        "DROP FUNCTION wallet.list_assets;"
        "CREATE FUNCTION wallet.list_assets(p_more text) RETURNS SETOF wallet.asset"
        " LANGUAGE plpgsql AS $$ BEGIN END $$"
    )
    app = create_app(Settings(database_url=database.dsn, jwt_secret=SECRET))
    with pytest.raises(SchemaMismatch, match="list_assets"):
        await web.AppRunner(app).setup()


async def test_only_functions_that_write_nothing_are_asked_of_the_replica(
    settings: Settings, connect_module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = set()
    function = Database.function

    def spy(
        self: Database, name: str, *arguments: Any, is_read: bool = False, **options: Any
    ) -> Any:
        asked.add((name, is_read))
        return function(self, name, *arguments, is_read=is_read, **options)

    monkeypatch.setattr(Database, "function", spy)
    create_app(settings)
    stable = "SELECT proname FROM pg_proc WHERE pronamespace = 'wallet'::regnamespace"
    rows = await (await connect_module()).fetch(f"{stable} AND provolatile = 's'")
    reads = {name for name, is_read in asked if is_read}
    assert reads <= {row["proname"] for row in rows}
    assert reads >= {"list_balances", "get_balance_at", "treasury"}
    assert (reads & {name for name, is_read in asked if not is_read}) == set()


async def test_nothing_can_be_written_where_reads_go(settings: Settings) -> None:
    """Even if the URL names the primary."""
    replica = Pool("replica", settings.database_url, settings, {}, is_replica=True)
    await replica.check()
    with pytest.raises(Away):
        await replica.call("SELECT * FROM wallet.create_asset('XY', 'X', 0)", [])
    await replica.stop()


async def test_a_replica_that_does_not_fit_is_not_read(
    settings: Settings, database: Any, aiohttp_client: Any
) -> None:
    """It may be behind a migration. Here it is another database, whose answers are told apart."""
    database.psql("SELECT wallet.create_asset('OTHER', 'Other', 0)")
    app = create_app(replace(settings, read_database_url=database.dsn))
    client = await aiohttp_client(app)
    admin = Caller(client, make_token("admin", "x"))

    async def replica() -> str:
        return str((await (await client.get("/health")).json())["replica"])

    async def reads_there() -> bool:
        answer = await admin("GET", "/v1/assets")
        assert answer.status == 200
        return "OTHER" in await answer.text()

    async def until(is_right: Callable[[str], bool]) -> None:
        end = time.monotonic() + 30
        while not is_right(await replica()):
            assert time.monotonic() < end, await replica()
            await asyncio.sleep(0.05)

    await until(lambda state: state == "ok")
    assert await reads_there()
    database.psql("ALTER FUNCTION wallet.list_assets RENAME TO list_nothing")
    assert not await reads_there()
    await until(lambda state: "function wallet.list_assets(" in state)
    database.psql("ALTER FUNCTION wallet.list_nothing RENAME TO list_assets")
    await until(lambda state: state == "ok")
    assert await reads_there()

    # Or have to interrupt a read, which is no reason to leave it.
    database.psql(
        "CREATE OR REPLACE FUNCTION wallet.list_assets() RETURNS SETOF wallet.asset"
        " LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '40001'; END $$"
    )
    assert not await reads_there()
    assert await replica() == "ok"


async def eventually(
    ask: Callable[[], Awaitable[Any]], is_right: Callable[[Any], bool], seconds: float = 60
) -> Any:
    end = time.monotonic() + seconds
    while not is_right(answer := await ask()):
        assert time.monotonic() < end, await answer.text()
        await asyncio.sleep(0.05)
    return answer


async def test_the_gateway_outlives_its_database(
    new_server: Callable[..., Any], aiohttp_client: Any
) -> None:
    server = new_server("18")
    database = server.create(template=None)
    server.embedded.stop()
    settings = Settings(database_url=database.dsn, jwt_secret=SECRET)
    client = await aiohttp_client(create_app(settings))
    admin = Caller(client, make_token("admin", "x"))

    async def health() -> Any:
        return await client.get("/health")

    # Away at the start.
    answer = await health()
    assert await problem(answer) == (503, "GW503")
    assert "can't be reached" in (await answer.json())["detail"]
    answer = await admin("GET", "/v1/assets")
    assert await problem(answer) == (503, "GW503")
    assert answer.headers["Retry-After"] == "1"
    assert "pgwallet_database_ready 0.0" in await (await client.get("/metrics")).text()

    # There, but empty: it says what is missing and goes on trying.
    server.embedded.start()
    for _ in range(200):
        if "migrate" in await (await health()).text():
            break
        await asyncio.sleep(0.05)
    await migrate(database.dsn)
    await eventually(health, lambda a: a.status == 200)
    assert (await admin("GET", "/v1/assets")).status == 200
    assert "pgwallet_database_ready 1.0" in await (await client.get("/metrics")).text()

    # Away again, and back.
    server.embedded.stop()
    assert await problem(await health()) == (503, "GW503")
    assert await problem(await admin("GET", "/v1/assets")) == (503, "GW503")
    lost = 'pgwallet_database_errors_total{sqlstate="08006"}'
    assert f"{lost} 0.0" not in await (await client.get("/metrics")).text()
    server.embedded.start()
    await eventually(health, lambda a: a.status == 200)
    assert (await admin("GET", "/v1/assets")).status == 200
