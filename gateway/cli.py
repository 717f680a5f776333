"""The command line: everything from `pgwallet up` to `pgwallet psql`."""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, get_args

import asyncpg
import click
import msgspec
from aiohttp import web
from msgspec.structs import replace

from gateway import DB_DIR, __version__, logs, migrate, openapi
from gateway.app import create_app
from gateway.auth import hash_password, issue_token
from gateway.database import Database, Row, SchemaMismatch, run_script
from gateway.embedded import EmbeddedError, EmbeddedPostgres
from gateway.problems import Problem
from gateway.settings import Settings, SettingsError
from gateway.types import Role

T = TypeVar("T")

DEMO_PASSWORD = "demo-password"
DEMO_USERS = ("admin@example.com", "alice@example.com", "bob@example.com")
_FORESEEN = (
    SettingsError,
    EmbeddedError,
    SchemaMismatch,
    Problem,
    migrate.MigrationError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
)


class _Group(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `finally` still runs
        try:
            return super().invoke(ctx)
        except _FORESEEN as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A wallet for virtual currencies, made true inside PostgreSQL.

    DATABASE_URL names the server; without it an embedded one under PGWALLET_HOME is used.
    """


# ---------------------------------------------------------------------------------------------
# Serving
# ---------------------------------------------------------------------------------------------


@main.command()
def up() -> None:
    """From nothing to a running wallet with demo data; again: with the same data."""
    settings = _with_secret(Settings.from_env(), make=True)
    with _server(settings) as dsn:
        click.echo(f"migrated: {len(_run(migrate.migrate(dsn)))} files")
        _run(_seed(dsn))
        [alice] = _run(_call(dsn, "find_user", query="alice@example.com"))
        token, _ = issue_token(replace(settings, token_ttl=86_400), str(alice["user_id"]), "user")
        url = f"http://{settings.host}:{settings.port}"
        _listen(
            replace(settings, database_url=dsn),
            f"""
  API         {url}/v1        description {url}/docs
  health      {url}/health    metrics     {url}/metrics
  demo users  {", ".join(DEMO_USERS)}; password {DEMO_PASSWORD}

  curl -H 'Authorization: Bearer {token}' {url}/v1/wallets/me

Ctrl-C stops it; the data stays.""",
        )
        click.echo("stopped")


@main.command()
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1))
@click.option("--share-port", is_flag=True, hidden=True)
def serve(workers: int, share_port: bool) -> None:
    """Only serve: the database has been migrated already."""
    settings = Settings.from_env()
    if not settings.database_url:
        settings = _with_secret(settings, make=True)
    with _server(settings) as dsn:
        if workers > 1:
            sys.exit(_supervise(settings, dsn, workers))
        banner = f"pgwallet {__version__} on http://{settings.host}:{settings.port}"
        _listen(replace(settings, database_url=dsn), banner, share_port=share_port)


def _listen(settings: Settings, banner: str, *, share_port: bool = False) -> None:
    logs.set_up(settings.log_level)
    web.run_app(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        reuse_port=share_port or None,
        shutdown_timeout=settings.shutdown_timeout,
        access_log=None,
        print=lambda _: click.echo(banner),
        loop=_new_loop(),
    )


def _supervise(settings: Settings, dsn: str, workers: int) -> int:
    """Several processes on one port. When one ends, all do."""
    with TemporaryDirectory() as metrics:
        environ = os.environ | {
            "DATABASE_URL": dsn,
            "PGWALLET_JWT_SECRET": settings.jwt_secret,
            "PROMETHEUS_MULTIPROC_DIR": metrics,
        }
        command = [sys.executable, "-m", "gateway", "serve", "--share-port"]
        children = [subprocess.Popen(command, env=environ) for _ in range(workers)]
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
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
@click.option("--plan", "is_plan", is_flag=True, help="Show what would run, and run nothing.")
def migrate_(is_plan: bool) -> None:
    """Bring the database to this release."""
    with _server(Settings.from_env()) as dsn:
        steps = _run(migrate.plan(dsn)) if is_plan else _run(migrate.migrate(dsn))
        for step in steps:
            click.echo(step)
        if not steps:
            click.echo("nothing to do")


@main.command()
def status() -> None:
    """What the database has of this release; ends with 1 if something is missing."""
    with _server(Settings.from_env()) as dsn:
        found = _run(migrate.status(dsn))
    click.echo(f"pgwallet    {__version__}")
    click.echo(f"PostgreSQL  {found.server_version}")
    click.echo(f"schema      {found.schema_version or 'none'}, {found.applied} files applied")
    for step in (*found.drift, *found.pending):
        click.echo(f"            {step}")
    sys.exit(1 if found.drift or found.pending else 0)


@main.command()
@click.option("--demo", is_flag=True, required=True, help="The demo data.")
def seed(demo: bool) -> None:
    """Put data into the database; again does no harm."""
    with _server(Settings.from_env()) as dsn:
        _run(_seed(dsn))
    click.echo(f"demo users: {', '.join(DEMO_USERS)}; password {DEMO_PASSWORD}")


@main.command()
def verify() -> None:
    """Check the books; ends with 1 if anything is wrong."""
    with _server(Settings.from_env()) as dsn:
        findings = _run(_call(dsn, "verify", user_id=None))
    for finding in findings:
        click.echo("{check}: {subject}: expected {expected}, found {found}".format_map(finding))
    if findings:
        sys.exit(1)
    click.echo("the books are right")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Open psql; ARGUMENTS after -- are passed on."""
    settings = Settings.from_env()
    program = shutil.which("psql") if settings.database_url else None
    program = program or str(EmbeddedPostgres(settings.home).bin_dir / "psql")
    with _server(settings) as dsn:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # psql's own business
        sys.exit(subprocess.call([program, dsn, *arguments]))


# ---------------------------------------------------------------------------------------------
# The rest
# ---------------------------------------------------------------------------------------------


@main.command()
@click.option("--role", required=True, type=click.Choice(get_args(Role)))
@click.option("--user", type=click.UUID, help="Whose; required for the role user.")
def token(role: str, user: Any) -> None:
    """Print a token."""
    if role == "user" and user is None:
        raise click.UsageError("--role user needs --user UUID")
    settings = _with_secret(Settings.from_env(), make=False)
    click.echo(issue_token(settings, str(user or role), role)[0])


@main.command("openapi")
def openapi_() -> None:
    """Print the OpenAPI document."""
    click.echo(msgspec.json.format(msgspec.json.encode(openapi.document())))


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(__version__)


# ---------------------------------------------------------------------------------------------
# What they share
# ---------------------------------------------------------------------------------------------


@contextmanager
def _server(settings: Settings) -> Iterator[str]:
    """The DSN of the server meant: the named one, or the embedded one as long as it is needed."""
    if settings.database_url:
        yield settings.database_url
        return
    server = EmbeddedPostgres(settings.home)
    is_ours = server.start()
    try:
        server.create_database()
        yield server.dsn()
    finally:
        if is_ours:
            server.stop()


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


async def _call(dsn: str, function: str, **arguments: Any) -> list[Row]:
    """One call with the rights of the login."""
    database = Database(Settings(database_url=dsn, database_role="none"))
    call = database.function(function, tuple(arguments))
    await database.start()
    try:
        return await call(arguments)
    finally:
        await database.stop()


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def _new_loop() -> asyncio.AbstractEventLoop:
    if find_spec("uvloop"):
        import uvloop

        return uvloop.new_event_loop()
    return asyncio.new_event_loop()
