"""The same spends, reads of a balance, and batches, over HTTP."""

from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial

from bench import load
from bench.gateways import Gateway, Gateways, loader
from bench.measure import Sample, Variant
from bench.processes import Meter, Works
from bench.sections import Run, Section

SEEDS = "seeds' way"
BARE = "bare handler"  # aiohttp, the same check of the token, one SELECT
BATCH = 100  # movements
BATCH_CONNECTIONS = 16


def http(run: Run) -> Section:
    with ExitStack() as stack:
        pool = stack.enter_context(loader())
        wallet = stack.enter_context(run.cluster.database())
        seeds = stack.enter_context(run.cluster.database("seeds"))
        gateways = Gateways(run.cluster, stack, run.workers)
        ours = gateways.groupings(wallet)
        moving = ours | {SEEDS: gateways.seeds(seeds)}
        reading = moving | {BARE: gateways.seeds(wallet, tables="wallet")}
        variants = [
            _variant(run, pool, gateway, name, connections, what)
            for what, asked in (("spread", moving), ("hot", moving), ("read", reading))
            for connections in run.connections
            for name, gateway in asked.items()
        ]
        name, gateway = next(iter(ours.items()))  # a batch is a group already
        variants.append(_variant(run, pool, gateway, name, BATCH_CONNECTIONS, "batch"))
        if run.peer:
            variants += [
                Variant(
                    _named(what, connections, run.peer.name),
                    partial(ask, pool, run.peer.target(users), connections, {}),
                )
                for what, users in (("spread", run.cluster.users), ("hot", 1))
                for connections in run.connections
            ]
        rows = run.interleave(variants)
        wallet.verify()
        seeds.verify_seeds()
    return Section(f"http: requests or movements, {run.workers} processes of each gateway", rows)


def ask(
    pool: ProcessPoolExecutor, target: load.Target, connections: int, works: Works, seconds: float
) -> Sample:
    """Keep so many connections busy, and count whose CPU `works` names."""
    with Meter(works) as meter:
        found = pool.submit(load.closed, target, connections, seconds).result()
    movements = target.batch or 1
    return Sample(
        rate=movements * len(found.good) / found.seconds,
        p50=found.latency_ms(0.5),
        p99=found.latency_ms(0.99),
        also={
            "errors": found.bad.total(),
            **meter.figures(movements * len(found.answers)),
            "client cpu %": 100 * found.cpu,
        },
        count=movements * len(found.good),
    )


def _variant(
    run: Run, pool: ProcessPoolExecutor, gateway: Gateway, name: str, connections: int, what: str
) -> Variant:
    users = 1 if what == "hot" else run.cluster.users
    batch = BATCH if what == "batch" else 0
    target = gateway.target(users, is_read=what == "read", batch=batch)
    works = {"gateway us": gateway.cpu_seconds, "server us": run.cluster.cpu_seconds}
    named = partial(_named, what, connections)
    others = {"seeds": SEEDS} | ({"bare": BARE} if what == "read" else {})
    against = {label: named(other) for label, other in others.items() if other != name}
    if name.endswith(" on") and not batch:
        against["off"] = named(name.removesuffix("on") + "off")
    if run.peer and name not in (SEEDS, BARE) and not batch:
        against[run.peer.name] = named(run.peer.name)
    return Variant(named(name), partial(ask, pool, target, connections, works), against)


def _named(what: str, connections: int, name: str) -> str:
    return f"{what} {connections:3}: {name}"
