"""The disk is full: the gateway says so, loses nothing, and goes on when there is space again."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from tests.soak.history import Unanswered
from tests.soak.world import DURABLE, World, until
from tests.support.servers import Servers

MEGABYTES = 256
SMALL = {"min_wal_size": "32MB", "max_wal_size": "64MB"}
BUSY, AWAY = "is busy or away", "can't be reached"  # what the gateway says


@pytest.fixture
def small_disk(servers: Servers) -> Iterator[Path]:
    """A file system of its own, as a server's home."""
    disk = servers.home / "small"
    disk.mkdir()
    options = f"size={MEGABYTES}m,mode=0711"
    mount = ["mount", "-t", "tmpfs", "-o", options, "none", str(disk)]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"only root can mount a small disk to fill: {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """A file that leaves nothing."""
    ballast = disk / "ballast"
    with open(ballast, "xb", buffering=0) as file:
        for size in (2**20, 2**12):
            with suppress(OSError):
                while file.write(b"\0" * size) == size:
                    pass
    return ballast


async def use_up_wal(world: World) -> None:
    """Ask for new segments until there is no space for one: the server gives up."""
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        connection = await world.database.connect()
        for _ in range(MEGABYTES // 16):
            await connection.execute(
                "SELECT pg_switch_wal(), pg_logical_emit_message(true, '', '')"
            )


async def test_a_full_disk_is_a_503_and_passes(servers, small_disk, tmp_path):
    server = servers.new("18", DURABLE | SMALL, small_disk)
    try:
        async with World.open(server.template, tmp_path, seed=3) as world:
            async with world.play():
                await world.until_played(100)
                # The ledger's pages are full, the log's file is new: so the data is stuck first.
                world.database.psql("SELECT pg_switch_wal(); VACUUM FULL wallet_private.transfer")
                ballast = fill(small_disk)
                assert os.statvfs(small_disk).f_bavail == 0
                await until_told(world, BUSY)
                await use_up_wal(world)
                await until_told(world, AWAY)
                ballast.unlink()
                await asyncio.to_thread(server.embedded.start)
                await world.until_healthy()
                await world.until_played(100)
            report = await world.check()
            assert (report.lost, report.doubled, report.findings) == (0, 0, [])
    finally:
        server.stop()


async def until_told(world: World, cause: str) -> None:
    """Many requests have had a 503 for this cause; any other error would be a finding."""

    async def is_told() -> bool:
        tries = [heard.answer for request in world.game.asked for heard in request.tries]
        told = [
            a for a in tries if isinstance(a, Unanswered) and f"503 The database {cause}" in a.cause
        ]
        return len(told) > 20

    await until(is_told, f"nobody is told that the database {cause}")
