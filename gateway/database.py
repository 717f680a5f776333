"""The only module that speaks SQL: wallet functions as Python callables, on a bounded pool."""

import asyncio
import logging
import random
import struct
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any

import asyncpg
import msgspec

from gateway import metrics
from gateway.problems import Problem, is_transient
from gateway.settings import Settings

logger = logging.getLogger("pgwallet.database")

Row = dict[str, Any]
Call = Callable[[Mapping[str, Any]], Awaitable[list[Row]]]

_RETRIED = {"40001", "40P01", "55P03"}  # rolled back as a whole, so again does no harm
_RETRIES = 3
_AWAY = (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)  # timeouts are OSErrors
_INTERVAL = struct.Struct("!qii")  # microseconds, days, months

_FORBIDDEN = """
SELECT string_agg(p.proname, ', ') AS names
FROM pg_catalog.pg_proc AS p
INNER JOIN pg_catalog.pg_namespace AS n ON p.pronamespace = n.oid
WHERE n.nspname = 'wallet' AND p.proname = ANY ($1::text[])
AND NOT has_function_privilege(p.oid, 'EXECUTE')"""
_VERSIONS = "SELECT wallet.version() AS functions, wallet.schema_version() AS schema_version"


class SchemaMismatch(RuntimeError):
    """The database's functions are not those that this gateway calls; the text says which."""


class Gate:
    """So many at a time, first come first served; a full queue or a long wait is a 503."""

    def __init__(self, name: str, slots: int, queue: int, patience: float) -> None:
        self.name, self.slots, self.in_use, self.waiting = name, slots, 0, 0
        self._free = asyncio.Semaphore(slots)
        self._queue, self._patience = queue, patience
        self._waits = metrics.watch(self)

    async def __aenter__(self) -> None:
        if not self._free.locked():
            await self._free.acquire()  # at once
        elif self.waiting >= self._queue:
            metrics.sheds.labels(self.name, "full").inc()
            raise Problem("GW503", "Too many requests are waiting.")
        else:
            await self._wait()
        self.in_use += 1

    async def _wait(self) -> None:
        self.waiting += 1
        try:
            with self._waits.time():
                async with asyncio.timeout(self._patience):
                    await self._free.acquire()
        except TimeoutError:
            metrics.sheds.labels(self.name, "late").inc()
            raise Problem("GW503", "The request has waited too long.") from None
        finally:
            self.waiting -= 1

    async def __aexit__(self, *_: object) -> None:
        self.in_use -= 1
        self._free.release()


