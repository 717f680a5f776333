"""The command line: everything from `pgwallet up` to `pgwallet psql`."""

import asyncio
import csv
import gc
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import IO, Annotated, Any, get_args
from uuid import UUID

import click
import msgspec
from aiohttp import web
from msgspec.structs import replace

from gateway import DB_DIR, __version__, logs, migrate, openapi, postman
from gateway.app import DOOR, create_app
from gateway.auth import hash_password, issue_token
from gateway.cli import bulk, doctor
from gateway.cli.shared import (
    ENDS,
    EXIT_CODES,
    WRONG,
    Group,
    call,
    function,
    json_option,
    print_json,
    print_table,
    progress,
    run,
    server,
)
from gateway.database import Row, run_script
from gateway.door import Doorkeeper
from gateway.embedded import EmbeddedPostgres
from gateway.settings import Settings, SettingsError
from gateway.types import Role

logger = logging.getLogger("pgwallet")

DEMO_PASSWORD = "demo-password"
DEMO_USERS = ("admin@example.com", "alice@example.com", "bob@example.com")
_STATEMENT = ("created_at", "transaction_id", "kind", "reference", "debit", "credit", "balance")


class _Checkpoint(msgspec.Struct):
    checkpoint_id: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
    root: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


@click.group(cls=Group, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A wallet for virtual currencies, made true inside PostgreSQL.

    DATABASE_URL names the server; without it an embedded one under PGWALLET_HOME is used. Other
    settings are PGWALLET_* variables: docs/reference/settings.md.
    """


# ---------------------------------------------------------------------------------------------
# Serving
# ---------------------------------------------------------------------------------------------


@main.command()
def up() -> None:
    """From nothing to a running wallet with demo data.

    Run it again, and the data is still there. Ctrl-C stops the wallet and its server.

    \b
    Examples:
      pgwallet up
      PGWALLET_HOME=/srv/wallet PGWALLET_PORT=9000 pgwallet up
    """
    settings = _with_secret(Settings.from_env(), make=True)
    with server(settings) as dsn:
        click.echo(f"migrated: {len(run(migrate.migrate(dsn)))} files")
        run(_seed(dsn))
        [alice] = run(call(dsn, "find_user", query="alice@example.com"))
        token, _ = issue_token(replace(settings, token_ttl=86_400), str(alice["user_id"]), "user")
        url = f"http://{settings.host}:{settings.port}"
        _listen(
            replace(settings, database_url=dsn),
            lambda: click.echo(f"""
  API         {url}/v1        description {url}/docs
  health      {url}/health    metrics     {url}/metrics
  demo users  {", ".join(DEMO_USERS)}; password {DEMO_PASSWORD}

  curl -H 'Authorization: Bearer {token}' {url}/v1/wallets/me

Ctrl-C stops it; the data stays."""),
        )
        click.echo("stopped")


@main.command()
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--worker", "is_worker", is_flag=True, hidden=True)
def serve(workers: int, is_worker: bool) -> None:
    """Only serve: the database has been migrated already.

    With a DATABASE_URL, PGWALLET_JWT_SECRET (or _PUBLIC_KEY, or _JWKS) has to be set too.

    \b
    Examples:
      DATABASE_URL=postgresql://wallet@db/wallet PGWALLET_JWT_SECRET=... pgwallet serve
      pgwallet serve --workers 4
    """
    logs.set_up()
    settings = Settings.from_env()
    if not settings.database_url:
        settings = _with_secret(settings, make=True)
    with server(settings) as dsn:
        if workers > 1:
            sys.exit(_supervise(settings, dsn, workers))
        banner = f"pgwallet {__version__} on http://{settings.host}:{settings.port}"
        say = partial(logger.info, banner)
        _listen(replace(settings, database_url=dsn), say, is_worker=is_worker)


def _listen(settings: Settings, say: Callable[[], None], *, is_worker: bool = False) -> None:
    logs.set_up(settings.log_level)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *ENDS)}
    try:
        with suppress(asyncio.CancelledError), asyncio.Runner(loop_factory=_new_loop) as runner:
            runner.run(_serve(settings, say, is_worker))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _serve(settings: Settings, say: Callable[[], None], is_worker: bool) -> None:
    """Until a signal cancels it; then the requests under way are finished."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop() -> None:
        """Once: to be cancelled again would cut the requests off."""
        if is_worker:
            loop.remove_reader(sys.stdin)
        if not task.cancelling():
            task.cancel()

    for number in (signal.SIGINT, *ENDS):
        loop.add_signal_handler(number, stop)
    if is_worker:  # the other end is the supervisor's, and closes with it, however that ends
        loop.add_reader(sys.stdin, stop)
    app = create_app(settings)
    runner = web.AppRunner(
        app,
        # aiohttp counts from the end of an answer to the end of the next request's headers.
        keepalive_timeout=settings.client_timeout,
        shutdown_timeout=settings.shutdown_timeout,
        access_log=None,
    )
    await runner.setup()
    assert runner.server is not None
    protocol = partial(Doorkeeper, app[DOOR], runner.server)
    # What is there by now stays: to look through it for garbage again and again took 20 to 80 ms.
    # And of what comes, most goes by itself: so the rest may wait longer.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        server = await loop.create_server(
            protocol, settings.host, settings.port, reuse_port=is_worker or None, backlog=1024
        )
        with closing(server):
            say()
            await loop.create_future()
    finally:
        await runner.cleanup()


