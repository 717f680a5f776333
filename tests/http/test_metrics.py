"""What Prometheus is told, by one process and by several."""

import asyncio
import re
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from gateway import __version__, metrics
from gateway.app import create_app
from gateway.database import Gate
from gateway.problems import Problem, problem_of
from gateway.settings import Settings

from .conftest import NOBODY, Caller, ready
from .test_database import Probe, probe
from .test_serve import SLOW

__all__ = ["probe"]

Sample = tuple[str, tuple[tuple[str, str], ...]]


def read(text: str) -> dict[Sample, float]:
    """Each sample's value by its name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def sample(name: str, **labels: str) -> Sample:
    return name, tuple(sorted(labels.items()))


class Scrapes:
    """What has changed since it was made: a process's metrics outlive the gateways of tests."""

    def __init__(self, ask: Callable[[], Awaitable[dict[Sample, float]]]) -> None:
        self._ask = ask
        self._before: dict[Sample, float] = {}

    async def start(self) -> "Scrapes":
        self._before = await self._ask()
        return self

    async def increase(self, name: str, **labels: str) -> float:
        wanted = sample(name, **labels)
        return (await self._ask()).get(wanted, 0) - self._before.get(wanted, 0)


@pytest.fixture
async def scrapes(anyone: Caller) -> Scrapes:
    async def ask() -> dict[Sample, float]:
        return read(await (await anyone("GET", "/metrics")).text())

    return await Scrapes(ask).start()


