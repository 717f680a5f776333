"""Events: what subscriptions, readers and listeners cost spends, how fast a reader that is behind
catches up, and how soon a webhook arrives."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial

from bench import pgbench
from bench.cluster import BenchError, Database
from bench.followers import PAGE
from bench.gateways import ENVIRON, Gateway, Gateways, end
from bench.growth import append
from bench.measure import Row, Sample, Variant
from bench.movements import CLIENTS
from bench.processes import cpu_seconds
from bench.sections import Run, Section
from gateway.settings import variable

SUBSCRIPTIONS = 5
LISTENERS = 2_000
WEBHOOK_RATE = 2_000  # movements a second
COUNTED = 11.0  # seconds after which the server has counted what idle connections have asked
FULLY_SENT = 60  # seconds


def feed(run: Run) -> Section:
    with ExitStack() as stack:
        wallet, waiting, read, live = (
            stack.enter_context(run.cluster.database()) for _ in range(4)
        )
        for database in (waiting, read):
            for number in range(SUBSCRIPTIONS):
                database.psql(f"SELECT wallet.create_subscription('reader_{number}')")
        gateway = Gateways(run.cluster, stack, 1).pgwallet(live)
        count = min(LISTENERS, run.stored)
        listen = partial(_following, "listeners", gateway.port, gateway.token, count)
        nobody = "spend, no subscription"
        against = {"none": nobody}
        rows = run.interleave(
            [
                Variant(nobody, partial(_spend, wallet)),
                Variant(
                    f"spend, {SUBSCRIPTIONS} that nobody reads", partial(_spend, waiting), against
                ),
                Variant(f"spend, {SUBSCRIPTIONS} that are read", partial(_read, read), against),
                Variant(
                    f"spend, {count:,} listeners", partial(_listen, live, gateway, listen), against
                ),
            ]
        )
        rows.append(_idle(run, live, count, listen))
        rows += _catch_up(run, wallet)
        rows.append(_deliver(run, read))
        for database in (wallet, read, live):
            database.verify()
    return Section(f"feed: {CLIENTS} clients spend while events are read", rows)


class Follower:
    def __init__(self, line: str) -> None:
        self.line = line  # that it printed when it was ready
        self.seen: Mapping[str, float] = {}  # when it has ended


@contextmanager
def _following(name: str, *arguments: object) -> Iterator[Follower]:
    command = [sys.executable, "-m", "bench.followers", name, *map(str, arguments)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRON, text=True
    )
    assert process.stdin and process.stdout
    try:
        follower = Follower(process.stdout.readline().strip())
        if not follower.line:
            raise BenchError(f"{name} were not ready")
        yield follower
        process.stdin.close()
        follower.seen = json.loads(process.stdout.read())
    finally:
        process.kill()
        process.wait()


def _spend(database: Database, seconds: float, rate: int = 0) -> Sample:
    variables = {"first": 1, "last": database.users, "asset": "SILVER"}
    return pgbench.run(
        database, "spend", clients=CLIENTS, seconds=seconds, variables=variables, rate=rate
    )


def _with(sample: Sample, also: Mapping[str, float]) -> Sample:
    return Sample(sample.rate, sample.p50, sample.p99, {**sample.also, **also}, sample.count)


def _read(database: Database, seconds: float) -> Sample:
    with _following("readers", database.dsn, SUBSCRIPTIONS) as readers:
        sample = _spend(database, seconds)
    return _with(sample, {"events read a second": readers.seen["events"] / seconds})


def _listen(
    database: Database, gateway: Gateway, listen: partial[Follower], seconds: float
) -> Sample:
    with listen() as listeners:
        sessions = database.psql(
            "SELECT pid FROM pg_stat_activity"
            f" WHERE application_name = 'pgwallet' AND datname = '{database.name}'"
        )

        def worked() -> tuple[float, float]:
            return gateway.cpu_seconds(), sum(cpu_seconds(int(pid)) for pid in sessions.split())

        before = worked()
        sample = _spend(database, seconds)
        after = worked()
    also = {"told a second": listeners.seen["events"] / seconds}
    for name, first, last in zip(("gateway", "its sessions"), before, after, strict=True):
        also[f"{name} cpu %"] = 100 * (last - first) / seconds
    return _with(sample, also)


def _idle(run: Run, database: Database, count: int, listen: partial[Follower]) -> Row:
    """What the listeners ask of the database while nothing moves."""
    others = run.cluster.named("postgres")
    seconds = max(10, run.seconds)

    def transactions() -> int:
        return others.number(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database"
            f" WHERE datname = '{database.name}'"
        )

    asked = []
    with run.cluster.without_autovacuum():
        for follow in (None, listen):
            run.say(f"queries of {count if follow else 0} listeners")
            with ExitStack() as stack:
                if follow:
                    stack.enter_context(follow())
                time.sleep(COUNTED)
                before, began = transactions(), time.monotonic()
                time.sleep(seconds)
                asked.append((transactions() - before) / (time.monotonic() - began))
    also = {"queries a second": asked[1], "without them": asked[0]}
    return Row(f"{count:,} listeners, nothing moves", [Sample(also=also)], {})


def _catch_up(run: Run, database: Database) -> list[Row]:
    """One that is run.growth transfers behind."""
    database.psql("SELECT wallet.create_subscription('behind')")
    append(run, database, run.growth)
    rows = []
    output = run.cluster.home / "events.jsonl"
    export = [sys.executable, "-m", "pgwallet", "export", "--subscription", "behind"]
    export += ["--format", "jsonl", "--output", str(output)]
    for name in (f"read_events, {PAGE:,} a page", "pgwallet export"):
        run.say(f"{name}: {run.growth:,} transfers behind")
        began = time.perf_counter()
        if name.startswith("read"):
            count = database.number(f"""
                CREATE TEMPORARY TABLE place AS SELECT 0 AS count, NULL::text AS cursor;
                DO $$
                DECLARE
                    v_page wallet.event_page;
                    v_count bigint := 0;
                BEGIN
                    LOOP
                        v_page := wallet.read_events('behind', {PAGE}, v_page.next_cursor);
                        v_count := v_count + cardinality(v_page.events);
                        EXIT WHEN v_page.is_last;
                    END LOOP;
                    UPDATE place SET count = v_count;
                END
                $$;
                SELECT count FROM place;""")
        else:
            environ = {**ENVIRON, variable("database_url"): database.dsn}
            subprocess.run(export, env=environ, check=True, capture_output=True)
            with open(output, "rb") as lines:
                count = sum(1 for _ in lines)
            output.unlink()
        if count < run.growth:
            raise BenchError(f"{name}: {count:,} of {run.growth:,} events")
        rows.append(Row(name, [Sample(count / (time.perf_counter() - began))], {}))
    return rows


def _deliver(run: Run, database: Database) -> Row:
    """From a movement to the arrival of its event at a receiver on this machine."""
    environ = {
        **ENVIRON,
        variable("database_url"): database.dsn,
        variable("webhook_targets"): "any",
    }
    seconds = max(5, 2 * run.seconds)
    with _following("receiver") as receiver:
        database.psql(
            "SELECT wallet.create_subscription('hook');\n"
            f"SELECT wallet.create_webhook('hook', '{receiver.line}');"
        )
        with open(run.cluster.home / "deliver.log", "wb") as log:
            command = [sys.executable, "-m", "pgwallet", "deliver"]
            deliverer = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        try:
            _spend(database, 1, rate=100)  # random moments: of few there may be none
            _all_sent(database)
            run.say(f"webhook at {WEBHOOK_RATE:,} movements a second")
            sample = _spend(database, seconds, rate=WEBHOOK_RATE)
            _all_sent(database)
        finally:
            end([deliverer])
    seen = receiver.seen
    if seen["events"] < sample.count:
        raise BenchError(f"{seen['events']} of {sample.count} events arrived")
    return Row(
        "webhook, from movement to arrival",
        [Sample(sample.rate, 1000 * seen["p50"], 1000 * seen["p99"], count=sample.count)],
        {},
    )


def _all_sent(database: Database) -> None:
    behind = "SELECT behind FROM wallet.list_subscriptions() WHERE subscription = 'hook'"
    limit = time.monotonic() + FULLY_SENT
    while database.number(behind):
        if time.monotonic() > limit:
            raise BenchError("a webhook's events were not all sent")
        time.sleep(0.2)
