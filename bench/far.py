"""Movements of an application that is far from its database, in SQL and over HTTP."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from bench import pgbench
from bench.cluster import Cluster, Database
from bench.gateways import Gateways, end, loader
from bench.http import SEEDS, ask
from bench.measure import Sample, Variant
from bench.processes import Works, cpu_seconds
from bench.sections import Run, Section

ROUND_TRIPS = (0.5, 2.0)  # ms; without a relay it is 0
CLIENTS = (16, 64)
NOTHING = "SELECT 1"  # says how long a round trip really takes


@dataclass(frozen=True)
class FarDatabase(Database):
    """A database by way of a relay."""

    port: int

    @property
    def dsn(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{self.name}?sslmode=disable"


class Relay:
    """By which a round trip takes so many milliseconds more."""

    def __init__(self, cluster: Cluster, round_trip: float, stack: ExitStack) -> None:
        server = cluster.server.socket_dir / ".s.PGSQL.5432"
        command = [sys.executable, "-m", "bench.relay", str(server), str(round_trip / 2000)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        stack.callback(end, [self._process])
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())

    def to(self, near: Database) -> FarDatabase:
        return FarDatabase(near.server, near.name, near.users, self._port)

    def cpu_seconds(self) -> float:
        return cpu_seconds(self._process.pid)


def far(run: Run) -> Section:
    with ExitStack() as stack:
        pool = stack.enter_context(loader())
        wallet = stack.enter_context(run.cluster.database())
        seeds = stack.enter_context(run.cluster.database("seeds"))
        server = {"server us": run.cluster.cpu_seconds}
        variants = list(_variants(run, pool, stack, 0, wallet, seeds, server))
        for round_trip in ROUND_TRIPS:
            relay = Relay(run.cluster, round_trip, stack)
            works = server | {"relay cpu %": relay.cpu_seconds}
            there = relay.to(wallet), relay.to(seeds)
            variants += _variants(run, pool, stack, round_trip, *there, works)
        rows = run.interleave(variants)
        wallet.verify()
        seeds.verify_seeds()
    return Section("far: a round trip to the database takes so many ms more", rows)


def _variants(
    run: Run,
    pool: ProcessPoolExecutor,
    stack: ExitStack,
    round_trip: float,
    wallet: Database,
    seeds: Database,
    works: Works,
) -> Iterator[Variant]:
    gateways = Gateways(run.cluster, stack, run.workers)
    behind = {"pgwallet": gateways.pgwallet(wallet), SEEDS: gateways.seeds(seeds)}

    def variant(number: int, where: str, what: str, move: Callable[[float], Sample]) -> Variant:
        def named(what: str, round_trip: float = round_trip) -> str:
            return f"{round_trip:g} ms, {number} {where}: {what}"

        against = {"near": named(what, 0)} if round_trip else {}
        if what not in (SEEDS, NOTHING):
            against["seeds"] = named(SEEDS)
        return Variant(named(what), move, against)

    def in_sql(database: Database, script: str, clients: int) -> Callable[[float], Sample]:
        given = {"first": 1, "last": run.cluster.users, "asset": "SILVER"}

        def move(seconds: float) -> Sample:
            return pgbench.run(
                database, script, clients=clients, seconds=seconds, variables=given, works=works
            )

        return move

    yield variant(1, "client", NOTHING, in_sql(wallet, "nothing", 1))
    for clients in CLIENTS:
        yield variant(clients, "clients", "wallet.spend", in_sql(wallet, "spend", clients))
        yield variant(clients, "clients", SEEDS, in_sql(seeds, "seeds_spend", clients))
        for what, gateway in behind.items():
            worked = {"gateway us": gateway.cpu_seconds, **works}
            target = gateway.target(run.cluster.users)
            yield variant(
                clients, "HTTP connections", what, partial(ask, pool, target, clients, worked)
            )
