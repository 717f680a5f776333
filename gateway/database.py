"""The only module that speaks SQL: wallet functions as Python callables, on a bounded pool."""

import asyncio
import logging
import random
import secrets
import struct
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from functools import partial
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg
import msgspec

from gateway import metrics
from gateway.problems import Problem, is_lost, is_transient, too_late, too_many
from gateway.settings import Settings

logger = logging.getLogger("pgwallet.database")

Row = dict[str, Any]
Call = Callable[[Mapping[str, Any]], Awaitable[list[Row]]]
Judge = Callable[[list[asyncpg.Record]], bool]
Functions = dict[str, tuple[str, set[str]]]  # SQL -> name, what it answers

_RETRIED = {"40001", "40P01", "55P03"}  # the server rolled back the whole call
_RETRIES = 3
_MISFITS = {"3F000", "42501", "42883"}  # schema, right or function missing
_GONE = "the database can't be reached"
LOSES_STATEMENTS = "a pooler loses the statements that the gateway prepares"
_AWAY = (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)  # timeouts are OSErrors
_INTERVAL = struct.Struct("!qii")  # microseconds, days, months

_FORBIDDEN = """
SELECT string_agg(p.proname, ', ') AS names
FROM pg_catalog.pg_proc AS p
INNER JOIN pg_catalog.pg_namespace AS n ON p.pronamespace = n.oid
WHERE n.nspname = 'wallet' AND p.proname = ANY ($1::text[])
AND NOT has_function_privilege(p.oid, 'EXECUTE')"""
# A kind that has a threshold is named as the function that makes it.
_HEEDING = """
CROSS JOIN LATERAL wallet.heed_threshold(lower(m.kind), m.asset, m.amount, m.is_replay)"""
_VERSIONS = """
SELECT wallet.version() AS functions, wallet.schema_version() AS schema_version,
    current_setting('transaction_read_only')::boolean AS is_read_only"""


class SchemaMismatch(RuntimeError):
    """The database can't be used as it is. The text says why."""


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """Gives its statements names that no other process gives.

    asyncpg numbers them. A pooler that passes the names on could run what another gateway has
    prepared under the same number: a topup instead of a spend.
    """

    process = secrets.token_hex(8)

    def _get_unique_id(self, prefix: str) -> str:
        return f"{super()._get_unique_id(prefix)}{self.process}"


async def keeps_statements(one: Any, other: Any) -> bool:
    """Whether a connection still has its prepared statement after another connection's turn."""
    prepared = await one.prepare("SELECT 1")
    await prepared.fetchval()  # it keeps its session until then
    async with other.transaction():
        await other.execute("SELECT 1")
        try:
            await prepared.fetchval(timeout=5)
        except asyncpg.InvalidSQLStatementNameError:
            return False
        except TimeoutError:
            pass  # both share one server connection: there is nothing to mix up
    return True


class Gate:
    """Lets in so many at a time, first come first served. A full queue or a long wait is a 503."""

    def __init__(self, name: str, slots: int, queue: int, patience: float) -> None:
        self.name, self.slots, self.in_use, self.waiting = name, slots, 0, 0
        self._queue, self._patience = queue, patience
        self._semaphore = asyncio.Semaphore(slots)
        self._waits = metrics.watch(self)

    async def __aenter__(self) -> None:
        if self._semaphore.locked():
            await self._wait()
        else:
            await self._semaphore.acquire()
        self.in_use += 1

    async def _wait(self) -> None:
        if self.waiting >= self._queue:
            metrics.sheds.labels(self.name, "full").inc()
            raise too_many()
        since = monotonic()
        self.waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._semaphore.acquire()
        except TimeoutError:
            metrics.sheds.labels(self.name, "late").inc()
            raise too_late() from None
        finally:
            self.waiting -= 1
            self._waits.observe(monotonic() - since)

    async def __aexit__(self, *_: object) -> None:
        self.in_use -= 1
        self._semaphore.release()


class Away(Problem):
    """The server is not there, or no longer. It may have done what it was asked."""