async def test_both_formats_are_spoken(anyone: Caller) -> None:
    answer = await anyone("GET", "/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = await anyone("GET", "/metrics", headers=accept)
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert (await answer.text()).endswith("# EOF\n")


async def test_a_label_is_a_template_and_no_path(
    scrapes: Scrapes, anyone: Caller, user: Caller
) -> None:
    await user("GET", f"/v1/wallets/{NOBODY}")
    await anyone("GET", "/some/path")
    await anyone.client.request("BREW", "/v1/assets")
    labels = {"method": "GET", "route": "/v1/wallets/{user_id}", "status": "404", "code": "WA201"}
    assert await scrapes.increase("pgwallet_http_requests_total", **labels) == 1
    text = await (await anyone("GET", "/metrics")).text()
    for secret in (NOBODY, str(user.user_id), "/some/path", "BREW"):
        assert secret not in text


async def test_refusals_replays_and_batches(
    scrapes: Scrapes, user: Caller, service: Caller, gold: str
) -> None:
    spend = {"asset": gold, "amount": 1}
    for _ in range(3):
        assert (await user("POST", "/v1/wallets/me/spend", spend, key="once")).status == 201
    too_much = {"asset": gold, "amount": 1000}
    assert (await user("POST", "/v1/wallets/me/spend", too_much)).status == 409
    requests = [
        {"user_id": user.user_id, "kind": "SPEND", "asset": gold, "amount": amount}
        | {"idempotency_key": str(uuid4())}
        for amount in (1, 1, 1000)
    ]
    assert (await service("POST", "/v1/batches", {"requests": requests})).status == 200

    route = {"method": "POST", "route": "/v1/wallets/{user_id}/spend"}
    name = "pgwallet_http_requests_total"
    assert await scrapes.increase(name, **route, status="201", code="") == 3
    assert await scrapes.increase(name, **route, status="409", code="WA401") == 1
    assert await scrapes.increase("pgwallet_http_request_seconds_count", **route) == 4
    assert await scrapes.increase("pgwallet_replays_total", function="spend") == 2
    assert await scrapes.increase("pgwallet_batch_results_total", code="") == 2
    assert await scrapes.increase("pgwallet_batch_results_total", code="WA401") == 1


async def test_the_buckets_tell_1_ms_from_50(anyone: Caller) -> None:
    await anyone("GET", "/health")
    found = read(await (await anyone("GET", "/metrics")).text())
    bounds = {
        float(dict(labels)["le"])
        for name, labels in found
        if name == "pgwallet_http_request_seconds_bucket"
    }
    assert len([bound for bound in bounds if 0.001 <= bound <= 0.05]) >= 8
    assert len(bounds) <= 20


async def test_groups_are_measured(
    scrapes: Scrapes, user: Caller, gold: str, connect_module: Any
) -> None:
    holder = await connect_module()
    await scrapes.start()  # without the user's top-up
    async with holder.transaction():
        await holder.execute(
            "UPDATE wallet_private.wallet SET held = held WHERE user_id = $1", user.user_id
        )
        body = {"asset": gold, "amount": 1}
        spends = [asyncio.create_task(user("POST", "/v1/wallets/me/spend", body)) for _ in range(5)]
        await asyncio.sleep(0.3)
    assert [(await spend).status for spend in spends] == [201] * 5
    groups = await scrapes.increase("pgwallet_group_size_count")
    assert await scrapes.increase("pgwallet_group_size_sum") == 5
    assert 2 <= groups < 5


async def test_what_throttles_and_who_is_known(
    scrapes: Scrapes, anyone: Caller, user: Caller, settings: Settings, aiohttp_client: Any
) -> None:
    await scrapes.start()  # without those who made the user
    for _ in range(3):
        await user("GET", "/v1/assets")
    await Caller(anyone.client, "no token")("GET", "/v1/assets")
    assert await scrapes.increase("pgwallet_tokens_verified_total", result="accepted") == 1
    assert await scrapes.increase("pgwallet_tokens_verified_total", result="refused") == 1
    await anyone("POST", "/v1/auth/login", {"email": "a@example.com", "password": "a password"})
    assert await scrapes.increase("pgwallet_throttled_total", scope="account") == 0

    strict = await aiohttp_client(create_app(replace(settings, account_rate="1/hour")))
    for _ in range(3):
        body = {"email": "a@example.com", "password": "a password"}
        await Caller(strict, None)("POST", "/v1/auth/login", body)
    assert await scrapes.increase("pgwallet_throttled_total", scope="account") == 2


async def test_a_gate_is_watched() -> None:
    def found() -> dict[Sample, float]:
        metrics.sample("", is_ready=True)
        return read(metrics.scrape("")[0].decode())

    gate = Gate("watched", slots=2, queue=1, patience=0.05)
    at_it = {"gate": "watched"}
    assert found()[sample("pgwallet_gate_slots", **at_it)] == 2
    async with gate, gate:
        late = asyncio.create_task(gate.__aenter__())
        await asyncio.sleep(0)
        assert found()[sample("pgwallet_gate_in_use", **at_it)] == 2
        assert found()[sample("pgwallet_gate_waiting", **at_it)] == 1
        with pytest.raises(Problem, match="GW503"):
            await gate.__aenter__()
        with pytest.raises(Problem, match="GW503"):
            await late
    now = found()
    assert now[sample("pgwallet_gate_in_use", **at_it)] == 0
    assert now[sample("pgwallet_gate_waiting", **at_it)] == 0
    assert now[sample("pgwallet_gate_shed_total", **at_it, reason="full")] == 1
    assert now[sample("pgwallet_gate_shed_total", **at_it, reason="late")] == 1
    assert now[sample("pgwallet_gate_wait_seconds_count", **at_it)] == 1
    assert now[sample("pgwallet_gate_wait_seconds_sum", **at_it)] >= 0.04


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
async def test_retries_and_errors_are_counted(probe: Probe, scrapes: Scrapes, state: str) -> None:
    body = f"IF nextval('public.tries') % 3 > 0 THEN RAISE SQLSTATE '{state}'; END IF; RETURN 1;"
    await (await probe(body))({"x": 0})
    assert await scrapes.increase("pgwallet_database_retries_total", sqlstate=state) == 2
    assert await scrapes.increase("pgwallet_database_errors_total", sqlstate=state) == 0
    call = await probe(f"RAISE SQLSTATE '{state}';")
    with pytest.raises(asyncpg.PostgresError) as raised:
        await call({"x": 0})
    problem_of(raised.value)
    assert await scrapes.increase("pgwallet_database_retries_total", sqlstate=state) == 2 + 3
    assert await scrapes.increase("pgwallet_database_errors_total", sqlstate=state) == 1


async def test_process_and_build(anyone: Caller) -> None:
    found = read(await (await anyone("GET", "/metrics")).text())
    assert found[sample("process_resident_memory_bytes")] > 10_000_000
    assert found[sample("process_open_fds")] > 3
    assert 0 < found[sample("process_cpu_seconds_total")] < 3600
    assert time.time() - 86_400 < found[sample("process_start_time_seconds")] <= time.time()
    [build] = [dict(labels) for name, labels in found if name == "pgwallet_build_info"]
    assert build["version"] == __version__
    assert re.fullmatch(r"V\d{4}.*", build["schema"])
    assert found[sample("pgwallet_database_ready")] == 1


@pytest.fixture
async def two_workers(serve: Any, http: Any, tmp_path: Path) -> list[tuple[Any, ...]]:
    """Two gateways that share a folder as workers do, each on a port of its own.

    Each is (process, URL, scrape). `serve --workers` ends all when one ends; another supervisor
    need not.
    """
    workers = []
    for _ in range(2):
        process, url = serve(PROMETHEUS_MULTIPROC_DIR=str(tmp_path))
        await ready(http, url)

        async def scrape(url: str = url) -> dict[Sample, float]:
            return read(await (await http.get(f"{url}/metrics")).text())

        workers.append((process, url, scrape))
    return workers


async def test_workers_are_summed_and_the_dead_forgotten(
    two_workers: Any, http: Any, database: Any
) -> None:
    (one, one_url, _), (_, other_url, scrape) = two_workers
    health = sample(
        "pgwallet_http_requests_total", code="", method="GET", route="/health", status="200"
    )
    slots = sample("pgwallet_gate_slots", gate="database")
    in_use = sample("pgwallet_gate_in_use", gate="database")
    answers = (await scrape())[health]
    for url in (one_url, other_url):
        assert (await http.get(f"{url}/health")).status == 200
    assert (await scrape())[health] == answers + 2

    database.psql(SLOW.replace("1.5", "60"))
    asked = [asyncio.create_task(http.get(f"{one_url}/v1/assets")) for _ in range(3)]
    found = await until(scrape, lambda found: found[in_use] == 3)
    assert found[slots] == 32
    assert found[sample("pgwallet_database_ready")] == 1
    both = found[sample("process_resident_memory_bytes")]
    assert both > 0
    assert len([name for name, _ in found if name == "pgwallet_build_info"]) == 1

    one.send_signal(signal.SIGKILL)
    await asyncio.to_thread(one.wait)
    for each in asked:
        with pytest.raises(aiohttp.ClientError):
            await each
    found = await scrape()
    assert (found[in_use], found[slots]) == (0, 16)
    assert found[sample("process_resident_memory_bytes")] < both
    assert found[health] == answers + 2, "what the dead have counted stays"


async def until(
    scrape: Callable[[], Awaitable[dict[Sample, float]]],
    is_right: Callable[[dict[Sample, float]], bool],
) -> dict[Sample, float]:
    end = time.monotonic() + 30
    while not is_right(found := await scrape()):
        assert time.monotonic() < end, found
        await asyncio.sleep(0.1)
    return found