def _supervise(settings: Settings, dsn: str, workers: int) -> int:
    """Several processes on one port. When one ends, all do; this one too."""
    with TemporaryDirectory() as metrics:
        environ = os.environ | {
            "DATABASE_URL": dsn,
            "PGWALLET_JWT_SECRET": settings.jwt_secret,
            "PROMETHEUS_MULTIPROC_DIR": metrics,
        }
        command = [sys.executable, "-m", "gateway", "serve", "--worker"]
        children = [
            subprocess.Popen(command, env=environ, stdin=subprocess.PIPE) for _ in range(workers)
        ]
        own = {child.pid for child in children}
        try:
            while os.wait()[0] not in own:
                pass  # a container's first process inherits others
            return 1
        except (KeyboardInterrupt, SystemExit):
            return 0  # asked to stop
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait()


# ---------------------------------------------------------------------------------------------
# The database
# ---------------------------------------------------------------------------------------------


@main.command("migrate")
@click.option("--plan", "is_plan", is_flag=True, help="Show what would run and lock; run nothing.")
def migrate_(is_plan: bool) -> None:
    """Bring the database to this release, all of it or nothing.

    \b
    Examples:
      pgwallet migrate --plan
      DATABASE_URL=postgresql://admin@db/wallet pgwallet migrate
    """
    with server(Settings.from_env()) as dsn:
        work = _plan(dsn) if is_plan else migrate.migrate(dsn)
        lines = run(work)
    for line in lines or ["nothing to do"]:
        click.echo(line)


async def _plan(dsn: str) -> list[str]:
    return migrate.describe(await migrate.plan(dsn))


@main.command()
@json_option
def status(is_json: bool) -> None:
    """What the database has of this release; ends with 1 if something is missing.

    \b
    Examples:
      pgwallet status
      pgwallet status --json
    """
    with server(Settings.from_env()) as dsn:
        found = run(migrate.status(dsn))
    if is_json:
        print_json({"version": __version__, **asdict(found)})
        sys.exit(WRONG if found.drift or found.pending else 0)
    click.echo(f"pgwallet    {__version__}")
    click.echo(f"PostgreSQL  {found.server_version}")
    click.echo(f"schema      {found.schema_version or 'none'}, {found.applied} files applied")
    for step in (*found.drift, *found.pending):
        click.echo(f"            {step}")
    sys.exit(WRONG if found.drift or found.pending else 0)


@main.command()
@click.option("--demo", is_flag=True, required=True, help="The demo data.")
def seed(demo: bool) -> None:
    """Put the demo data into the database; again does no harm.

    \b
    Examples:
      pgwallet seed --demo
    """
    with server(Settings.from_env()) as dsn:
        run(_seed(dsn))
    click.echo(f"demo users: {', '.join(DEMO_USERS)}; password {DEMO_PASSWORD}")