class Pool:
    """Calls to one database, which may be away. Connections are opened when needed.

    It is a gate in front of a list. asyncpg's own pool takes 30 us more for each call, to reset the
    session. Nothing is ever set in these sessions.
    """

    def __init__(
        self,
        name: str,
        url: str,
        settings: Settings,
        functions: Functions,
        *,
        is_replica: bool = False,
    ) -> None:
        self._name, self._functions, self._is_replica = name, functions, is_replica
        self._urls = _one_by_one(url, "any" if is_replica else "read-write")
        self._timeout = settings.database_timeout
        self._session = {"application_name": "pgwallet"}
        if settings.database_role != "none":
            self._session["role"] = settings.database_role
        if is_replica:
            self._session["default_transaction_read_only"] = "on"  # even if the URL names a primary
        self._gate = Gate(
            name, settings.database_pool, settings.database_queue, settings.database_patience
        )
        self._idle: list[Any] = []
        self._health = asyncio.Lock()  # one connection more than the gate's
        self._watcher: asyncio.Task[None] | None = None
        self.cause = "it has not started"  # why there is no service; empty when there is
        self.schema_version = ""  # of the schema that the functions were compared with

    async def call(self, sql: str, values: list[Any], *, judge: Judge | None = None) -> list[Row]:
        self._check_ready()
        attempt = 0
        while True:
            try:
                async with self._gate:
                    return [_plain(row) for row in await self._query(sql, values, judge)]
            except asyncpg.PostgresError as error:
                if error.sqlstate in _MISFITS:
                    await self._doubt()
                attempt += 1
                if error.sqlstate not in _RETRIED or attempt > _RETRIES:
                    raise
                metrics.retries.labels(error.sqlstate).inc()
            await asyncio.sleep(random.uniform(0.5, 1.5) * 0.02 * 2**attempt)

    async def versions(self) -> Row:
        """The versions of the functions and the schema. It waits behind no call.
        Raises: Away.
        """
        self._check_ready()
        try:
            async with asyncio.timeout(2), self._health:
                [versions] = await self._query(_VERSIONS, [])
        except TimeoutError as error:
            self._drop()
            raise self._away(error) from error
        if versions["is_read_only"] and not self._is_replica:
            self._drop()
            raise Away("GW503", "The database takes no writes.")
        return {name: versions[name] for name in ("functions", "schema_version")}

    def watch(self, cause: str = "") -> None:
        """Compares the database until it fits. A cause stops the service meanwhile."""
        self.cause = cause or self.cause
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
        await asyncio.gather(*(connection.close(timeout=5) for connection in self._idle))

    async def _doubt(self) -> None:
        """Looks whether a function is gone. If it is, there is no service until it is back."""
        async with self._health:
            if not self.cause:
                await self._look()
        if self.cause:
            self.watch()
        self._check_ready()

    async def _look(self) -> None:
        """Says in `cause` whether the database is there and fits."""
        try:
            await self.check()
        except SchemaMismatch as error:
            self.cause = str(error)

    async def check(self) -> None:
        """Says in `cause` whether the database is there.
        Raises: SchemaMismatch if it is there and doesn't fit.
        """
        try:
            connection = await self._connect()
            try:
                await self._compare(connection)
                await self._try_pooler(connection)
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
            self.cause = _GONE

    async def _compare(self, connection: Any) -> None:
        """Has the server prepare every call: it says what is missing or has changed."""
        for sql, (name, answers) in self._functions.items():
            found = {a.name for a in (await connection.prepare(sql)).get_attributes()}
            if answers and (differing := (found ^ answers) - {"is_replay", "cursor"}):
                raise SchemaMismatch(f"wallet.{name} differs in {', '.join(sorted(differing))}")
        self.schema_version = (await connection.fetchrow(_VERSIONS))["schema_version"]
        names = [name for name, _ in self._functions.values()]
        if forbidden := await connection.fetchval(_FORBIDDEN, names):
            raise SchemaMismatch(f"this role may not execute {forbidden}")

    async def _try_pooler(self, connection: Any) -> None:
        """Refuses a pooler that loses prepared statements. Without a pooler it does nothing."""
        if await connection.fetchval("SELECT pg_backend_pid()") == connection.get_server_pid():
            return
        other = await self._connect()
        try:
            if not await keeps_statements(connection, other):
                raise SchemaMismatch(LOSES_STATEMENTS)
        finally:
            await other.close(timeout=5)

    async def _watch(self) -> None:
        """Tries until the database is there and fits. It waits out a mismatch too."""
        pause = 0.1
        while True:
            await self._look()
            if not self.cause:
                break
            logger.warning("%s: no service, trying again: %s", self._name, self.cause)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(2 * pause, 5)
        logger.info("%s: the database is there", self._name)

    def _check_ready(self) -> None:
        if self.cause:
            raise Away("GW503", f"There is no service: {self.cause}.")

    async def _query(
        self, sql: str, values: list[Any], judge: Judge | None = None
    ) -> list[asyncpg.Record]:
        connection = None
        while connection is None or connection.is_closed():
            if self._idle:
                connection = self._idle.pop()
                continue
            try:
                connection = await self._connect()
            except (asyncpg.PostgresError, *_AWAY) as error:
                raise self._away(error) from error
        try:
            rows: list[asyncpg.Record] = await (
                _try(connection, sql, values, judge) if judge else connection.fetch(sql, *values)
            )
        except BaseException as error:
            if isinstance(error, asyncpg.PostgresError) and not is_lost(error):
                self._idle.append(connection)
                raise
            connection.terminate()  # it may be in the middle of something
            if not isinstance(error, (asyncpg.PostgresError, *_AWAY)):
                raise
            self._drop()
            away = self._away(error)
            if isinstance(error, TimeoutError):
                raise Problem("GW503", "The database took too long.") from None
            raise away from error
        self._idle.append(connection)
        return rows

    def _drop(self) -> None:
        """Closes the idle connections: they lead to the server that was lost or gave no answer."""
        while self._idle:
            self._idle.pop().terminate()

    def _away(self, error: Exception) -> Away:
        metrics.errors.labels(getattr(error, "sqlstate", None) or "08006").inc()
        logger.warning("%s away: %s", self._name, type(error).__name__)
        return Away("GW503", "The database can't be reached.")

    async def _connect(self) -> Any:
        """Connects to the host that answers first: a host that is gone may never say so."""
        tries = [asyncio.create_task(self._open(url)) for url in self._urls]
        chosen, failure = None, None
        try:
            for answer in asyncio.as_completed(tries):
                try:
                    chosen = await answer
                    return chosen
                except (asyncpg.PostgresError, *_AWAY) as error:
                    failure = error
        finally:
            for task in tries:
                task.cancel()
                task.add_done_callback(partial(_discard, but=chosen))
        assert failure is not None
        raise failure

    async def _open(self, url: str) -> Any:
        connection = await asyncpg.connect(
            url,
            connection_class=Connection,
            timeout=5,
            command_timeout=self._timeout,
            max_cached_statement_lifetime=0,  # keep them: there is one for each route
            server_settings=self._session,
        )
        try:
            for type_name, encode, decode in _CODECS:
                await connection.set_type_codec(
                    type_name, schema="pg_catalog", format="binary", encoder=encode, decoder=decode
                )
        except BaseException:
            connection.terminate()
            raise
        return connection


