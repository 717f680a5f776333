"""One movement a call, through SQL: pgwallet, what could not be faster, and the other ways."""

from collections.abc import Mapping
from contextlib import ExitStack

from bench import pgbench
from bench.cluster import Cluster, Database
from bench.measure import Row, Sample, Variant
from bench.sections import Run, Section
from bench.tigerbeetle import NAME, TigerBeetle

CLIENTS = 16
Given = Mapping[str, object]  # variables of a script
AGAINST = {
    "floor": "floor: one statement",
    "floor's function": "floor in a function",
    "seeds": "seeds' way",
    "pgledger": "pgledger",
    NAME: f"{NAME}, {CLIENTS} sessions",
}


class Ways:
    """A database for each way, and the script that makes movements in it."""

    def __init__(self, cluster: Cluster, stack: ExitStack) -> None:
        self.floor = stack.enter_context(cluster.database())
        self.wallet = stack.enter_context(cluster.database())
        self.seeds = stack.enter_context(cluster.database("seeds"))
        silver = {"asset_id": self.floor.asset_id("SILVER")}
        self.all: dict[str, tuple[Database, str, Given]] = {
            AGAINST["floor"]: (self.floor, "floor", silver),
            AGAINST["floor's function"]: (self.floor, "floor_function", silver),
            AGAINST["seeds"]: (self.seeds, "seeds_spend", {}),
            "wallet.spend": (self.wallet, "spend", {"asset": "SILVER"}),
        }
        if cluster.pgledger is not None:
            pgledger = stack.enter_context(cluster.database("pgledger"))
            self.all[AGAINST["pgledger"]] = (pgledger, "pgledger_spend", {})

    def add_capped(self) -> None:
        self.wallet.fund("GOLD")
        self.wallet.settle()
        self.all["wallet.spend, capped asset"] = (self.wallet, "spend", {"asset": "GOLD"})

    def variants(self, last: int) -> list[Variant]:
        """Spends by users 1 to last."""

        def variant(name: str, database: Database, script: str, given: Given) -> Variant:
            variables = {"first": 1, "last": last, **given}

            def move(seconds: float) -> Sample:
                return pgbench.run(
                    database, script, clients=CLIENTS, seconds=seconds, variables=variables
                )

            return Variant(name, move, AGAINST if name.startswith("wallet.") else {})

        return [variant(name, *way) for name, way in self.all.items()]

    def verify(self) -> None:
        self.wallet.verify()
        self.seeds.verify_seeds()


def spread(run: Run) -> Section:
    """Users at random: nobody waits for anybody but the seeds' treasury."""
    users = run.cluster.users
    return _section(run, f"spread: one movement of one of {users:,} users, 16 clients", users)


def hot(run: Run) -> Section:
    """One user, whose wallet everybody waits for."""
    return _section(run, "hot: one movement of one and the same user, 16 clients", 1)


def _section(run: Run, title: str, last: int) -> Section:
    with ExitStack() as stack:
        ways = Ways(run.cluster, stack)
        if last > 1:
            ways.add_capped()
        variants = ways.variants(last)
        if run.tigerbeetle:
            tigerbeetle = TigerBeetle(run.tigerbeetle, run.cluster, stack)
            variants += [
                tigerbeetle.variant(AGAINST[NAME], clients=CLIENTS, last=last),
                tigerbeetle.variant(f"{NAME}, one session", clients=CLIENTS, last=last, sessions=1),
            ]
        rows = run.interleave(variants)
        ways.verify()
    return Section(title, rows)


def storage(run: Run) -> Section:
    """Bytes on disk and of WAL, for so many movements of random users after a tenth as many."""
    rows = []
    with ExitStack() as stack:
        ways = Ways(run.cluster, stack)
        stack.enter_context(run.cluster.without_autovacuum())
        for name, (database, script, given) in ways.all.items():
            run.say(f"{name}: {run.stored:,} movements")
            variables = {"first": 1, "last": run.cluster.users, **given}
            run.cluster.checkpoint()
            for count in (run.stored // 10, run.stored):
                disk, log = database_bytes(database), run.cluster.lsn()
                sample = pgbench.run(
                    database,
                    script,
                    clients=CLIENTS,
                    transactions=count // CLIENTS,
                    variables=variables,
                )
            also = {
                **sample.also,
                "disk B/movement": (database_bytes(database) - disk) / sample.count,
                "WAL B/movement": (run.cluster.lsn() - log) / sample.count,
            }
            rows.append(Row(name, [Sample(sample.rate, sample.p50, sample.p99, also)], {}))
        ways.verify()
    return Section(f"storage: {run.stored:,} movements, tables and indexes", rows)


def database_bytes(database: Database) -> int:
    """Of all tables and their indexes."""
    return database.number(
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_)'"
    )
