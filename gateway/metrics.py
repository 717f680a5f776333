"""Every metric of the process, and the answer to Prometheus' scrape.

Code counts where things happen. Gauges are read when somebody asks. With several workers, each
also reads its gauges every second, because a scrape reaches only one of them.
"""

import os
from collections import Counter as Sum
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal, Protocol
from weakref import WeakSet

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from gateway import __version__

# The workers write their parts here. The library reads the variable when it is imported.
DIRECTORY = os.environ.get("PROMETHEUS_MULTIPROC_DIR")

# A movement takes 1 to 50 ms. Longer times include waiting.
_SECONDS = (
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1,
    2.5, 5, 10, 30,
)  # fmt: skip
_MOVEMENTS = (1, 2, 5, 10, 20, 50, 100, 150, 200)

disable_created_metrics()  # type: ignore[no-untyped-call]  # they would double the number of series
_registry = CollectorRegistry()


def _counter(name: str, text: str, *labels: str) -> Counter:
    return Counter(name, text, labels, registry=_registry)


def _gauge(
    name: str,
    text: str,
    *labels: str,
    of_workers: Literal["livesum", "livemin", "livemax"] = "livesum",
) -> Gauge:
    return Gauge(name, text, labels, registry=_registry, multiprocess_mode=of_workers)


def _histogram(
    name: str, text: str, *labels: str, buckets: tuple[float, ...] = _SECONDS
) -> Histogram:
    return Histogram(name, text, labels, buckets=buckets, registry=_registry)


_requests = _counter(
    "pgwallet_http_requests", "Answers; code: the problem's", "method", "route", "status", "code"
)
_request_seconds = _histogram(
    "pgwallet_http_request_seconds", "From the request's head to its answer", "method", "route"
)
answered, took = cache(_requests.labels), cache(_request_seconds.labels)

failures = _counter("pgwallet_failures", "Answers of 500 and above, by the problem's code", "code")
replays = _counter("pgwallet_replays", "Movements whose key had been used", "function")
batch_results = _counter(
    "pgwallet_batch_results", "Movements of batches; code: of the refusal", "code"
)
group_sizes = _histogram(
    "pgwallet_group_size", "Calls that went together in one", buckets=_MOVEMENTS
)
retries = _counter("pgwallet_database_retries", "Calls that were tried again", "sqlstate")
errors = _counter("pgwallet_database_errors", "Errors that are not refusals", "sqlstate")
throttled = _counter("pgwallet_throttled", "Sign-ups and log-ins that came too often", "scope")
tokens = _counter("pgwallet_tokens_verified", "Tokens that were verified, not remembered", "result")
waits = _histogram("pgwallet_gate_wait_seconds", "Time waited at a gate", "gate")
sheds = _counter("pgwallet_gate_shed", "Requests that a gate turned away", "gate", "reason")

_slots = _gauge("pgwallet_gate_slots", "How many may be inside a gate", "gate")
_in_use = _gauge("pgwallet_gate_in_use", "How many are inside a gate", "gate")
_waiting = _gauge("pgwallet_gate_waiting", "How many wait at a gate", "gate")
_ready = _gauge(
    "pgwallet_database_ready", "1 if there is a database that fits", of_workers="livemin"
)
_build = _gauge(
    "pgwallet_build_info", "The gateway's version, and the schema it found", "version", "schema",
    of_workers="livemax",
)  # fmt: skip
# These have the names that all exporters use.
_process = {
    "process_resident_memory_bytes": _gauge("process_resident_memory_bytes", "Memory"),
    "process_open_fds": _gauge("process_open_fds", "Open file descriptors", of_workers="livemax"),
    "process_max_fds": _gauge("process_max_fds", "Most file descriptors", of_workers="livemin"),
    "process_start_time_seconds": _gauge(
        "process_start_time_seconds", "Since the epoch", of_workers="livemax"
    ),
}
_cpu = _counter("process_cpu_seconds", "User and system time")
_this_process = ProcessCollector(registry=None)

# These start at zero, so that their first event counts as an increase.
for _sqlstate in ("40001", "40P01", "55P03"):
    retries.labels(_sqlstate)
for _sqlstate in ("08006", "40001", "40P01", "55P03", "57P01", "XX000"):
    errors.labels(_sqlstate)
for _scope in ("address", "account"):
    throttled.labels(_scope)
for _result in ("accepted", "refused"):
    tokens.labels(_result)


class Gate(Protocol):
    """A place where requests queue: some are inside, some wait."""

    name: str
    slots: int
    in_use: int

    @property
    def waiting(self) -> int: ...


_gates: WeakSet[Gate] = WeakSet()


def watch(gate: Gate) -> Histogram:
    """Shows a gate's numbers in the gauges as long as the gate exists.

    Returns: the histogram of the seconds waited at it.
    """
    _gates.add(gate)
    for reason in ("full", "late"):
        sheds.labels(gate.name, reason)
    return waits.labels(gate.name)


def sample(schema_version: str, *, is_ready: bool) -> None:
    """Brings the gauges up to date."""
    slots, in_use, waiting = Sum[str](), Sum[str](), Sum[str]()
    for gate in _gates:
        slots[gate.name] += gate.slots
        in_use[gate.name] += gate.in_use
        waiting[gate.name] += gate.waiting
    for gauge, numbers in ((_slots, slots), (_in_use, in_use), (_waiting, waiting)):
        for name, number in numbers.items():
            gauge.labels(name).set(number)
    _ready.set(is_ready)
    if schema_version:
        _build.labels(__version__, schema_version).set(1)
    _sample_process()


_cpu_seconds = 0.0


def _sample_process() -> None:
    global _cpu_seconds
    for family in _this_process.collect():
        for found in family.samples:
            if gauge := _process.get(found.name):
                gauge.set(found.value)
            elif found.name == "process_cpu_seconds_total":
                _cpu.inc(found.value - _cpu_seconds)
                _cpu_seconds = found.value


def scrape(accept: str) -> tuple[bytes, str]:
    """All metrics in the format that `accept` asks for, and their content type."""
    registry = _registry
    if DIRECTORY:
        _bury(Path(DIRECTORY))
        registry = CollectorRegistry()
        MultiProcessCollector(registry, DIRECTORY)  # type: ignore[no-untyped-call]
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


def _bury(directory: Path) -> None:
    """Removes the gauges of workers that were killed. Their counters stay."""
    for pid in {int(file.stem.rpartition("_")[2]) for file in directory.glob("gauge_live*_*.db")}:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):  # another worker was faster
                mark_process_dead(pid, str(directory))  # type: ignore[no-untyped-call]
        except PermissionError:
            pass  # it belongs to another user and is alive
