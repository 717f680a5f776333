"""Movements of an asset with lots, against the same of one without; and the sweep beside others."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

from bench import pgbench
from bench.cluster import SQL, Database
from bench.measure import Sample, Variant
from bench.sections import Run, Section

USERS = 1_000  # with ten lots each
PLAIN, BESIDE = "spend, no lots", "spend, alone"


def lots(run: Run) -> Section:
    with ExitStack() as stack:
        wallet = stack.enter_context(run.cluster.database())
        run.say("lots")
        wallet.psql("", SQL / "fund_lots.sql", users=USERS, expired=10 * run.cluster.users)
        wallet.settle()
        rows = run.interleave([
            _spend(wallet, PLAIN, "SILVER"),
            _spend(wallet, "spend, ten lots", "STAR", PLAIN),
            _batch(wallet, "post_batch of 100, no lots", "SILVER"),
            _batch(wallet, "post_batch of 100, ten lots", "STAR", "post_batch of 100, no lots"),
            _spend(wallet, BESIDE, "SILVER", clients=1),
            _beside_the_sweep(wallet),
        ])  # fmt: skip
    return Section(f"lots: ten open ones in each of {USERS:,} wallets; the sweep", rows)


def _spend(
    wallet: Database, name: str, asset: str, against: str | None = None, clients: int = 16
) -> Variant:
    variables = {"first": 1, "last": USERS, "asset": asset}

    def move(seconds: float) -> Sample:
        return pgbench.run(wallet, "spend", clients=clients, seconds=seconds, variables=variables)

    return Variant(name, move, {"no lots": against} if against else {})


def _batch(wallet: Database, name: str, asset: str, against: str | None = None) -> Variant:
    variables = {"users": USERS, "asset": asset}

    def move(seconds: float) -> Sample:
        return pgbench.run(
            wallet, "batch_lots", clients=4, seconds=seconds, movements=100, variables=variables
        )

    return Variant(name, move, {"no lots": against} if against else {})


def _beside_the_sweep(wallet: Database) -> Variant:
    """One client spends, another books what has expired, 100 lots a call."""
    booked = "SELECT count(*) FROM wallet_private.transfer WHERE kind = 'EXPIRE'"
    spend = _spend(wallet, "spend", "SILVER", clients=1)

    def move(seconds: float) -> Sample:
        before = wallet.number(booked)
        with ThreadPoolExecutor() as pool:
            sweep = pool.submit(pgbench.run, wallet, "sweep", clients=1, seconds=seconds)
            sample = spend.run(seconds)
            swept = sweep.result()
        assert isinstance(sample, Sample)
        rate = (wallet.number(booked) - before) / max(1, round(seconds))
        return replace(sample, also={**sample.also, "lots/s": rate, "sweep p99 ms": swept.p99 or 0})

    return Variant("spend, the sweep beside it", move, {"alone": BESIDE})
