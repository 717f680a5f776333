"""Many movements in one call of post_batch, and in one statement by hand."""

from collections.abc import Mapping
from contextlib import ExitStack

from bench import pgbench
from bench.cluster import BenchError, Database
from bench.measure import Sample, Variant
from bench.sections import Run, Section
from bench.tigerbeetle import MAX_BATCH, NAME, TigerBeetle

CLIENTS = 4
NESTED_LOOPS = "-c enable_hashjoin=off -c enable_mergejoin=off"  # locks in the order of users


def batches(run: Run) -> Section:
    with ExitStack() as stack:
        wallet = stack.enter_context(run.cluster.database())
        floor = stack.enter_context(run.cluster.database())
        variants = []
        for what, size, by_hand, is_spread in (
            ("100", 100, "batch_floor", 1),
            ("1,000", 1000, "batch_floor", 1),
            ("8,192", 8192, "batch_floor", 1),
            ("100, one user", 100, "batch_hot_floor", 0),
            ("1,000, one user", 1000, "batch_hot_floor", 0),
        ):
            given = {"size": size, "is_spread": is_spread, "asset_id": floor.asset_id("SILVER")}
            variants += [
                _variant(f"floor of {what}", floor, by_hand, given),
                _variant(
                    f"post_batch of {what}",
                    wallet,
                    "batch",
                    given,
                    {"floor": f"floor of {what}", NAME: f"{NAME}, {what}"},
                ),
            ]
        if run.tigerbeetle:
            tigerbeetle = TigerBeetle(run.tigerbeetle, run.cluster, stack)
            variants += [
                tigerbeetle.variant(
                    f"{NAME}, {size:,}", clients=CLIENTS, last=run.cluster.users, batch=size
                )
                for size in (100, MAX_BATCH)
            ]
        rows = run.interleave(variants)
        wallet.verify()
    return Section(f"batch: movements of many users in one call, {CLIENTS} clients", rows)


def _variant(
    name: str,
    database: Database,
    script: str,
    given: Mapping[str, object],
    against: Mapping[str, str] = {},
) -> Variant:
    """A batch script, of whose requests every one must become a transfer."""

    def move(seconds: float) -> Sample:
        before = database.transfers()
        sample = pgbench.run(
            database,
            script,
            clients=CLIENTS,
            seconds=seconds,
            movements=int(str(given["size"])),
            options=NESTED_LOOPS if script != "batch" else "",
            variables=given,
        )
        made = database.transfers() - before
        if made != sample.count:
            raise BenchError(f"{script}: {made} transfers for {sample.count} requests")
        return sample

    return Variant(name, move, against)
