"""What grant and import-users share: they work through a file in parts and list refused lines."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

import asyncpg
import click

from gateway.database import Row
from pgwallet.cli import sheets
from pgwallet.cli.shared import REFUSED, function, print_json, progress, run
from pgwallet.cli.sheets import Sheet

SIZE = 1000  # lines of a call
_SHOWN = 20  # refusals
_TRIES = 10  # of a call that waits for locks; each takes up to 20 s

file_argument = click.argument("file", type=click.File("rb"))
check_option = click.option(
    "--check", "is_check", is_flag=True, help="Check FILE and do nothing else."
)
refused_option = click.option(
    "--refused",
    type=click.File("w", lazy=True),
    metavar="OUT",
    help="Write the refused lines to OUT.",
)
connections_option = click.option(
    "--connections",
    default=4,
    show_default=True,
    type=click.IntRange(1, 16),
    help="Calls at a time. 1 keeps the order of FILE.",
)


@dataclass
class Tally:
    """The result of the lines so far."""

    lines: int = 0
    users: int = 0
    amount: Decimal = Decimal(0)
    replays: int = 0
    refused: list[Row] = field(default_factory=list)

    def add(self, lines: Sequence[sheets.Line], answer: Row) -> None:
        self.lines += len(lines)
        self.users += answer["users"]
        self.amount += Decimal(answer.get("amount", 0))
        self.replays += answer["replays"]
        self.refused += [
            {"line": lines[each.pop("ord") - 1].number, **each} for each in answer["refusals"]
        ]


def say_plan(plan: Mapping[str, Any], *, is_json: bool, is_check: bool) -> None:
    """Says what is about to be done. With --check that is the answer."""
    if is_json:
        if is_check:
            print_json(plan)
        return
    said = f"{plan['lines']:,} users"
    if "total" in plan:
        said += f", {plan['total']} {plan['asset']} in all"
        left = plan["remaining"]
        said += f"; the budget has {left} left" if left else "; the budget has no limit"
    click.echo(said, err=not is_check)


def do_in_parts(
    dsn: str,
    name: str,
    argument: str,
    sheet: Sheet,
    rows: Sequence[tuple[Any, ...]],
    connections: int,
    **others: Any,
) -> Tally:
    """Calls a function with all rows, in parts."""
    tally = Tally()

    async def do_all() -> None:
        parts = _parts(dsn, name, argument, rows, connections, others)
        with progress(name.replace("_", " "), len(rows), file=sys.stderr) as advance:
            async with aclosing(parts):
                async for start, answer in parts:
                    lines = sheet.lines[start : start + SIZE]
                    tally.add(lines, answer)
                    advance(len(lines))

    try:
        run(do_all())
    except BaseException:
        click.echo(
            f"stopped when {tally.lines:,} of {len(rows):,} lines were done;"
            " run it again to do the rest",
            err=True,
        )
        raise
    tally.refused.sort(key=lambda each: each["line"])
    return tally


async def _parts(
    dsn: str,
    name: str,
    argument: str,
    rows: Sequence[tuple[Any, ...]],
    connections: int,
    others: Mapping[str, Any],
) -> AsyncGenerator[tuple[int, Row], None]:
    """The answers to the parts as they come, each with the place of its first row."""
    starts = iter(range(0, len(rows), SIZE))
    pending: set[asyncio.Task[tuple[int, Row]]] = set()
    async with function(dsn, name, argument, *others) as called:

        async def ask(start: int) -> tuple[int, Row]:
            tries = 0
            while True:
                try:
                    [answer] = await called({argument: rows[start : start + SIZE], **others})
                    return start, answer
                except asyncpg.LockNotAvailableError:  # another run holds the locks
                    tries += 1
                    if tries == _TRIES:
                        raise

        try:
            while True:
                while len(pending) < connections and (start := next(starts, None)) is not None:
                    pending.add(asyncio.create_task(ask(start)))
                if not pending:
                    return
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield await task
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)


def report(
    said: str,
    result: Mapping[str, Any],
    sheet: Sheet,
    tally: Tally,
    refused: IO[str] | None,
    *,
    is_json: bool,
) -> None:
    """Prints the result. Exits with REFUSED if some lines were refused."""
    if is_json:
        print_json(result)
    else:
        click.echo(said if tally.users else f"{said}: there was nothing left to do")
        for each in tally.refused[:_SHOWN]:
            click.echo(
                f"{sheet.name}:{each['line']}: {each['code']} {each['message']}. {each['detail']}",
                err=True,
            )
        if len(tally.refused) > _SHOWN:
            more = f"and {len(tally.refused) - _SHOWN:,} more"
            click.echo(more + ("" if refused else "; --refused OUT lists all"), err=True)
    if refused:
        sheets.write_refused(refused, sheet, tally.refused)
    if tally.refused:
        sys.exit(REFUSED)
