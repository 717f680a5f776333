"""What the commands share: the server, calls, tables, progress, exit codes."""

import asyncio
import csv
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import UTC, datetime
from importlib import import_module
from itertools import count
from typing import IO, Any, TextIO, TypeVar

import asyncpg
import click
import msgspec

from gateway import logs
from gateway.database import Call, Database, Row, SchemaMismatch
from gateway.problems import Problem
from gateway.settings import Settings, SettingsError
from gateway.signals import ENDS
from pgwallet.cluster.config import ClusterError
from pgwallet.embedded import EmbeddedError, EmbeddedPostgres
from pgwallet.keeper import Keeper
from pgwallet.migrate import MigrationError

T = TypeVar("T")

logger = logging.getLogger("pgwallet")

# Exit codes. 129, 130 and 143 are a shell's for SIGHUP, SIGINT and SIGTERM.
WRONG = 1  # it failed, or it found something wrong
USAGE = 2  # the command line, or a file that it names, is wrong; nothing was done
REFUSED = 3  # done, but some lines of a file were refused
EXIT_CODES = """\b
Exit codes:
  0    done, and all is well
  1    it failed, or something was found: verify, status, doctor
  2    the command line or a file that it names is wrong; nothing was done
  3    done, but some lines of the file were refused: grant, import-users,
       import-history
  130  interrupted; 143 terminated; 129 its terminal was closed
"""
_FORESEEN = (
    ClusterError,
    SettingsError,
    EmbeddedError,
    SchemaMismatch,
    MigrationError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
)

json_option = click.option("--json", "is_json", is_flag=True, help="Print JSON.")


def form_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--format and --json, of what is printed with print_form."""
    command = click.option("--json", "form", flag_value="json", hidden=True)(command)
    return click.option(
        "--format",
        "form",
        default="table",
        show_default=True,
        type=click.Choice(["table", "csv", "json"]),
        help="--json is short for --format json.",
    )(command)


class _Failure(click.ClickException):
    """Ends the command with a sentence: for people, or a JSON line if the log is JSON."""

    def show(self, file: IO[Any] | None = None) -> None:
        if logs.are_json():
            logger.critical(self.message)
        else:
            super().show(file)


class Group(click.Group):
    """Lists its commands in sections, and says each foreseen failure in a sentence.

    It imports a command only when somebody asks for it: to import all of them takes 0.2 s.
    """

    sections: Mapping[str, tuple[str, ...]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for names in self.sections.values() for name in names]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        module = name.replace("-", "_")
        command: click.Command = getattr(import_module(f"pgwallet.cli.{module}"), module)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, names in self.sections.items():
            commands = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(title):
                formatter.write_dl(
                    [(name, each.get_short_help_str(limit=80)) for name, each in commands if each]
                )

    def invoke(self, ctx: click.Context) -> Any:
        for number in ENDS:
            signal.signal(number, lambda number, _: sys.exit(128 + number))
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(130)
        except Problem as problem:
            raise _Failure(problem.detail or problem.title) from problem
        except _FORESEEN as error:
            raise _Failure(str(error)) from error


@contextmanager
def server(settings: Settings, *, keep: bool = False) -> Iterator[str]:
    """The DSN of the server: the one that is named, or the embedded one while it is needed.

    keep: the embedded one is started again whenever it ends.
    """
    if settings.database_url:
        yield settings.database_url
        return
    embedded, keeper = EmbeddedPostgres(settings.home), Keeper(settings.home)
    is_ours = embedded.start()
    try:
        embedded.create_database()
        with keeper if keep else nullcontext():
            yield embedded.dsn()
    finally:
        if is_ours or keeper.has_started_it:
            embedded.stop()


async def call(dsn: str, name: str, **arguments: Any) -> list[Row]:
    """Calls a function once, with the rights of the login."""
    async with function(dsn, name, *arguments) as called:
        return await called(arguments)


async def find_user(dsn: str, user: str) -> Row:
    """The one user who has this id, email address or external id."""
    users = await call(dsn, "find_user", query=user)
    if len(users) != 1:
        raise click.ClickException(f"{len(users) or 'no'} users are known as {user!r}")
    return users[0]


@asynccontextmanager
async def function(dsn: str, name: str, *arguments: str, pool: int = 16) -> AsyncIterator[Call]:
    """A function for several calls, so many at a time. They may take longer than a request's."""
    settings = Settings(
        database_url=dsn, database_role="none", database_timeout=86_400, database_pool=pool
    )
    database = Database(settings)
    called = database.function(name, arguments)
    await database.start()
    try:
        yield called
    finally:
        await database.stop()


def instant(text: str) -> datetime:
    """The type of an option that takes a time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time such as 2026-01-31T12:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def print_json(value: Any) -> None:
    click.echo(msgspec.json.encode(value))


def print_form(rows: list[Row], columns: tuple[str, ...], form: str, *, numbers: int) -> None:
    """Prints rows in a form of form_options. numbers: as in print_table."""
    if form == "json":
        print_json(rows)
        return
    cells = _cells(rows, columns)
    if form == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerows(cells)
    else:
        print_table(cells, numbers=numbers)


def print_table(rows: list[list[str]], *, numbers: int) -> None:
    """Prints a table. numbers: how many of the last columns are numbers."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    texts = len(widths) - numbers
    for row in rows:
        cells = [
            cell.ljust(width) if n < texts else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells))


def print_rows(rows: list[Row], columns: tuple[str, ...], *, numbers: int) -> None:
    """Prints a table on a terminal; in a pipe a line for each row, with tabs between columns."""
    cells = _cells(rows, columns)
    if sys.stdout.isatty():
        print_table(cells, numbers=numbers)
    else:
        click.echo("\n".join("\t".join(row) for row in cells))


def _cells(rows: list[Row], columns: tuple[str, ...]) -> list[list[str]]:
    """With a header."""
    cells = [["" if v is None else str(v) for v in map(row.get, columns)] for row in rows]
    return [[*columns], *cells]


@contextmanager
def progress(
    label: str, length: int | None = None, *, file: TextIO | None = None
) -> Iterator[Callable[[int], None]]:
    """Shows the progress on a terminal. Without a length it counts up."""
    file = file or sys.stdout
    if not file.isatty():
        yield lambda _: None
        return
    steps: Any = count() if length is None else None
    with click.progressbar(steps, length=length, label=label, show_pos=True, file=file) as bar:
        yield bar.update
