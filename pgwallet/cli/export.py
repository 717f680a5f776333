"""pgwallet export: a subscription's events into files, for a data warehouse.

What has been written says where to go on: a file's last line, or a folder's last part, has the
cursor of its last event. Only what is on the disk is acknowledged. So this may be killed at any
moment: run again, it goes on there, and nothing is lost or doubled.
"""

import asyncio
import csv
import fcntl
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import click
import msgspec

from gateway.database import Row
from gateway.settings import Settings
from gateway.types import Event
from pgwallet.cli.shared import function, progress, run, server

_PAGE = 1000
_PART = 100_000  # events in a part of parquet
_COLUMNS = Event.__struct_fields__  # the last one is the cursor


class Target(Protocol):
    cursor: str | None  # of the last event that it has

    def write(self, events: Sequence[Row], *, is_last: bool) -> bool:
        """Whether all that it was given is on the disk."""


class Lines:
    """A file of lines, of which the last may be torn."""

    def __init__(self, file: Path, form: str) -> None:
        self._form = form
        self._file = open(file, "a+b")  # noqa: SIM115
        _lock(self._file.fileno(), file)
        self._file.truncate(self._end_of(b"\n", self._file.seek(0, os.SEEK_END)))
        self.cursor = self._last_cursor()

    def _end_of(self, mark: bytes, end: int) -> int:
        """The place behind the last mark before `end`; 0 if there is none."""
        while end > 0:
            start = max(0, end - 65536)
            self._file.seek(start)
            found = self._file.read(end - start).rfind(mark)
            if found >= 0:
                return start + found + 1
            end = start
        return 0

    def _last_cursor(self) -> str | None:
        end = self._file.seek(0, os.SEEK_END)
        self._file.seek(self._end_of(b"\n", end - 1))
        line = self._file.read(end).decode().rstrip("\n")
        if self._form == "jsonl":
            return str(msgspec.json.decode(line)["cursor"]) if line else None
        cursor = line.rpartition(",")[2]
        return cursor if cursor not in ("", "cursor") else None

    def write(self, events: Sequence[Row], *, is_last: bool) -> bool:
        if self._form == "jsonl":
            lines = msgspec.json.Encoder().encode_lines(events)
        else:
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            if self._file.seek(0, os.SEEK_END) == 0:
                writer.writerow(_COLUMNS)
            writer.writerows([_text(event[name]) for name in _COLUMNS] for event in events)
            lines = text.getvalue().encode()
        self._file.write(lines)
        self._file.flush()
        os.fsync(self._file.fileno())
        return True


class Parts:
    """A folder of parquet files: each is whole, or is not there."""

    def __init__(self, folder: Path) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise click.UsageError(f"--format parquet needs pgwallet[parquet]: {error}") from error
        self._arrow, self._folder = pyarrow, folder
        folder.mkdir(exist_ok=True)
        self._descriptor = os.open(folder, os.O_RDONLY)
        _lock(self._descriptor, folder)
        self._waiting: list[Row] = []
        parts = sorted(folder.glob("part-*.parquet"))
        self._number, self.cursor = 0, None
        if parts:
            self._number = int(parts[-1].stem.removeprefix("part-"))
            metadata = pyarrow.parquet.read_schema(parts[-1]).metadata
            self.cursor = metadata[b"cursor"].decode()

    def write(self, events: Sequence[Row], *, is_last: bool) -> bool:
        self._waiting += events
        if not self._waiting or (len(self._waiting) < _PART and not is_last):
            return not self._waiting
        self._number += 1
        part = self._folder / f"part-{self._number:08}.parquet"
        torn = part.with_suffix(".torn")
        with open(torn, "wb") as file:
            self._arrow.parquet.write_table(self._table(), file)
            file.flush()
            os.fsync(file.fileno())
        torn.rename(part)
        os.fsync(self._descriptor)
        self._waiting = []
        return True

    def _table(self) -> Any:
        arrow = self._arrow
        types = {
            "leg": arrow.int32(),
            "seq": arrow.int64(),
            "amount": arrow.decimal128(38, 8),
            "balance": arrow.decimal128(38, 8),
            "created_at": arrow.timestamp("us", tz="UTC"),
        }
        schema = arrow.schema(
            [(name, types.get(name, arrow.string())) for name in _COLUMNS],
            metadata={"cursor": self._waiting[-1]["cursor"]},
        )
        columns = []
        for field in schema:
            values = [event[field.name] for event in self._waiting]
            if field.name in ("amount", "balance"):
                values = [Decimal(value) for value in values]
            elif field.type == arrow.string():
                values = [None if value is None else _text(value) for value in values]
            columns.append(arrow.array(values, field.type))
        return arrow.table(columns, schema=schema)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, msgspec.Raw):
        return bytes(value).decode()
    return str(msgspec.to_builtins(value))


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise click.UsageError(f"another export writes {path}") from None


@contextmanager
def _explained(output: Path) -> Iterator[None]:
    try:
        yield
    except asyncpg.PostgresError as error:
        if error.sqlstate != "WA320":
            raise
        raise click.ClickException(
            f"the database was restored or failed over: what {output} has at its end may be gone"
            " from the ledger. Give another --output: it begins behind what was acknowledged"
        ) from error


@click.command()
@click.option("--subscription", required=True, help="Its code.")
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["jsonl", "csv", "parquet"]),
    help="parquet needs pgwallet[parquet].",
)
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="The file, or for parquet the folder; what it has is gone on with.",
)
def export(subscription: str, form: str, output: Path) -> None:
    """Write the events of a subscription that are still to come into a file.

    It ends when there are no more. Run again, also after it was killed, it goes on behind the last
    event that OUTPUT has; with a new OUTPUT behind the last one that was acknowledged.

    \b
    Examples:
      pgwallet export --subscription warehouse --format jsonl --output events.jsonl
      pgwallet export --subscription warehouse --format parquet --output events/
    """
    target: Target = Parts(output) if form == "parquet" else Lines(output, form)
    with server(Settings.from_env()) as dsn, _explained(output):
        count = run(_export(dsn, subscription, target))
    click.echo(f"{count:,} events were written to {output}", err=True)


async def _export(dsn: str, subscription: str, target: Target) -> int:
    """Reads the next page while one is written. Gives how many events were written."""
    count, cursor, is_last = 0, target.cursor, False
    named = {"subscription": subscription}
    async with (
        function(dsn, "read_events", "subscription", "limit", "cursor") as read,
        function(dsn, "acknowledge_events", "subscription", "cursor") as acknowledge,
    ):

        def ask(cursor: str | None) -> asyncio.Future[list[Row]]:
            return asyncio.ensure_future(read({**named, "limit": _PAGE, "cursor": cursor}))

        reading = ask(cursor)
        try:
            with progress("events", file=sys.stderr) as advance:
                while not is_last:
                    [page] = await reading
                    cursor, is_last = page["next_cursor"], page["is_last"]
                    if not is_last:
                        reading = ask(cursor)
                    if await asyncio.to_thread(target.write, page["events"], is_last=is_last):
                        await acknowledge({**named, "cursor": cursor})
                    count += len(page["events"])
                    advance(len(page["events"]))
        finally:
            reading.cancel()
    return count
