"""`make soak`: rounds of load and crashes, with a table of what was done."""

import argparse
import asyncio
import dataclasses
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.world import CRASHES, DURABLE, World, crash, reading
from tests.support.servers import Servers

COLUMNS = ("requests", "accepted", "tries", "unanswered", "retried", "unheard", "replays")


async def soak(servers: Servers, rounds: int, accepted: int, seed: int) -> int:
    """How many findings there were."""
    server = servers.new("18", DURABLE)
    began, findings, lost, doubled = time.monotonic(), 0, 0, 0
    print(f"seed {seed}, PostgreSQL {server.version}, fsync on, 2 gateways\n")
    print(f"{'round':>5} {'crash':<16}", *(f"{name:>10}" for name in COLUMNS), "  lost doubled  s")
    with tempfile.TemporaryDirectory() as folder:
        async with (
            World.open(server.template, Path(folder), seed) as world,
            reading(world, Path(folder)) as readers,
        ):
            before = [0] * len(COLUMNS)
            for number in range(rounds):
                started = time.monotonic()
                report = await crash(world, number, accepted, readers)
                tally = dataclasses.asdict(world.game.tally())
                now = [tally[name] for name in COLUMNS]
                line(
                    f"{number + 1:>5} {CRASHES[number % len(CRASHES)].__name__:<16}",
                    [new - old for new, old in zip(now, before, strict=True)],
                    report.lost,
                    report.doubled,
                    time.monotonic() - started,
                )
                before = now
                findings, lost, doubled = len(report.findings), report.lost, report.doubled
                for finding in report.findings[:20]:
                    print(f"      {finding}")
                if findings:
                    break
            line(f"{'all':>5} {'':<16}", before, lost, doubled, time.monotonic() - began)
    print(f"\n{findings} findings" if findings else "\nthe model, the database and verify() agree")
    return findings


def line(head: str, counts: list[int], lost: int, doubled: int, seconds: float) -> None:
    figures = " ".join(f"{count:>10}" for count in counts)
    print(f"{head} {figures} {lost:>6} {doubled:>7} {seconds:>2.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make soak ARGS=", description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--accepted", type=int, default=300, help="at least, in a third of a round")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    servers = Servers()
    try:
        findings = asyncio.run(soak(servers, given.rounds, given.accepted, given.seed))
    finally:
        servers.stop()
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
