"""The same with a short and a long history: spends, pages of it, balances back in time, proof."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from bench import pgbench
from bench.cluster import PLAIN, BenchError, Database
from bench.measure import Row, Sample, Variant
from bench.movements import CLIENTS, database_bytes
from bench.sections import Run, Section

FILL_CLIENTS = 2
BATCH = 100
DEEP = 200_000  # transfers of the user who has the most
WARMING = 800_000  # transfers after the last checkpoint, of 100,000 users
MOVED = 50  # a wallet in so many has moved since the root


def growth(run: Run) -> Section:
    with ExitStack() as stack:
        small = stack.enter_context(run.cluster.database())
        large = stack.enter_context(run.cluster.database())
        deep = min(DEEP, run.growth // 5)
        everybody = {"first": 1, "last": run.cluster.users, "asset": "SILVER"}
        silver = {**everybody, "asset_id": large.asset_id("SILVER")}
        filled = _fill(run, large, deep, everybody)
        append(run, small, BATCH, is_spread=0)
        for database in (small, large):
            database.psql(f"""
                SELECT count(wallet.bonus(u.user_id, 'SILVER', 1, n::text))
                FROM wallet.create_user('verified') AS u, generate_series(1, {BATCH}) AS n""")
        depth, cursor = _walk(large, deep // 2)
        since, until = (
            large.number(
                f"SELECT (1000000 * extract(epoch FROM {end}(created_at)))::bigint"
                " FROM wallet_private.transfer WHERE user_id = md5('1')::uuid"
            )
            for end in ("min", "max")
        )
        user_1 = {"first": 1, "last": 1, "since": since, "until": until, "cursor": cursor}

        def variant(
            what: str,
            database: Database,
            script: str,
            variables: Mapping[str, object],
            against: str = "",
        ) -> Variant:
            def ask(seconds: float) -> Sample:
                clients = CLIENTS if script in ("spend", "floor") else 1
                return pgbench.run(
                    database, script, clients=clients, seconds=seconds, variables=variables
                )

            return Variant(what, ask, {"short": against} if against else {})

        short, long = _count(small), _count(large)
        page, of_many = f"first page of a user's {BATCH}", f"first page of a user's {deep:,}"
        rows = run.interleave(
            [
                variant(f"spend, {short}", small, "spend", everybody),
                variant(f"spend, {long}", large, "spend", everybody, f"spend, {short}"),
                variant(f"first page, {short}", small, "first_page", everybody),
                variant(
                    f"first page, {long}", large, "first_page", everybody, f"first page, {short}"
                ),
                variant(page, small, "first_page", user_1),
                variant(of_many, large, "first_page", user_1, page),
                variant(f"the page after {depth:,} of them", large, "deep_page", user_1, page),
                variant("balance at a moment among them", large, "balance_at", user_1),
                variant(f"verify a user's {BATCH}, {short}", small, "verify_user", {}),
                variant(
                    f"verify a user's {BATCH}, {long}",
                    large,
                    "verify_user",
                    {},
                    f"verify a user's {BATCH}, {short}",
                ),
            ]
        )
        small.verify()
        large.verify()
        if found := large.psql("SELECT * FROM wallet.verify(md5('1')::uuid)"):
            raise BenchError(f"the books of user 1 are wrong:\n{found[:2000]}")
        rows += _verify(run, large)
        # The floor last, as it makes no chain that could be verified.
        rows += run.interleave(
            [
                variant(f"floor, {short}", small, "floor", silver),
                variant(f"floor, {long}", large, "floor", silver, f"floor, {short}"),
            ]
        )
    return Section(
        f"growth: {CLIENTS} clients spend, one reads; short: the same with less history",
        [*filled, *rows],
    )


def _fill(run: Run, database: Database, deep: int, everybody: Mapping[str, object]) -> list[Row]:
    """Up to run.growth transfers, `deep` of them of user 1.

    The last come after the checkpoint, so that most pages that a spend writes have been written
    since it: the first time after one, all of a page is logged.
    """
    before = database.transfers()
    warming = min(WARMING, run.growth // 5)
    disk, log, began = database_bytes(database), run.cluster.lsn(), time.perf_counter()
    append(run, database, deep, is_spread=0)
    append(run, database, run.growth - before - deep - warming)
    seconds = time.perf_counter() - began
    made = database.transfers() - before
    also = {
        "disk B/movement": (database_bytes(database) - disk) / made,
        "WAL B/movement": (run.cluster.lsn() - log) / made,
    }
    database.settle()
    at_once = pgbench.run(
        database, "spend", clients=CLIENTS, seconds=run.seconds, variables=everybody
    )
    append(run, database, warming)
    return [
        Row(f"filling by post_batch of {BATCH}", [Sample(made / seconds, also=also)], {}),
        Row("spend, right after a checkpoint", [at_once], {}),
    ]


def _verify(run: Run, database: Database) -> list[Row]:
    """The whole of it by one and two jobs, and since a root after which few wallets have moved."""
    run.say("verifying")
    count = database.transfers()
    kept = database.psql("SELECT to_json(c) FROM wallet.checkpoint() AS c")
    moved = json.loads(
        database.psql(f"""
        SELECT to_json(count(wallet.spend(u.user_id, 'SILVER', 1, 'since')))
        FROM (
            SELECT w.user_id, row_number() OVER (ORDER BY w.user_id) AS n
            FROM wallet_private.wallet AS w WHERE w.seq > 0
        ) AS u
        WHERE u.n % {MOVED} = 0""")
    )

    def verify(name: str, *options: str) -> Row:
        began, work = time.perf_counter(), run.cluster.cpu_seconds()
        done = subprocess.run(
            [sys.executable, "-m", "pgwallet", "verify", *options],
            env=PLAIN | {"DATABASE_URL": database.dsn}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        seconds, work = time.perf_counter() - began, run.cluster.cpu_seconds() - work
        if done.returncode:
            raise BenchError(f"verify: {(done.stdout + done.stderr)[:2000]}")
        also = {"server us": 1_000_000 * work / count}
        return Row(name, [Sample(count / seconds, also=also)], {})

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root.json"
        root.write_text(kept)
        return [
            verify("verify all, 1 job"),
            verify("verify all, 2 jobs", "--jobs", "2"),
            verify(f"verify since a root, {moved:,} wallets moved", "--since", str(root)),
        ]


def append(run: Run, database: Database, count: int, *, is_spread: int = 1) -> None:
    run.say(f"filling: {count:,} transfers")
    pgbench.run(
        database,
        "batch",
        clients=FILL_CLIENTS,
        transactions=max(1, count // BATCH // FILL_CLIENTS),
        variables={"is_spread": is_spread, "size": BATCH},
    )


def _walk(database: Database, depth: int) -> tuple[int, str]:
    """Page through user 1's history down to a depth; how deep that was, and the cursor there."""
    found = database.psql(f"""
        CREATE TEMPORARY TABLE place AS SELECT 0 AS depth, NULL::text AS cursor;
        DO $$
        BEGIN
            WHILE (SELECT depth < {depth} FROM place) LOOP
                UPDATE place SET depth = depth + 200, cursor = (
                    SELECT (array_agg(t.cursor))[200]
                    FROM wallet.list_transactions(
                        md5('1')::uuid, p_limit => 200, p_cursor => place.cursor
                    ) AS t
                );
            END LOOP;
        END
        $$;
        SELECT depth, cursor FROM place;""")
    reached, cursor = found.split("|")
    return int(reached), cursor


def _count(database: Database) -> str:
    return f"{database.transfers():,} transfers"