class Database:
    """Connections are opened when they are needed, so the gateway outlives the server.

    The pool is a gate in front of a list. asyncpg's own would take 30 us more for each call, for
    sessions with something to reset; nothing is ever set in these.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._gate = Gate(
            "database",
            settings.database_pool,
            settings.database_queue,
            settings.database_patience,
        )
        self._idle: list[Any] = []
        self._health = asyncio.Lock()  # however many ask, one connection more than the gate's
        self._functions: dict[str, tuple[str, set[str]]] = {}  # SQL -> name, what it answers
        self._watcher: asyncio.Task[None] | None = None
        self.cause = "it has not started"  # why there is no service; empty when there is
        self.schema_version = ""  # that it was compared with

    def function(
        self, name: str, arguments: tuple[str, ...], answers: tuple[str, ...] = ()
    ) -> Call:
        """wallet.<name>: a coroutine function from its arguments to its rows."""
        named = ", ".join(f"p_{argument} => ${n}" for n, argument in enumerate(arguments, 1))
        sql = f"SELECT * FROM wallet.{name}({named})"
        self._functions[sql] = name, set(answers)

        async def call(values: Mapping[str, Any]) -> list[Row]:
            return await self._call(sql, [values[argument] for argument in arguments])

        return call

    async def start(self) -> None:
        """Refuses a database that doesn't fit; one that is away is waited for meanwhile."""
        await self._check()
        if self.cause:
            self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
        await asyncio.gather(*(connection.close(timeout=5) for connection in self._idle))

    async def health(self) -> Row:
        """The versions of the functions and the schema, or a Problem. It waits behind no call."""
        self._check_ready()
        try:
            async with asyncio.timeout(2), self._health:
                [versions] = await self._query(_VERSIONS, [])
        except _AWAY as error:
            raise Problem("GW503", "The database can't be reached.") from error
        return dict(versions)

    async def _check(self) -> None:
        try:
            connection = await self._connect()
            try:
                await self._compare(connection)
            finally:
                await connection.close(timeout=5)
            self.cause = ""
        except asyncpg.PostgresError as error:
            if not is_transient(error):
                raise SchemaMismatch(
                    f"{error.message}; has `pgwallet migrate` been run?"
                ) from error
            self.cause = "the database is not ready"
        except _AWAY:
            self.cause = "the database can't be reached"

    async def _compare(self, connection: Any) -> None:
        """Has the server prepare every call, so that it says what is missing or has changed."""
        for sql, (name, answers) in self._functions.items():
            found = {a.name for a in (await connection.prepare(sql)).get_attributes()}
            if answers and (differing := (found ^ answers) - {"is_replay", "cursor"}):
                raise SchemaMismatch(f"wallet.{name} differs in {', '.join(sorted(differing))}")
        self.schema_version = (await connection.fetchrow(_VERSIONS))["schema_version"]
        names = [name for name, _ in self._functions.values()]
        if forbidden := await connection.fetchval(_FORBIDDEN, names):
            raise SchemaMismatch(f"this role may not execute {forbidden}")

    async def _watch(self) -> None:
        """Until the database is there and fits; by now a mismatch is waited out as well."""
        pause = 0.1
        while self.cause:
            logger.warning("no service, trying again: %s", self.cause)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(2 * pause, 5)
            try:
                await self._check()
            except SchemaMismatch as error:
                self.cause = str(error)
        logger.info("the database is there")

    def _check_ready(self) -> None:
        if self.cause:
            raise Problem("GW503", f"There is no service: {self.cause}.")

    async def _call(self, sql: str, values: list[Any]) -> list[Row]:
        self._check_ready()
        attempt = 0
        while True:
            try:
                async with self._gate:
                    return [_plain(row) for row in await self._query(sql, values)]
            except asyncpg.PostgresError as error:
                attempt += 1
                if error.sqlstate not in _RETRIED or attempt > _RETRIES:
                    raise
                metrics.retries.labels(error.sqlstate).inc()
            except _AWAY as error:
                metrics.errors.labels("08006").inc()  # connection failure
                logger.warning("database away: %s", type(error).__name__)
                raise Problem("GW503", "The database can't be reached.") from error
            await asyncio.sleep(random.uniform(0.5, 1.5) * 0.02 * 2**attempt)

    async def _query(self, sql: str, values: list[Any]) -> list[asyncpg.Record]:
        connection = None
        while connection is None or connection.is_closed():
            connection = self._idle.pop() if self._idle else await self._connect()
        try:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *values)
        except asyncpg.PostgresError:
            self._idle.append(connection)
            raise
        except BaseException:  # timed out or cancelled: who knows what it is at
            connection.terminate()
            raise
        self._idle.append(connection)
        return rows

    async def _connect(self) -> Any:
        connection = await asyncpg.connect(
            self._settings.database_url,
            timeout=5,
            command_timeout=self._settings.database_timeout,
            max_cached_statement_lifetime=0,  # for ever: there is one for each route
            server_settings={"application_name": "pgwallet", "role": self._settings.database_role},
        )
        for type_name, encode, decode in _CODECS:
            await connection.set_type_codec(
                type_name, schema="pg_catalog", format="binary", encoder=encode, decoder=decode
            )
        return connection


def _seconds(binary: bytes) -> int:
    microseconds, days, months = _INTERVAL.unpack(binary)
    return int(microseconds // 1_000_000 + 86_400 * (days + 30 * months))


# jsonb passes through as it is, an interval is whole seconds.
_CODECS: list[tuple[str, Callable[[Any], bytes], Callable[[bytes], Any]]] = [
    ("jsonb", lambda v: b"\x01" + msgspec.json.encode(v), lambda binary: msgspec.Raw(binary[1:])),
    ("interval", lambda seconds: _INTERVAL.pack(seconds * 1_000_000, 0, 0), _seconds),
]


def _plain(record: asyncpg.Record) -> Row:
    """A record as JSON takes it; uuids and times it knows already."""
    return {
        name: convert(value) if (convert := _CONVERT.get(type(value))) else value
        for name, value in record.items()
    }


def _plain_list(values: list[Any]) -> list[Any]:
    return [_plain(value) if isinstance(value, asyncpg.Record) else value for value in values]


_CONVERT: dict[type, Callable[[Any], Any]] = {
    Decimal: "{:f}".format,  # never 1E+3
    list: _plain_list,
}


async def run_script(dsn: str, script: str, settings: Mapping[str, str]) -> None:
    """A file of SQL in one transaction, in which these settings hold."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            for name, value in settings.items():
                await connection.execute("SELECT set_config($1, $2, true)", name, value)
            await connection.execute(script)
    finally:
        await connection.close()
