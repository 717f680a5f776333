"""Partitions move to another server under load, whatever happens to the command meanwhile."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from msgspec import structs

from pgwallet.cluster.config import ClusterError
from pgwallet.cluster.config import Server as ServerEntry
from pgwallet.cluster.databases import init, status
from tests.support.clusters import PLPROXY, ClusterDatabase, create_cluster
from tests.support.servers import Server, Servers

from .test_cluster_faults import World, new_world

PAUSE = 0.02  # of each player, so that the command has some of the machine


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
    """By logical replication, there and back; the command is killed wherever it stands."""
    first, second = (new_server(PLPROXY, fsync="on", wal_level="logical") for _ in range(2))
    wallet = create_cluster(first, size=2).with_proxy(new_server(PLPROXY, fsync="on"))
    there = spread(wallet, (0,), (1,), on=[first, second])
    file = there.write(tmp_path)
    (tmp_path / "one").mkdir()
    file_of_one = there.with_proxies(1).write(tmp_path / "one")
    async with new_world(wallet, PAUSE) as world:
        reader = await wallet.connect()
        await reader.execute("SELECT wallet.create_subscription('reader')")
        user = world.at(1)[0].user
        async with world.play():
            await world.until_all_get_on()
            [page] = await reader.fetch("SELECT * FROM wallet.read_events('reader', 10)")

            # Killed, and given up. Who has written and does not commit is not waited for.
            for word in ("copies it", "copied"):
                await kill_when_it_says(word, file)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):  # half a copy is not read
                await there.parts[1].connect(user="wallet_proxy")
            writer = await wallet.parts[1].connect()
            writing = writer.transaction()
            await writing.start()
            await writer.execute("SELECT wallet.spend($1, 'GOLD', 5, 'never')", user)
            world.forget()
            await kill_when_it_says("fenced", file)
            assert writer.is_closed()
            _, answers = await world.take(world.at(1), 1)
            assert answers.keys() == {(503, "WA601")}
            owner = await wallet.parts[1].connect()
            with pytest.raises(asyncpg.PostgresError, match="a partition is away"):
                await owner.execute("SELECT wallet.spend($1, 'GOLD', 1, 'by hand')", user)
            await owner.close()
            assert [state.error[:8] for state in await status(wallet.cluster)] == ["", "it moves"]
            await move(file, "--back")
            await world.until_all_get_on()

            # Killed where there is no way back, and finished, but for a proxy.
            await kill_when_it_says("closed on", file_of_one)
            _, answers = await world.take(world.at(1), 1)
            assert answers.keys() == {(503, "WA601")}
            assert "it is on" in await move(file_of_one)
            has_map, has_not = (
                [player for player in world.at(1) if player in world.by(n)] for n in (0, 1)
            )
            await world.until_all_get_on(has_map)
            _, answers = await world.take(has_not, 1)
            assert answers.keys() == {(503, "WA601")}
            stale = await asyncpg.connect(wallet.cluster.proxy[1].url)
            with pytest.raises(asyncpg.PostgresError, match="a partition is away"):
                await stale.execute("SELECT wallet.get_balance($1, 'GOLD')", user)
            await stale.close()
            assert "it is on" in await move(file)
            await world.until_all_get_on()
            assert all(player.answers.keys() == {(201, None)} for player in world.at(0))

            # Back again, and measured.
            world.wallet = wallet
            file = spread(wallet, (0, 1), (), on=[first, second]).write(tmp_path)
            await check_a_move(world, file, moved=(1,))
        await reader.execute("SELECT wallet.create_subscription('later')")  # ids go on
        await world.check()
        await check_reader(reader, page["next_cursor"], world)
        assert "dropped" in await move(file, "--drop")
        with pytest.raises(ClusterError, match="pgwallet cluster move moves it"):
            await init(there.cluster)


async def test_half_of_a_server_moves(
    new_server: Callable[..., Server], servers: Servers, tmp_path: Path
) -> None:
    """To its standby, which is promoted."""
    first = new_server(PLPROXY, fsync="on")
    wallet = create_cluster(first, size=4).with_proxy(new_server(PLPROXY, fsync="on"))
    async with new_world(wallet, PAUSE) as world:
        standby = servers.standby(first)
        there = spread(wallet, (0, 1), (2, 3), on=[first, standby])
        file = there.write(tmp_path)
        reader = await wallet.connect()
        await reader.execute("SELECT wallet.create_subscription('reader')")
        async with world.play():
            await world.until_all_get_on()
            assert all(state.lag is not None for state in await status(wallet.cluster))
            [page] = await reader.fetch("SELECT * FROM wallet.read_events('reader', 10)")
            delay(standby, "3s")  # so that it is killed before the standby is promoted
            await kill_when_it_says("fenced", file)
            stay = await move(wallet.write(tmp_path))  # the file is put back
            assert stay.count("stays on") == 2
            delay(standby, "0")
            world.wallet = there
            there.write(tmp_path)
            await check_a_move(world, file, moved=(2, 3))
        await world.check()
        await check_reader(reader, page["next_cursor"], world)
        assert (await move(file, "--drop")).count("dropped") == 4
    standby.stop()


def delay(standby: Server, by: str) -> None:
    """How long after their commit it replays transactions."""
    standby.admin(f"ALTER SYSTEM SET recovery_min_apply_delay = '{by}'")
    standby.admin("SELECT pg_reload_conf()")


async def check_a_move(world: World, file: Path, moved: tuple[int, ...]) -> None:
    """Only who lives there is told to come back, and for seconds."""
    world.forget()
    said = await move(file)
    await world.until_all_get_on()
    for player in world.players:
        allowed = {(201, None), (503, "WA601")} if player.place in moved else {(201, None)}
        assert player.answers.keys() <= allowed, player.answers
    longest = max(player.longest for player in world.at(*moved))
    others = max(player.longest for player in world.players if player.place not in moved)
    print(f"{said}a user waited {longest:.1f} s, one of the others {others:.1f} s")
    assert longest < 10


async def check_reader(reader: asyncpg.Connection, cursor: str, world: World) -> None:
    """A cursor of before the move is good after it, and no event is missed."""
    seen: Counter[UUID] = Counter()
    while True:
        [page] = await reader.fetch("SELECT * FROM wallet.read_events('reader', 1000, $1)", cursor)
        seen.update(event["user_id"] for event in page["events"])
        if page["is_last"]:
            break
        cursor = page["next_cursor"]
    await reader.close()
    spent = sum(player.accepted for player in world.players)
    assert spent - 10 <= seen.total() <= spent
