"""HTTP spends on a server that has just been made, as `pgwallet up` makes it."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from bench import load
from bench.cluster import ColdCluster
from bench.gateways import Gateways, loader
from bench.growth import append
from bench.load import Answer, latency_ms
from bench.measure import Sample, Variant
from bench.sections import Run, Section
from pgwallet.embedded import WAL_FILE_MB

USERS = 10_000
CONNECTIONS = 64
PERIODS = 5


def cold(run: Run) -> Section:
    title = (
        f"cold: a new server, {CONNECTIONS} connections, a line for each {run.seconds:g} s; then"
        f" {run.growth:,} transfers, and a checkpoint"
    )
    variants = [Variant("a new server", partial(_cold, run))]
    return Section(title, run.interleave(variants, warm_up=False))


def _cold(run: Run, seconds: float) -> Mapping[str, Sample]:
    users = min(run.cluster.users, USERS)
    timed = {"track_wal_io_timing": "on"}
    with ExitStack() as stack:
        pool = stack.enter_context(loader())
        cluster = stack.enter_context(ColdCluster(run.cluster.folder, users, timed, WAL_FILE_MB))
        wallet = stack.enter_context(cluster.database())
        gateway = Gateways(cluster, stack, workers=1).pgwallet(wallet)
        target = gateway.target(users)
        worked, files = cluster.cpu_seconds(), cluster.wal_files()
        found = pool.submit(load.closed, target, CONNECTIONS, PERIODS * seconds).result()
        made, ms = (
            after - before for after, before in zip(cluster.wal_files(), files, strict=True)
        )
        also = {
            "errors": found.bad.total(),
            "server us": 1_000_000 * (cluster.cpu_seconds() - worked) / max(1, len(found.answers)),
            "WAL files made": made,
            "ms for each": ms / max(1, made),
        }
        samples = {}
        for period in range(PERIODS):
            begin, end = period * seconds, (period + 1) * seconds
            last = also if period == PERIODS - 1 else {}
            samples[f"a new server: {period + 1}"] = _sample(found.good, begin, end, last)

        append(run, wallet, run.growth - wallet.transfers())
        transfers = f"{wallet.transfers():,} transfers"
        asked = pool.submit(load.closed, target, CONNECTIONS, 2 * seconds)
        time.sleep(seconds)
        began = time.perf_counter()
        wallet.psql("CHECKPOINT")
        took = time.perf_counter() - began
        found = asked.result()
        end = max(seconds + took, seconds + 1)
        samples[transfers] = _sample(found.good, 0, seconds)
        samples[f"{transfers}, during a checkpoint"] = _sample(
            found.good, seconds, end, {"errors": found.bad.total(), "checkpoint s": took}
        )
        samples[f"{transfers}, after it"] = _sample(found.good, end, 2 * seconds)
        wallet.verify()
    return samples


def _sample(
    good: Sequence[Answer], begin: float, end: float, also: Mapping[str, float] | None = None
) -> Sample:
    """Of what was asked between two moments, in seconds."""
    these = [answer for answer in good if begin <= answer.due < end]
    return Sample(
        rate=len(these) / max(end - begin, 0.001),
        p50=latency_ms(these, 0.5),
        p99=latency_ms(these, 0.99),
        also=also or {},
        count=len(these),
    )
