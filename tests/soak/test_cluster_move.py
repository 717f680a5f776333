"""A partition moves to another server under load, whatever happens to the command meanwhile."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from pgwallet.cluster.config import Server as ServerEntry
from tests.support.clusters import PLPROXY, ClusterDatabase, create_cluster
from tests.support.servers import Server

from .test_cluster_faults import new_world


def spread(wallet: ClusterDatabase, *parts: tuple[int, ...], on: list[Server]) -> ClusterDatabase:
    """The same cluster with its partitions on these servers."""
    entries = tuple(
        ServerEntry(server.dsn("postgres"), part) for server, part in zip(on, parts, strict=True)
    )
    return replace(wallet, cluster=structs.replace(wallet.cluster, server=entries), servers=on)


async def start_move(file: Path, *options: str) -> Process:
    command = (sys.executable, "-m", "pgwallet", "cluster", "move", str(file), *options)
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)


async def move(file: Path, *options: str, code: int = 0) -> str:
    process = await start_move(file, *options)
    said, _ = await process.communicate()
    assert process.returncode == code, said.decode()
    return said.decode()


async def kill_when_it_says(word: str, file: Path) -> None:
    process = await start_move(file)
    assert process.stdout
    said = ""
    while word not in said:
        line = await process.stdout.readline()
        assert line, said
        said += line.decode()
    process.kill()
    await process.wait()


async def test_a_partition_moves(new_server: Callable[..., Server], tmp_path: Path) -> None:
    first, second = (new_server(PLPROXY, fsync="on", wal_level="logical") for _ in range(2))
    third = new_server(PLPROXY, fsync="on")
    wallet = create_cluster(first, size=2).with_proxy(third)
    async with new_world(wallet) as world:
        moved = spread(wallet, (0,), (1,), on=[first, second])
        file = moved.write(tmp_path)
        async with world.play():
            await world.until_all_get_on()
            for player in world.players:
                player.answers.clear()
            print(await move(file))
            await world.until_all_get_on()
            print([player.answers for player in world.players])
            assert all(player.answers.keys() == {(201, None)} for player in world.at(0))
            assert all(
                player.answers.keys() <= {(201, None), (503, "WA601")} for player in world.at(1)
            )
        world.wallet = moved
        await world.check()
