"""HTTP spends on a server that has just been made, as `pgwallet up` makes it."""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial

from bench import load
from bench.cluster import ColdCluster
from bench.gateways import Gateways, loader
from bench.load import latency_ms
from bench.measure import Sample, Variant
from bench.sections import Run, Section
from pgwallet.embedded import SETTINGS, WAL_FILE_MB

USERS = 10_000
CONNECTIONS = 64
PERIODS = 2
TIMED = {"track_wal_io_timing": "on"}
# As the settings were before they were chosen by this: PostgreSQL's own, but for one.
BEFORE = TIMED | {
    "checkpoint_timeout": "5min",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "wal_buffers": "-1",
    "wal_compression": "on",
}
KINDS = {"before": (BEFORE, 16), "now": (TIMED, WAL_FILE_MB)}


def cold(run: Run) -> Section:
    assert BEFORE.keys() - TIMED.keys() <= SETTINGS.keys()
    variants = [Variant(name, partial(_cold, run, name)) for name in KINDS]
    title = f"cold: a new server, {CONNECTIONS} connections, a line for each {run.seconds:g} s"
    return Section(title, run.interleave(variants, warm_up=False))


def _cold(run: Run, name: str, seconds: float) -> Mapping[str, Sample]:
    options, wal_file_mb = KINDS[name]
    users = min(run.cluster.users, USERS)
    with ExitStack() as stack:
        pool = stack.enter_context(loader())
        cluster = stack.enter_context(ColdCluster(run.cluster.folder, users, options, wal_file_mb))
        wallet = stack.enter_context(cluster.database())
        gateway = Gateways(cluster, stack, workers=1).pgwallet(wallet)
        disk, lsn, worked, files = (
            cluster.disk_mb(), cluster.lsn(), cluster.cpu_seconds(), cluster.wal_files()
        )  # fmt: skip
        found = pool.submit(
            load.closed, gateway.target(users), CONNECTIONS, PERIODS * seconds
        ).result()
        made, ms = (
            after - before for after, before in zip(cluster.wal_files(), files, strict=True)
        )
        also = {
            "errors": found.bad.total(),
            "server us": 1_000_000 * (cluster.cpu_seconds() - worked) / max(1, len(found.answers)),
            "WAL MB": (cluster.lsn() - lsn) / 2**20,
            "WAL files made": made,
            "ms for each": ms / max(1, made),
            "data MB before": disk,
            "after": cluster.disk_mb(),
        }
        wallet.verify()
    samples = {}
    for period in range(PERIODS):
        good = [a for a in found.good if period <= a.due / seconds < period + 1]
        samples[f"{name}: {period + 1}"] = Sample(
            rate=len(good) / seconds,
            p50=latency_ms(good, 0.5),
            p99=latency_ms(good, 0.99),
            also=also if period == PERIODS - 1 else {},
            count=len(good),
        )
    return samples
