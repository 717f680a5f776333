"""Killed under load, and nothing acknowledged is lost, nothing is there twice."""

import pytest

from tests.soak.world import DURABLE, World, crash, reading
from tests.support.clusters import PLPROXY, create_cluster

ROUNDS = 3
ACCEPTED = 100  # at least, in each third of a round


@pytest.fixture(params=["one database", "a cluster"])
def wallet(request, new_server):
    if request.param == "one database":
        return new_server("18", **DURABLE).template
    cluster = create_cluster(new_server(PLPROXY, **DURABLE))
    cluster.show_tables()
    return cluster


async def test_nothing_is_lost_or_doubled_by_crashes(wallet, tmp_path):
    async with (
        World.open(wallet, tmp_path, seed=1) as world,
        reading(world, tmp_path) as readers,
    ):
        for number in range(ROUNDS):
            report = await crash(world, number, ACCEPTED, readers)
            assert (report.lost, report.doubled, report.findings) == (0, 0, [])
    assert all(reader.starts > ROUNDS for reader in readers)
    tally = world.game.tally()
    assert min(tally.unanswered, tally.unheard, tally.replays) > 0


async def test_what_was_acknowledged_too_early_is_found(new_server, tmp_path):
    """Commits that are answered long before they are on the disk."""
    server = new_server("18", **DURABLE, wal_writer_delay="10s", wal_writer_flush_after="1GB")
    name = server.template.name
    server.admin(f"ALTER DATABASE {name} SET synchronous_commit = off")
    async with World.open(server.template, tmp_path, seed=2) as world:
        server.admin("CHECKPOINT")  # so that no more than the load is at risk
        report = await crash(world, 0, ACCEPTED)
    assert report.lost > 0