@main.command()
@click.option("--user", type=click.UUID, help="Only this one.")
@click.option(
    "--against",
    type=click.File("rb"),
    metavar="FILE",
    help="Also compare with what `pgwallet checkpoint` printed once.",
)
@click.option(
    "--page",
    default=1000,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="So many users at an instant.",
)
@click.option("--from", "start", type=click.UUID, help="Go on with this user.")
@json_option
def verify(
    user: UUID | None, against: IO[bytes] | None, page: int, start: UUID | None, is_json: bool
) -> None:
    """Check the books, page by page; ends with 1 if anything is wrong.

    It blocks nobody. With --json each finding is a line, and none is printed if all is well.

    \b
    Examples:
      pgwallet verify
      pgwallet verify --user 018f0e6e-5f5c-7cc4-9d3b-2f8f6c2d9b11
      pgwallet checkpoint > root.json; pgwallet verify --against root.json
    """
    if user and start:
        raise click.UsageError("--user and --from exclude each other")
    kept = _read_checkpoint(against) if against else None
    findings = 0
    say = _print_json_findings if is_json else _print_findings
    with server(Settings.from_env()) as dsn:
        if kept:
            known = {"checkpoint_id": kept.checkpoint_id, "root": kept.root}
            findings += say(run(call(dsn, "verify_checkpoint", **known)))
        if user:
            findings += say(run(call(dsn, "verify", user_id=user)))
        else:
            findings += run(_verify_pages(dsn, start, page, say))
    if findings:
        sys.exit(WRONG)
    if is_json:
        return
    click.echo(f"the books are right from {start} on" if start else "the books are right")


async def _verify_pages(
    dsn: str, start: UUID | None, size: int, say: Callable[[list[Row]], int]
) -> int:
    """Print what is found; how much that was. Interrupted, it says where to go on."""
    place, findings = start, 0
    try:
        async with function(dsn, "verify_page", "from", "limit") as verify_page:
            with progress("users verified") as advance:
                while True:
                    [page] = await verify_page({"from": place, "limit": size})
                    findings += say(page["findings"])
                    advance(page["users"])
                    place = page["next_user_id"]
                    if place is None:
                        return findings
    except BaseException:
        if place:
            click.echo(f"go on with: pgwallet verify --from {place}", err=True)
        raise


def _print_findings(findings: list[Row]) -> int:
    clear = "\r\x1b[K" if sys.stdout.isatty() else ""  # the progress bar
    for finding in findings:
        line = "{check}: {subject}: expected {expected}, found {found}".format_map(finding)
        click.echo(clear + line)
    return len(findings)


def _print_json_findings(findings: list[Row]) -> int:
    for finding in findings:
        print_json(finding)
    return len(findings)


def _read_checkpoint(file: IO[bytes]) -> _Checkpoint:
    try:
        return msgspec.json.decode(file.read(), type=_Checkpoint)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise click.BadParameter(
            f"{file.name} is not what `pgwallet checkpoint` prints: {error}",
            param_hint="--against",
        ) from error


@main.command()
def checkpoint() -> None:
    """Write down the heads of all chains and print their root, to be kept elsewhere.

    \b
    Examples:
      pgwallet checkpoint > root.json
      pgwallet verify --against root.json
    """
    with server(Settings.from_env()) as dsn:
        [made] = run(call(dsn, "checkpoint"))
    click.echo(msgspec.json.encode(made))


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time such as 2026-01-31T12:00Z.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


@main.command()
@click.argument("user")
@click.option("--asset", required=True, help="Its code, such as GOLD.")
@click.option(
    "--from", "start", type=_instant, metavar="TIME", help="UTC unless it says otherwise."
)
@click.option("--until", type=_instant, metavar="TIME", help="The first instant left out.")
@click.option(
    "--format",
    "form",
    default="table",
    show_default=True,
    type=click.Choice(["table", "csv", "json"]),
    help="--json is short for --format json.",
)
@click.option("--json", "form", flag_value="json", hidden=True)
def statement(
    user: str, asset: str, start: datetime | None, until: datetime | None, form: str
) -> None:
    """Print the statement of account of USER: an id, an email address or an external id.

    \b
    Examples:
      pgwallet statement alice@example.com --asset GOLD
      pgwallet statement alice@example.com --asset GOLD --from 2026-01-01 --until 2026-02-01
      pgwallet statement alice@example.com --asset GOLD --format csv > statement.csv
    """
    with server(Settings.from_env()) as dsn:
        users = run(call(dsn, "find_user", query=user))
        if len(users) != 1:
            raise click.ClickException(f"{len(users) or 'no'} users are known as {user!r}")
        scope = {"user_id": users[0]["user_id"], "asset": asset, "from": start, "until": until}
        lines = run(call(dsn, "statement", **scope))
    if form == "json":
        click.echo(msgspec.json.encode(lines))
        return
    rows = [["" if v is None else str(v) for v in map(line.get, _STATEMENT)] for line in lines]
    rows.insert(0, [*_STATEMENT])
    if form == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerows(rows)
    else:
        print_table(rows, numbers=3)


