"""A reader of events: a process that writes down what it has read, and is killed now and then.

One kind relies on the cursor in the database: it writes a page down, then acknowledges it. The
other keeps its cursor with what it has read, and never acknowledges anything.
"""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import asyncpg

from tests.race.feed import AWAY, compare
from tests.support.servers import Database

KINDS = ("acknowledges", "keeps_its_cursor")
WRITTEN = ("user_id", "asset", "seq", "cursor")  # of an event
PAGE = 20
PAUSE = 0.02  # seconds, when there is nothing more
PATIENCE = 60  # seconds until all has been read
LEDGER = """SELECT t.user_id, a.code, t.seq FROM wallet_private.transfer AS t
INNER JOIN wallet_private.asset AS a USING (asset_id)"""


class Reader:
    """Starts the process again when it has been killed; compares what it has with the ledger."""

    def __init__(self, database: Database, folder: Path, kind: str) -> None:
        self.kind, self.starts = kind, 0
        self._database, self._file = database, folder / f"{kind}.txt"

    async def begin(self) -> None:
        connection = await self._database.connect()
        await connection.execute(
            "SELECT wallet.create_subscription($1, p_start => 'beginning')", self.kind
        )
        await connection.close()
        await self._start()

    async def _start(self) -> None:
        self.starts += 1
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.soak.reader",
            self._database.dsn, self.kind, str(self._file),
        )  # fmt: skip

    async def kill(self) -> None:
        """In the middle of whatever it does."""
        await self.end()
        await self._start()

    async def end(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def findings(self) -> list[str]:
        """What is wrong with what it has read, when nothing moves any more."""
        connection = await self._database.connect()
        rows = await connection.fetch(LEDGER)
        await connection.close()
        ledger = {(str(user_id), asset, seq) for user_id, asset, seq in rows}
        for _ in range(PATIENCE * 10):
            read = [(user, asset, int(seq)) for user, asset, seq, _ in lines(self._file)]
            if ledger <= set(read):
                break
            await asyncio.sleep(0.1)
        if self.kind == "acknowledges":  # at least once
            read = list(dict.fromkeys(read))
        found = compare(read, ledger)
        return [f"reader {self.kind}: {len(found[what])} {what}" for what in found]


def lines(file: Path) -> list[list[str]]:
    """What is written of each event; the last line may be torn."""
    if not file.exists():
        return []
    return [line.split() for line in file.read_text().split("\n")[:-1]]


async def main(dsn: str, kind: str, cursor: str | None, output: TextIO) -> None:
    """Reads until it is killed, whatever becomes of the server."""
    while True:
        with suppress(*AWAY):
            connection = await asyncpg.connect(dsn)
            try:
                while True:
                    page = await connection.fetchrow(
                        "SELECT * FROM wallet.read_events($1, $2, $3)", kind, PAGE, cursor
                    )
                    for event in page["events"]:
                        print(*(event[name] for name in WRITTEN), file=output, flush=True)
                    if kind == "acknowledges":
                        await connection.execute(
                            "SELECT wallet.acknowledge_events($1, $2)", kind, page["next_cursor"]
                        )
                    else:
                        cursor = page["next_cursor"]
                    if page["is_last"]:
                        await asyncio.sleep(PAUSE)
            finally:
                connection.terminate()
        await asyncio.sleep(PAUSE)


def go_on(dsn: str, kind: str, name: str) -> None:
    known = lines(Path(name))
    cursor = known[-1][-1] if known and kind == "keeps_its_cursor" else None
    Path(name).write_text("".join(f"{' '.join(line)}\n" for line in known))
    with open(name, "a") as output:
        asyncio.run(main(dsn, kind, cursor, output))


if __name__ == "__main__":
    go_on(*sys.argv[1:])
