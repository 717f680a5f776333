"""pgwallet verify: check the books, page by page."""

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Iterator
from typing import IO, Annotated
from uuid import UUID

import click
import msgspec

from gateway.database import Row
from gateway.settings import Settings
from pgwallet.cli.shared import (
    WRONG,
    call,
    function,
    json_option,
    print_json,
    progress,
    run,
    server,
)

_PARTS = 16  # of the ids for each job: who has done one takes the next
_FIRST = UUID(int=0)


class _Checkpoint(msgspec.Struct):
    checkpoint_id: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
    root: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


@click.command()
@click.option("--user", type=click.UUID, help="Check only this user.")
@click.option(
    "--against",
    type=click.File("rb"),
    metavar="FILE",
    help="Compare with a root that `pgwallet checkpoint` printed, too.",
)
@click.option(
    "--since",
    type=click.File("rb"),
    metavar="FILE",
    help="Compare with such a root, then check only what has moved since.",
)
@click.option(
    "--page",
    default=1000,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Users in each page.",
)
@click.option(
    "--jobs",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Pages at a time; each keeps a core of the server busy.",
)
@click.option("--from", "start", type=click.UUID, help="Start with this user.")
@json_option
def verify(
    user: UUID | None,
    against: IO[bytes] | None,
    since: IO[bytes] | None,
    page: int,
    jobs: int,
    start: UUID | None,
    is_json: bool,
) -> None:
    """Check the books, page by page. Exit with 1 if anything is wrong.

    It blocks nobody. With --json it prints a line for each finding, and none if all is well.

    With --since, the root vouches for what was before it, as far as that was verified then. Only a
    run without --since reads all of that again, and what concerns all users together.

    \b
    Examples:
      pgwallet verify
      pgwallet verify --jobs 8
      pgwallet verify --user 018f0e6e-5f5c-7cc4-9d3b-2f8f6c2d9b11
      pgwallet checkpoint > root.json; pgwallet verify --against root.json
      pgwallet verify --since root.json
    """
    if user and (start or since):
        raise click.UsageError("--user excludes --from and --since")
    if against and since:
        raise click.UsageError("--since compares with its root, so it excludes --against")
    file = against or since
    kept = _read_checkpoint(file, "--since" if since else "--against") if file else None
    findings = 0
    say = _print_json_findings if is_json else _print_findings
    with server(Settings.from_env()) as dsn:
        if kept:
            known = {"checkpoint_id": kept.checkpoint_id, "root": kept.root}
            findings += say(run(call(dsn, "verify_checkpoint", **known)))
            if findings and since:
                click.echo("the root vouches for nothing: verify without --since", err=True)
                sys.exit(WRONG)
        if user:
            findings += say(run(call(dsn, "verify", user_id=user)))
        else:
            checkpoint_id = kept.checkpoint_id if kept and since else None
            again = f"pgwallet verify --since {since.name}" if since else "pgwallet verify"
            asked = {"limit": page, "since": checkpoint_id}
            users, wrong = run(_verify_pages(dsn, start, asked, jobs, say, again))
            findings += wrong
            if not start and not since:
                run(call(dsn, "record_verification", users=users, findings=wrong))
    if findings:
        sys.exit(WRONG)
    if is_json:
        return
    parts = [f"since checkpoint {kept.checkpoint_id}"] if kept and since else []
    parts += [f"from {start} on"] if start else []
    click.echo(" ".join(["the books are right", *parts]))


async def _verify_pages(
    dsn: str,
    start: UUID | None,
    asked: dict[str, int | None],
    jobs: int,
    say: Callable[[list[Row]], int],
    again: str,
) -> tuple[int, int]:
    """Prints the findings. Gives the number of users and of findings. If it is interrupted, it says
    where to go on, with the command `again`.
    """
    left = deque(_parts(start, _PARTS * jobs if jobs > 1 else 1))
    users = findings = 0
    places = dict[int, UUID | None]()  # where each job is

    async def verify_parts(job: int) -> None:
        nonlocal users, findings
        while left:
            places[job], before = left.popleft()
            while True:
                [page] = await verify_page({**asked, "from": places[job], "before": before})
                findings += say(page["findings"])
                users += page["users"]
                advance(page["users"])
                if page["next_user_id"] is None:
                    break
                places[job] = page["next_user_id"]
        del places[job]

    names = ("from", "before", *asked)
    try:
        async with function(dsn, "verify_page", *names, pool=jobs) as verify_page:
            with progress("users verified") as advance:
                async with asyncio.TaskGroup() as tasks:
                    for job in range(jobs):
                        tasks.create_task(verify_parts(job))
    except BaseException as error:
        # Whatever is before it has been verified; of what is behind it, some has.
        if places and (place := min(places.values(), key=lambda place: place or _FIRST)):
            click.echo(f"go on with: {again} --from {place}", err=True)
        if isinstance(error, BaseExceptionGroup):
            raise error.exceptions[0] from None
        raise
    return users, findings


def _parts(start: UUID | None, count: int) -> Iterator[tuple[UUID | None, UUID | None]]:
    """Parts of all ids from start on: where each begins, and before which id it ends."""
    first = start or _FIRST
    places = [UUID(int=first.int + n * (2**128 - first.int) // count) for n in range(1, count)]
    yield from zip([start, *places], [*places, None], strict=True)


def _print_findings(findings: list[Row]) -> int:
    clear = "\r\x1b[K" if sys.stdout.isatty() else ""  # removes the progress bar
    for finding in findings:
        line = "{check}: {subject}: expected {expected}, found {found}".format_map(finding)
        click.echo(clear + line)
    return len(findings)


def _print_json_findings(findings: list[Row]) -> int:
    for finding in findings:
        print_json(finding)
    return len(findings)


def _read_checkpoint(file: IO[bytes], option: str) -> _Checkpoint:
    try:
        return msgspec.json.decode(file.read(), type=_Checkpoint)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise click.BadParameter(
            f"{file.name} is not what `pgwallet checkpoint` prints: {error}",
            param_hint=option,
        ) from error
