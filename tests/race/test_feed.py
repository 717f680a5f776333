"""The feed: every transfer once, a wallet's in their order, whatever transactions and readers do.

What the comparison is there to find is planted too, and found.
"""

import asyncio
import os
import re
from collections.abc import Callable
from contextlib import suppress

import psutil
import pytest

from tests.race.feed import Economy, Reader, compare
from tests.support.servers import every_version

TRANSACTIONS = int(os.environ.get("PGWALLET_TEST_TRANSACTIONS", "150"))
WRITERS, READERS = 8, 4

POSITION = r"greatest\(v_base \+ txid_current\(\), w\.feed_position\)"
HORIZON = r"f\.base \+ txid_snapshot_xmin\(txid_current_snapshot\(\)\)"
NONE = "9223372036854775807"
# Each is a list of patterns and replacements in the functions' text, and what is found of it.
FAULTS = {
    "a cursor by time": (
        [(POSITION, "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint"), (HORIZON, NONE)],
        "missed",
    ),
    "a cursor by the transaction's id": (
        [
            (POSITION, "('x' || left(replace(v_id::text, '-', ''), 15))::bit(60)::bigint"),
            (HORIZON, NONE),
        ],
        "missed",
    ),
    "a cursor that does not wait for who is under way": ([(HORIZON, NONE)], "missed"),
    "a cursor by the transaction's number alone": (
        [(POSITION, "(v_base + txid_current())")],
        "out of order",
    ),
}


async def play(economy: Economy, seed: int, crash: Callable[[], None] | None = None) -> None:
    """Writes and reads for a while; every reader has read the ledger, or the test fails."""
    await economy.begin()
    readers = [Reader(economy, f"reader_{n}", seed + n) for n in range(READERS)]
    for reader in readers:
        await reader.begin()
    reading = [asyncio.create_task(reader.run()) for reader in readers]
    writing = [asyncio.create_task(economy.write(f"w{n}")) for n in range(WRITERS)]
    await economy.go_on(TRANSACTIONS)
    if crash:
        await asyncio.to_thread(crash)
        await economy.commit_prepared()  # they hold locks that the writers need
        await economy.go_on(TRANSACTIONS)
    economy.is_over = True
    await asyncio.gather(*writing)
    await economy.settle()
    await asyncio.gather(*reading)
    ledger = await economy.ledger()
    found = [compare(reader.read, ledger) for reader in readers]
    assert found == [{}] * READERS
    assert all(reader.stops for reader in readers)


@every_version
@pytest.mark.parametrize("seed", range(2))
async def test_every_transfer_comes_once_and_in_order(seed, server, new_server):
    own = new_server(str(server.version), max_prepared_transactions="20")
    await play(Economy(own.create(template=own.template), seed), seed)


async def test_a_crash_of_the_server_neither_hides_nor_doubles_any(new_server):
    own = new_server("18", max_prepared_transactions="20", fsync="on", full_page_writes="on")

    def crash() -> None:
        postmaster = psutil.Process(own.embedded.pid())
        for process in (postmaster, *postmaster.children()):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs([postmaster], timeout=60)
        own.embedded.start()

    await play(Economy(own.create(template=own.template), 7), 7, crash)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_planted_fault_is_found(fault, new_server):
    patches, found = FAULTS[fault]
    own = new_server("18", max_prepared_transactions="20")
    economy = Economy(own.create(template=own.template), 1)
    await plant(economy, patches)
    with pytest.raises(AssertionError, match=found):
        await play(economy, 1)


async def plant(economy: Economy, patches: list[tuple[str, str]]) -> None:
    connection = await economy.database.connect()
    rows = await connection.fetch(
        """SELECT p.proname, pg_get_functiondef(p.oid) AS text FROM pg_proc AS p
        WHERE p.pronamespace = 'wallet_private'::regnamespace AND p.prokind = 'f'"""
    )
    for pattern, replacement in patches:
        changed = 0
        for row in rows:
            name = "v_transaction_id" if row["proname"] == "move" else "p_transfer.transaction_id"
            planted = replacement.replace("v_id", name)
            text, count = re.subn(pattern, planted, row["text"])
            changed += count
            if count:
                await connection.execute(text)
        assert changed
    await connection.close()
