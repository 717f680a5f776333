"""The same spends, reads of a balance, and batches, over HTTP."""

from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack

from bench import load
from bench.gateways import Gateway, Gateways, loader
from bench.measure import Sample, Variant
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
        rows = run.interleave(variants)
        wallet.verify()
        seeds.verify_seeds()
    return Section(f"http: requests or movements, {run.workers} processes of each gateway", rows)


def _variant(
    run: Run, pool: ProcessPoolExecutor, gateway: Gateway, name: str, connections: int, what: str
) -> Variant:
    users = 1 if what == "hot" else run.cluster.users
    batch = BATCH if what == "batch" else 0
    target = gateway.target(users, is_read=what == "read", batch=batch)

    def ask(seconds: float) -> Sample:
        before = gateway.cpu_seconds(), run.cluster.cpu_seconds()
        found = pool.submit(load.closed, target, connections, seconds).result()
        worked = gateway.cpu_seconds() - before[0], run.cluster.cpu_seconds() - before[1]
        asked, good = (count * (batch or 1) for count in (len(found.answers), len(found.good)))
        return Sample(
            rate=good / found.seconds,
            p50=found.latency_ms(0.5),
            p99=found.latency_ms(0.99),
            also={
                "errors": found.bad.total(),
                "gateway us": 1_000_000 * worked[0] / max(1, asked),
                "server us": 1_000_000 * worked[1] / max(1, asked),
                "client cpu %": 100 * found.cpu,
            },
            count=good,
        )

    def named(gateway_name: str) -> str:
        return f"{what} {connections:3}: {gateway_name}"

    others = {"seeds": SEEDS} | ({"bare": BARE} if what == "read" else {})
    against = {label: named(other) for label, other in others.items() if other != name}
    if name.endswith(" on") and not batch:
        against["off"] = named(name.removesuffix("on") + "off")
    return Variant(named(name), ask, against)
