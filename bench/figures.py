"""What the console's overview asks for, of a long history over 90 days."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import aiohttp

from bench.cluster import SQL, Database
from bench.gateways import SECRET, Gateway, Gateways
from bench.growth import append
from bench.measure import Row, Sample, percentile
from bench.sections import Run, Section
from gateway.settings import Settings
from gateway.tokens import issue_token

DAYS = 90
OPENS = 30  # days that the page shows first
TIMES = 20
FOLDED_AT_ONCE = 100_000


def figures(run: Run) -> Section:
    with ExitStack() as stack:
        database = stack.enter_context(run.cluster.database())
        database.psql("", SQL / "days.sql", users=run.cluster.users, days=DAYS, growth=run.growth)
        append(run, database, run.growth)
        database.settle()
        rows = fold(database)
        database.settle()
        rows += ask(Gateways(run.cluster, stack, 1).pgwallet(database))
    return Section(f"figures: what the console's overview asks for, of {DAYS} days", rows)


def fold(database: Database) -> list[Row]:
    """Counts all of it, as `pgwallet sweep` does."""
    began = time.monotonic()
    counted = 0
    while step := database.number(f"SELECT wallet.fold_economy({FOLDED_AT_ONCE})"):
        counted += step
    seconds = time.monotonic() - began
    began = time.monotonic()
    database.psql("SELECT wallet.rank_users()")
    sizes = {
        f"{table} MB": database.number(
            f"SELECT pg_total_relation_size('wallet_private.{table}')"
        ) / 2**20
        for table in ("daily", "spread", "leader")
    }  # fmt: skip
    return [
        Row(f"counting {counted:,} transfers into days", [Sample(counted / seconds)], {}),
        Row("ranking users", [Sample(also={"seconds": time.monotonic() - began, **sizes})], {}),
    ]


def ask(gateway: Gateway) -> list[Row]:
    return asyncio.run(_ask(gateway))


async def _ask(gateway: Gateway) -> list[Row]:
    token, _ = issue_token(Settings(jwt_secret=SECRET, token_ttl=86_400), "bench", "admin")
    to_day = datetime.now(UTC).date()

    def page(days: int) -> tuple[str, ...]:
        of = f"asset=POINTS&from_day={to_day - timedelta(days=days - 1)}&to_day={to_day}"
        return (
            "/health", "/v1/assets", "/v1/subscriptions", "/v1/admin/checkpoints?limit=1",
            "/v1/admin/treasury", f"/v1/economy?{of}", f"/v1/economy/distribution?{of}",
            f"/v1/economy/leaders?asset=POINTS&days={days}",
        )  # fmt: skip

    async with aiohttp.ClientSession(
        f"http://127.0.0.1:{gateway.port}", headers={"Authorization": f"Bearer {token}"}
    ) as session:

        async def get(path: str) -> None:
            async with session.get(path) as answer:
                answer.raise_for_status()
                await answer.read()

        async def timed(name: str, paths: Sequence[str]) -> Row:
            latencies = []
            for _ in range(TIMES + 1):
                began = time.perf_counter()
                await asyncio.gather(*map(get, paths))
                latencies.append((time.perf_counter() - began) * 1000)
            found = sorted(latencies[1:])  # the first one plans
            return Row(name, [Sample(p50=percentile(found, 0.5), p99=percentile(found, 0.99))], {})

        rows = [
            await timed(f"{path.partition('?')[0]}, {OPENS} days", [path]) for path in page(OPENS)
        ]
        for days in (OPENS, DAYS):
            rows.append(await timed(f"all of them at once, {days} days", page(days)))
        return rows