@main.command()
@json_option
def sweep(is_json: bool) -> None:
    """Close the holds that have expired.

    \b
    Examples:
      pgwallet sweep
    """
    with server(Settings.from_env()) as dsn:
        closed = run(_sweep(dsn))
    if is_json:
        print_json({"holds_closed": closed})
    else:
        click.echo(f"holds closed: {closed}")


async def _sweep(dsn: str) -> int:
    closed = 0
    async with function(dsn, "expire_holds") as expire_holds:
        while True:
            [row] = await expire_holds({})
            if not row["expire_holds"]:
                return closed
            closed += row["expire_holds"]


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Open psql; ARGUMENTS after -- are passed on.

    \b
    Examples:
      pgwallet psql
      pgwallet psql -- -c 'SELECT * FROM wallet.treasury()'
    """
    settings = Settings.from_env()
    program = shutil.which("psql") if settings.database_url else None
    program = program or str(EmbeddedPostgres(settings.home).bin_dir / "psql")
    with server(settings) as dsn:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # psql's own business
        # What is asked for in ARGUMENTS has to print as it would elsewhere.
        shortcuts = {} if arguments else {"PSQLRC": str(DB_DIR / "psqlrc")}
        sys.exit(subprocess.call([program, dsn, *arguments], env={**shortcuts, **os.environ}))


# ---------------------------------------------------------------------------------------------
# The rest
# ---------------------------------------------------------------------------------------------


@main.command()
@click.option("--role", required=True, type=click.Choice(get_args(Role)), help="What it may do.")
@click.option("--user", type=click.UUID, help="Whose; required for the role user.")
def token(role: str, user: Any) -> None:
    """Print a token.

    \b
    Examples:
      pgwallet token --role service
      pgwallet token --role user --user 018f0e6e-5f5c-7cc4-9d3b-2f8f6c2d9b11
    """
    if role == "user" and user is None:
        raise click.UsageError("--role user needs --user UUID")
    settings = _with_secret(Settings.from_env(), make=False)
    click.echo(issue_token(settings, str(user or role), role)[0])


@main.command("openapi")
@click.option("--postman", "is_postman", is_flag=True, help="As a Postman collection (v2.1).")
def openapi_(is_postman: bool) -> None:
    """Print the OpenAPI document.

    
    Examples:
      pgwallet openapi > openapi.json
      pgwallet openapi --postman > pgwallet.postman_collection.json
    """
    document = postman.collection() if is_postman else openapi.document()
    click.echo(msgspec.json.format(msgspec.json.encode(document)))


@main.command()
def version() -> None:
    """Print the version.

    \b
    Examples:
      pgwallet version
    """
    click.echo(__version__)


# ---------------------------------------------------------------------------------------------
# What they share
# ---------------------------------------------------------------------------------------------


def _with_secret(settings: Settings, *, make: bool) -> Settings:
    """The settings with the secret that is kept in the home, if none is named."""
    if settings.jwt_secret or settings.jwt_public_key or settings.jwt_jwks:
        return settings
    path = settings.home / "jwt_secret"
    if make and not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError), open(path, "x", opener=_private) as file:
            file.write(secrets.token_urlsafe(48))
    if not path.exists():
        raise SettingsError("PGWALLET_JWT_SECRET is not set")
    return replace(settings, jwt_secret=path.read_text().strip())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


async def _seed(dsn: str) -> None:
    script = (DB_DIR / "seed" / "demo.sql").read_text()
    await run_script(dsn, script, {"pgwallet.demo_password_hash": hash_password(DEMO_PASSWORD)})


def _new_loop() -> asyncio.AbstractEventLoop:
    if find_spec("uvloop"):
        import uvloop

        return uvloop.new_event_loop()
    return asyncio.new_event_loop()


main.sections = {
    "Serving": ("up", "serve", "token", "openapi", "version"),
    "Database": ("migrate", "status", "seed", "psql", "doctor"),
    "Books": ("verify", "checkpoint", "statement", "sweep"),
    "Many users": ("import-users", "grant", "campaigns", "budget"),
}
for command in (doctor.doctor, bulk.grant, bulk.import_users, bulk.campaigns, bulk.budget):
    main.add_command(command)