class Database:
    """Calls functions on the primary. Functions that only read go to the replica, if there is one.

    A read goes to the primary while the replica is away or doesn't fit.
    """

    def __init__(self, settings: Settings) -> None:
        self._functions: Functions = {}
        self.primary = Pool("database", settings.database_url, settings, self._functions)
        self._replica: Pool | None = None
        if url := settings.read_database_url:
            self._replica = Pool("replica", url, settings, self._functions, is_replica=True)

    def function(
        self,
        name: str,
        arguments: tuple[str, ...],
        answers: tuple[str, ...] = (),
        *,
        is_read: bool = False,
        is_bound: bool = False,
        each_of: Mapping[str, str] | None = None,
        judge: Judge | None = None,
    ) -> Call:
        """wallet.<name> as a coroutine function: it takes the arguments and gives the rows.

        is_bound: the database refuses it above a threshold for operators.
        each_of: the arguments' types, if it takes lists of them and gives a row for each.
        judge: looks at the rows. If it says no, what the call did is rolled back.
        """
        numbers = {argument: f"${n}" for n, argument in enumerate(arguments, 1)}
        sources = (
            numbers if each_of is None else {argument: f"r.{argument}" for argument in each_of}
        )
        named = ", ".join(f"p_{argument} => {source}" for argument, source in sources.items())
        sql = f"SELECT * FROM wallet.{name}({named})"
        if each_of is not None:
            lists = ", ".join(f"{numbers[argument]}::{each_of[argument]}[]" for argument in each_of)
            sql = (
                f"SELECT m.* FROM unnest({lists}) WITH ORDINALITY AS r({', '.join(each_of)}, n)"
                f" CROSS JOIN LATERAL wallet.{name}({named}) AS m ORDER BY r.n"
            )
        if is_bound:
            sql = f"SELECT m.* FROM wallet.{name}({named}) AS m{_HEEDING}"
        self._functions[sql] = name, set(answers)
        ask: Callable[[str, list[Any]], Awaitable[list[Row]]] = self.primary.call
        if judge:
            ask = partial(self.primary.call, judge=judge)
        if is_read and self._replica is not None:
            ask = partial(self._read, self._replica)

        async def call(values: Mapping[str, Any]) -> list[Row]:
            return await ask(sql, [values[argument] for argument in arguments])

        return call

    async def start(self) -> None:
        """Starts. A database that is away is waited for in the background.
        Raises: SchemaMismatch.
        """
        await self.primary.check()
        if self.primary.cause:
            self.primary.watch()
        if self._replica is not None:
            self._replica.watch()

    async def stop(self) -> None:
        await self.primary.stop()
        if self._replica is not None:
            await self._replica.stop()

    async def health(self) -> Row:
        """The versions, and how the replica is.
        Raises: Away if the primary isn't well.
        """
        if self._replica is None:
            return await self.primary.versions()
        state = await _state(self._replica)
        try:
            return await self.primary.versions() | {"replica": state}
        except Away as away:
            away.detail = f"{away.detail} The replica: {state}."
            raise

    async def _read(self, replica: Pool, sql: str, values: list[Any]) -> list[Row]:
        if not replica.cause:
            try:
                return await replica.call(sql, values)
            except Away:
                replica.watch(replica.cause or _GONE)
            except asyncpg.SerializationError:
                pass  # replaying the WAL removes rows that this read looks at
        return await self.primary.call(sql, values)


