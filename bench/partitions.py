"""A cluster: spends directly, by its proxy and over HTTP; batches; refusals; CPU of each part.

One server has the partitions and a plain wallet, another one the proxies, so that the CPU of each
part is known. PL/Proxy is Debian's, so these servers are PostgreSQL 15.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from bench import pgbench
from bench.batches import CLIENTS as BATCH_CLIENTS
from bench.cluster import OPTIONS, SQL, BenchError, Cluster, ColdCluster, Database
from bench.gateways import Gateways, loader
from bench.http import ask
from bench.measure import Sample, Variant
from bench.movements import CLIENTS
from bench.sections import Run, Section
from pgwallet.cluster.config import Cluster as Places
from pgwallet.cluster.config import Proxy, Server
from pgwallet.cluster.databases import init
from tests.support.thirdparty import Unavailable, plproxy

SIZES = (1, 2, 4)
BATCHES = (100, 1000)
CONNECTIONS = 64
WARM_UP = 3  # seconds: each session of a proxy opens one in each partition
PLAIN = "plain"
# Each session of a proxy may have one in each partition.
MANY = {"max_connections": "900"}


@dataclass(frozen=True)
class Wallets:
    """Where calls go, and whose CPU is counted."""

    partitions: Cluster
    proxies: Cluster
    plain: Database
    proxy: Mapping[int, Database]  # by the number of its partitions
    parts: Mapping[int, list[Database]]

    @property
    def works(self) -> dict[str, Callable[[], float]]:
        """Seconds that each part has worked."""
        return {
            "proxy us": self.proxies.cpu_seconds,
            "partitions us": self.partitions.cpu_seconds,
        }


def partitions(run: Run) -> Section:
    with ExitStack() as stack:
        wallets = _make(run, stack)
        pool = stack.enter_context(loader())
        targets = {PLAIN: wallets.plain, **{_of(size): wallets.proxy[size] for size in SIZES}}
        sql = partial(_in_sql, wallets)
        variants = [
            *(_named(f"spend, {name}", sql(target, "spend")) for name, target in targets.items()),
            _named("spend, directly in a partition", sql(wallets.parts[1][0], "spend")),
            *(
                _named(f"refused spend, {name}", sql(targets[name], "refused"))
                for name in (PLAIN, _of(SIZES[-1]))
            ),
            *(
                _named(f"batch of {size:,}, {name}", sql(targets[name], "batch", size))
                for size in BATCHES
                for name in (PLAIN, _of(SIZES[-1]))
            ),
        ]
        gateways = Gateways(wallets.partitions, stack, run.workers)
        for name, target in targets.items():
            gateway = gateways.pgwallet(target)
            works = {"gateway us": gateway.cpu_seconds, **wallets.works}
            asked = partial(ask, pool, gateway.target(run.cluster.users), CONNECTIONS, works)
            variants.append(_named(f"HTTP spend, {name}", asked))
        rows = run.interleave(variants)
        for database in [
            wallets.plain,
            *(part for each in wallets.parts.values() for part in each),
        ]:
            database.verify()
    return Section(
        f"cluster: {CLIENTS} clients, batches {BATCH_CLIENTS}, HTTP {CONNECTIONS} connections", rows
    )


def _of(size: int) -> str:
    return f"proxy over {size}"


def _named(name: str, run: Callable[[float], Sample]) -> Variant:
    """Compared with the same thing of a plain wallet."""
    plain = f"{name.split(', ')[0]}, {PLAIN}"
    return Variant(name, run, {} if name == plain else {PLAIN: plain})


def _in_sql(
    wallets: Wallets, database: Database, script: str, movements: int = 1
) -> Callable[[float], Sample]:
    """A script of sql/; of a batch every request must become a transfer."""
    variables = {
        "spend": {"first": 1, "last": database.users, "asset": "SILVER"},
        "batch": {"size": movements, "is_spread": 1},
        "refused": {},
    }[script]

    def move(seconds: float) -> Sample:
        return pgbench.run(
            database,
            script,
            clients=CLIENTS if movements == 1 else BATCH_CLIENTS,
            seconds=seconds,
            movements=movements,
            variables=variables,
            warm_up=WARM_UP,
            works=wallets.works,
        )

    return move


def _make(run: Run, stack: ExitStack) -> Wallets:
    """A plain wallet, and a cluster of each size with the same users."""
    try:
        bin_dir = plproxy()
    except Unavailable as reason:
        raise BenchError(str(reason)) from None
    users, folder = run.cluster.users, run.cluster.folder
    partitions, proxies = (
        stack.enter_context(ColdCluster(folder, users, options, 16, bin_dir=bin_dir))
        for options in (OPTIONS | MANY, MANY)
    )
    plain = stack.enter_context(partitions.database())
    proxy, parts = {}, {}
    for size in SIZES:
        run.say(f"a cluster of {size}")
        name = f"wallet_of_{size}"
        places = Places(
            server=(Server(partitions.server.dsn("postgres")),),
            proxy=(Proxy(proxies.server.dsn(name)),),
            size=size,
            database=name,
        )
        asyncio.run(init(places))
        proxy[size] = proxies.named(name)
        proxy[size].psql("SELECT wallet.create_asset('SILVER', 'Silver')", SQL / "functions.sql")
        parts[size] = [partitions.named(partition.name) for partition in places.partitions]
        for number, part in enumerate(parts[size]):
            part.psql("", SQL / "functions.sql")
            part.add_users(number, size)
            part.settle()
    return Wallets(partitions, proxies, plain, proxy, parts)
