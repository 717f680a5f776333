"""Sends webhooks. What is sent to whom and when it is tried again is the database's to know.

wallet.take_webhook_events gives events to send, wallet.settle_webhook_events hears what came of
them. A deliverer that dies between the two has lost nothing: its lease ends, and another one gets
the same events.
"""

import asyncio
import contextlib
import errno
import ipaddress
import logging
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder
from standardwebhooks import Webhook

from gateway import __version__
from gateway.database import Database, Row
from gateway.problems import Problem
from gateway.settings import Settings

logger = logging.getLogger("pgwallet.deliver")

TIMEOUT = 15.0  # seconds for an answer
_MARGIN = 5.0  # seconds of a lease that are left for settling
_PATIENCE = 2.0  # seconds after which others don't wait for an answer
_PAUSE = 0.25  # seconds, when there was nothing to send
_LOOK = 1.0  # seconds between two looks at the alerts
_BATCHES = 16  # at a time
_EVENTS = 500  # of a batch
_CONNECTIONS = 50  # to one receiver
_SLOW = {429, 502, 503, 504}

_registry = CollectorRegistry()
ProcessCollector(registry=_registry)
_info = Gauge("pgwallet_deliver_info", "What delivers", ["version"], registry=_registry)
_info.labels(__version__).set(1)
_ready = Gauge(
    "pgwallet_deliver_ready", "Whether the database answered last time", registry=_registry
)
_sends = Counter(
    "pgwallet_webhook_sends",
    "Tries; status: of the answer, or none",
    ["subscription", "status"],
    registry=_registry,
)
_send_seconds = Histogram(
    "pgwallet_webhook_send_seconds",
    "From a try to its answer",
    ["subscription"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
    registry=_registry,
)
_delays = Histogram(
    "pgwallet_webhook_delay_seconds",
    "From a movement to its arrival, where the first try succeeds",
    ["subscription"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 1800, 7200),
    registry=_registry,
)
_raised = Counter("pgwallet_alerts_raised", "Alerts that this one raised", registry=_registry)
_looked = Gauge(
    "pgwallet_alerts_checked_timestamp_seconds",
    "When the alerts were checked last, up to what had moved by then",
    registry=_registry,
)
_looked.set_to_current_time()
_states = {
    name: Gauge(f"pgwallet_webhook_{name}", text, ["subscription"], registry=_registry)
    for name, text in (
        ("waiting", "Events that wait for another try"),
        ("parked", "Events that are not tried any more"),
        ("paused", "Whether somebody has paused it"),
        ("oldest_seconds", "Age of the oldest movement that is to be sent"),
    )
}


def may_ask(address: str) -> bool:
    """Whether an address is out in the public."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip not in _UNICAST or ip.sixtofour is not None or ip.teredo is not None:
            return False  # what leads into IPv4 by another way may lead anywhere
    return ip.is_global and not ip.is_multicast


_UNICAST = ipaddress.ip_network("2000::/3")


def _open_public(info: aiohttp.AddrInfoType) -> socket.socket:
    """A socket for an address that was found, right before it is connected to that."""
    if not may_ask(info[4][0]):
        raise OSError(errno.EACCES, f"{info[4][0]} is not a public address")
    return socket.socket(info[0], info[1], info[2])


def to_message(event: Row) -> tuple[str, str]:
    """The id of an event, which is the same in every try, and the body."""
    data = {name: value for name, value in event.items() if name != "cursor"}
    is_alert = event["kind"] == "ALERT"
    body = {
        "type": (
            f"alert.{msgspec.json.decode(event['details'])['measure']}"
            if is_alert
            else f"transaction.{event['kind'].lower()}"
        ),
        "timestamp": event["created_at"],
        "data": data,
    }
    return f"evt_{event['transaction_id']}_{event['leg']}", msgspec.json.encode(body).decode()


def to_headers(message_id: str, body: str, secrets: list[str], now: datetime) -> dict[str, str]:
    """What Standard Webhooks wants; during a rotation there are two signatures."""
    signatures = [Webhook(secret).sign(message_id, now, body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class _Result(msgspec.Struct):
    """What came of an event, as wallet.webhook_result."""

    event: Row
    outcome: str = "waiting"
    status_code: int | None = None
    error: str | None = None
    retry_after: int | None = None
    sent_at: float = 0.0  # since when it is under way

    def row(self) -> tuple[Any, ...]:
        # An alert that is about no single user is nobody's.
        key = self.event["user_id"] or UUID(int=0), self.event["asset"], self.event["seq"]
        return *key, self.outcome, self.status_code, self.error, self.retry_after


class _Batch:
    """Events of one webhook."""

    def __init__(self, row: Row, taken_at: float, http: aiohttp.ClientSession, why: str) -> None:
        self.subscription, self.claim = row["subscription"], row["claim"]
        self._url, self._secrets, self._http, self._refusal = row["url"], row["secrets"], http, why
        self._deadline = taken_at + row["lease"] - TIMEOUT - _MARGIN
        self._slots = asyncio.Semaphore(_CONNECTIONS)
        self._is_ended = False
        self.results = [_Result(event) for event in row["events"]]
        chains = defaultdict(list)
        for number, result in enumerate(self.results):
            event = result.event
            wallet = (event["user_id"], event["asset"]) if row["is_ordered"] else number
            chains[wallet].append(result)
        self._chains = {asyncio.create_task(self._send_all(each)): each for each in chains.values()}

    def end(self) -> None:
        """Sends nothing more; what is under way is waited for."""
        self._is_ended = True

    async def wait(self) -> list[_Result]:
        """Waits until all have an outcome, or the last ones take too long.

        Returns: those that are still under way.
        """
        waiting = set(self._chains)
        while waiting:
            _, waiting = await asyncio.wait(waiting, timeout=_PATIENCE / 4)
            late = [
                result for task in waiting for result in self._chains[task]
                if result.outcome == "sending" and monotonic() > result.sent_at + _PATIENCE
            ]  # fmt: skip
            if len(late) == len(waiting):
                self.end()
                return late
        return []

    async def finish(self) -> None:
        await asyncio.gather(*self._chains)

    async def _send_all(self, chain: list[_Result]) -> None:
        """One after the other. When one fails, those behind it wait."""
        for result in chain:
            async with self._slots:
                if self._is_ended or monotonic() > self._deadline:
                    return
                result.outcome, result.sent_at = "sending", monotonic()
                await self._send(result)
            if result.outcome == "failed":
                return

    async def _send(self, result: _Result) -> None:
        try:
            if self._refusal:
                raise OSError(self._refusal)
            message_id, body = to_message(result.event)
            headers = to_headers(message_id, body, self._secrets, datetime.now(UTC))
            async with (
                asyncio.timeout(TIMEOUT),
                self._http.post(
                    self._url, data=body.encode(), headers=headers, allow_redirects=False
                ) as answer,
            ):
                result.status_code = answer.status
                result.retry_after = _seconds(answer.headers.get("Retry-After"))
                await answer.content.read(65536)  # so that the connection can be used again
        except TimeoutError:
            result.error = f"no answer within {TIMEOUT:.0f} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            result.error = str(error) or type(error).__name__
        status = result.status_code
        if status is not None and 200 <= status < 300:
            result.outcome, result.error, result.retry_after = "sent", None, None
        else:
            result.outcome = "failed"
            if status is None or status in _SLOW or status == 410 or result.retry_after is not None:
                self.end()
        _sends.labels(self.subscription, status or "none").inc()
        _send_seconds.labels(self.subscription).observe(monotonic() - result.sent_at)
        if result.outcome == "sent" and result.event["cursor"] is not None:
            age = datetime.now(UTC) - result.event["created_at"]
            _delays.labels(self.subscription).observe(age.total_seconds())


def _seconds(retry_after: str | None) -> int | None:
    """Retry-After, which is a number of seconds or a date."""
    if retry_after is None:
        return None
    if retry_after.isdecimal() and len(retry_after) < 10:
        return int(retry_after)
    with contextlib.suppress(ValueError, OverflowError):
        at = parsedate_to_datetime(retry_after)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0, int((at - datetime.now(UTC)).total_seconds()))
    return None


class Deliverer:
    """Takes, sends and settles until it is cancelled; then finishes what is under way."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = database = Database(settings)
        self._take = database.function("take_webhook_events", ("limit",))
        self._settle = database.function(
            "settle_webhook_events", ("subscription", "claim", "results")
        )
        self._list = database.function("list_webhooks", ())
        self._check = database.function("check_alerts", ())
        self._batches: dict[asyncio.Task[None], _Batch] = {}
        self._free = asyncio.Event()  # a batch has ended

    async def run(self) -> None:
        await self._database.start()
        try:
            async with self._client() as http, _site(self._settings):
                others = [asyncio.create_task(self._sample()), asyncio.create_task(self._look())]
                try:
                    while True:
                        if len(self._batches) >= _BATCHES or not await self._begin(http):
                            # Not wait_for: in Python 3.11 it may lose that it is cancelled.
                            with contextlib.suppress(TimeoutError):
                                async with asyncio.timeout(_PAUSE):
                                    await self._free.wait()
                            self._free.clear()
                finally:
                    for other in others:
                        other.cancel()
                    for batch in self._batches.values():
                        batch.end()
                    await asyncio.gather(*self._batches)
        finally:
            await self._database.stop()

    def _client(self) -> aiohttp.ClientSession:
        is_free = self._settings.webhook_targets == "any"
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, limit_per_host=0, socket_factory=None if is_free else _open_public
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={
                "Accept-Encoding": "identity",
                "Content-Type": "application/json",
                "User-Agent": f"pgwallet/{__version__}",
            },
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None),
        )

    async def _begin(self, http: aiohttp.ClientSession) -> bool:
        """Takes a batch, if there is one."""
        taken_at = monotonic()
        try:
            rows = await self._take({"limit": _EVENTS})
        except (Problem, asyncpg.PostgresError) as error:
            _ready.set(0)
            logger.warning("nothing can be taken: %s", error)
            await asyncio.sleep(1)
            return False
        _ready.set(1)
        for row in rows:
            is_allowed = self._settings.webhook_targets == "any" or row["url"].startswith("https:")
            batch = _Batch(row, taken_at, http, "" if is_allowed else "the URL is not https")
            task = asyncio.create_task(self._deliver(batch))
            self._batches[task] = batch
            task.add_done_callback(self._end)
        return bool(rows)

    def _end(self, task: asyncio.Task[None]) -> None:
        del self._batches[task]
        self._free.set()

    async def _deliver(self, batch: _Batch) -> None:
        late = await batch.wait()
        await self._settle_all(batch, batch.results)
        self._free.set()
        if late:
            await batch.finish()
            await self._settle_all(batch, late)

    async def _settle_all(self, batch: _Batch, results: list[_Result]) -> None:
        """If that fails, the lease ends, and what was sent is sent again."""
        settled: Mapping[str, Any] = {
            "subscription": batch.subscription,
            "claim": batch.claim,
            "results": [result.row() for result in results],
        }
        try:
            await self._settle(settled)
        except (Problem, asyncpg.PostgresError) as error:
            logger.warning("%s can't be settled: %s", batch.subscription, error)
        failed = [result for result in results if result.outcome == "failed"]
        if failed:
            logger.warning(
                {
                    "subscription": batch.subscription,
                    "events": len(results),
                    "failed": len(failed),
                    "event": to_message(failed[0].event)[0],
                    "status": failed[0].status_code,
                    "error": failed[0].error,
                }
            )

    async def _look(self) -> None:
        """Raises the alerts of what has moved. Of several deliverers one looks at a time."""
        while True:
            try:
                [row] = await self._check({})
                _raised.inc(row["alerts"])
                if not row["is_last"]:
                    continue
                _looked.set_to_current_time()
            except (Problem, asyncpg.PostgresError) as error:
                logger.warning("the alerts can't be checked: %s", error)
            await asyncio.sleep(_LOOK)

    async def _sample(self) -> None:
        """What the gauges say is 5 seconds old at most."""
        while True:
            with contextlib.suppress(Problem, asyncpg.PostgresError):
                rows = await self._list({})
                for gauge in _states.values():
                    gauge.clear()
                for row in rows:
                    name, oldest_at = row["subscription"], row["oldest_at"]
                    age = (datetime.now(UTC) - oldest_at).total_seconds() if oldest_at else 0
                    _states["waiting"].labels(name).set(row["waiting"])
                    _states["parked"].labels(name).set(row["parked"])
                    _states["paused"].labels(name).set(row["status"] == "paused")
                    _states["oldest_seconds"].labels(name).set(age)
            await asyncio.sleep(5)


@contextlib.asynccontextmanager
async def _site(settings: Settings) -> AsyncIterator[None]:
    """Answers /metrics and /health, where that is wanted."""
    if not settings.deliver_port:
        yield
        return
    app = web.Application()
    app.router.add_get("/metrics", _metrics)
    app.router.add_get("/health", _health)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.deliver_port).start()
        yield
    finally:
        await runner.cleanup()


async def _metrics(request: web.Request) -> web.Response:
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return web.Response(body=encode(_registry), headers={"Content-Type": content_type})


async def _health(request: web.Request) -> web.Response:
    is_ready = _registry.get_sample_value("pgwallet_deliver_ready") == 1
    return web.json_response(
        {"status": "ok" if is_ready else "the database is away", "version": __version__},
        status=200 if is_ready else 503,
    )