async def _state(replica: Pool) -> str:
    if not replica.cause:
        try:
            await replica.versions()
        except (Away, asyncpg.PostgresError):
            replica.watch(replica.cause or _GONE)
    return replica.cause or "ok"


def _one_by_one(url: str, attributes: str) -> list[str]:
    """Splits a URL of several hosts into a URL for each, with target_session_attrs."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    login, at, netloc = parts.netloc.rpartition("@")
    in_query = not netloc
    hosts = (query.get("host", "") if in_query else netloc).split(",")
    if len(hosts) == 1:
        return [url]
    query.setdefault("target_session_attrs", attributes)
    ports = query.pop("port", "").split(",")
    urls = []
    for host, port in zip(hosts, ports if len(ports) > 1 else ports * len(hosts), strict=True):
        query |= {"host": host} if in_query else {}
        query |= {"port": port} if port else {}
        place = parts.netloc if in_query else login + at + host
        urls.append(f"{parts.scheme}://{place}{parts.path}?{urlencode(query)}")
    return urls


def _discard(task: asyncio.Task[Any], but: Any) -> None:
    """Closes a connection that lost the race."""
    if not task.cancelled() and task.exception() is None and task.result() is not but:
        task.result().terminate()


async def _try(connection: Any, sql: str, values: list[Any], judge: Judge) -> list[asyncpg.Record]:
    """Makes the call, and rolls back what it did if the judge says no.

    A cluster's partitions see no ROLLBACK. They take it back themselves, so the call is made again.
    """
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("SET LOCAL pgwallet.trial = 'on'")
        rows: list[asyncpg.Record] = await connection.fetch(sql, *values)
        is_good = judge(rows)
        is_undone = is_good and await connection.fetchval("SHOW pgwallet.trial") == "made"
    except asyncpg.PostgresError as error:
        if not is_lost(error):
            await transaction.rollback()
        raise
    await (transaction.commit() if is_good and not is_undone else transaction.rollback())
    return await connection.fetch(sql, *values) if is_undone else rows


def _seconds(binary: bytes) -> int:
    microseconds, days, months = _INTERVAL.unpack(binary)
    return int(microseconds // 1_000_000 + 86_400 * (days + 30 * months))


# jsonb passes through unparsed. An interval becomes whole seconds.
_CODECS: list[tuple[str, Callable[[Any], bytes], Callable[[bytes], Any]]] = [
    ("jsonb", lambda v: b"\x01" + msgspec.json.encode(v), lambda binary: msgspec.Raw(binary[1:])),
    ("interval", lambda seconds: _INTERVAL.pack(seconds * 1_000_000, 0, 0), _seconds),
]


def _plain(record: asyncpg.Record) -> Row:
    """A record with values that the JSON encoder knows: it knows uuids and times already."""
    return {
        name: f"{value:f}"  # never 1E+3
        if type(value) is Decimal
        else [_plain(item) if isinstance(item, asyncpg.Record) else item for item in value]
        if type(value) is list
        else value
        for name, value in record.items()
    }
