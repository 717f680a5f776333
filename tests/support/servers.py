"""Real PostgreSQL servers, started when first asked for, and databases on them.

A server has two templates: a migrated database, and that one with pgTAP in the schema tap. A test
gets a copy, which costs about a tenth of a second, or a hundredth with TMPDIR=/dev/shm.
"""

import asyncio
import itertools
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import psutil
import pytest

from pgwallet.embedded import EmbeddedPostgres
from pgwallet.migrate import migrate
from tests.support import thirdparty

GIVEN_URL = os.environ.get("PGWALLET_TEST_DATABASE_URL")

T = TypeVar("T")

# The servers that a test of every version runs on; the first is the default.
VERSIONS = ("given",) if GIVEN_URL else ("18", "15")
every_version = pytest.mark.parametrize("server", VERSIONS, indirect=True)

_PROGRAMS = {"15": thirdparty.postgres_15, "15 with PL/Proxy": thirdparty.plproxy}

# Nothing here outlives its session, so nothing has to survive a crash. And no background worker
# may be found in a template that is being copied.
FAST = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "lc_messages": "C",
    "max_connections": "200",
}


class once(cached_property[T]):
    """A cached_property that keeps a failure too: a broken template is built once, not per test."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        failures = instance.__dict__.setdefault("failures", {})
        if self.attrname in failures:
            raise failures[self.attrname]
        try:
            return super().__get__(instance, owner)
        except Exception as failure:
            failures[self.attrname] = failure
            raise


@dataclass(frozen=True)
class Database:
    """A database of its own for one test or module."""

    server: "Server"
    name: str

    @property
    def dsn(self) -> str:
        return self.server.dsn(self.name)

    def psql(self, sql: str) -> str:
        """Run statements; the rows come back a line each, the columns parted by |."""
        return self.server.psql(self.name, sql)

    async def connect(self, **options: object) -> asyncpg.Connection:
        return await asyncpg.connect(self.dsn, **options)

    @property
    def parts(self) -> list["Database"]:
        """What has its tables: itself."""
        return [self]

    def add_tap(self) -> None:
        """pgTAP, in the schema tap."""
        self.psql("CREATE SCHEMA tap; GRANT USAGE ON SCHEMA tap TO public")
        self.server.run_psql(self.name, "-f", str(thirdparty.pgtap()), search_path="tap")
        self.psql("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA tap TO public")

    def drop(self) -> None:
        self.server.admin(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


class Server:
    """A running server. The names of its databases are random, so runs may share one."""

    def __init__(
        self,
        dsn: Callable[[str], str],
        psql_path: Path,
        *,
        admin_database: str = "postgres",
        embedded: EmbeddedPostgres | None = None,
    ) -> None:
        self.dsn = dsn
        self.psql_path = psql_path
        self.admin_database = admin_database
        self.embedded = embedded
        self._made: list[Database] = []
        self._token = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    @cached_property
    def version(self) -> int:
        """The major version."""
        return int(self.admin("SHOW server_version_num")) // 10000

    @once
    def template(self) -> Database:
        """Migrated."""
        database = self.create(template=None)
        _run_async(migrate, database.dsn)
        return database

    @once
    def tap_template(self) -> Database:
        """Migrated, and pgTAP."""
        database = self.create(template=self.template)
        database.add_tap()
        return database

    @cached_property
    def tap_database(self) -> Database:
        """What all pgTAP files share: each rolls back what it did."""
        return self.create(template=self.tap_template)

    def create(self, *, template: Database | None) -> Database:
        """A new database, a copy of a template or empty."""
        database = Database(self, f"pgwallet_test_{self._token}_{next(self._numbers)}")
        # Copying files costs half of what logging each block does, where nothing is synced.
        source = f'"{template.name}"' if template else "template0 ENCODING 'UTF8'"
        self.admin(f'CREATE DATABASE "{database.name}" STRATEGY file_copy TEMPLATE {source}')
        self._made.append(database)
        return database

    def admin(self, sql: str) -> str:
        return self.psql(self.admin_database, sql)

    def psql(self, dbname: str, sql: str) -> str:
        done = self.run_psql(dbname, input=sql)
        return done.stdout.removesuffix("\n")

    def run_psql(
        self,
        dbname: str,
        *arguments: str,
        input: str = "",
        search_path: str | None = None,
        check: bool = True,
        timeout: float = 300,
    ) -> subprocess.CompletedProcess[str]:
        command = [str(self.psql_path), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.dsn(dbname)]
        options = ["-cclient_min_messages=warning"]
        if search_path:
            options.append(f"-csearch_path={search_path}")
        done = subprocess.run(
            command + list(arguments),
            env=os.environ | {"PGOPTIONS": " ".join(options), "PGCLIENTENCODING": "UTF8"},
            input=input,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"psql failed on {dbname}: {done.stderr.strip()}")
        return done

    def stop(self) -> None:
        if not self.embedded:
            for database in self._made:
                database.drop()
        elif self.embedded.is_running():
            self.embedded.stop("immediate")


class Servers:
    """The servers of a test session."""

    def __init__(self) -> None:
        self._by_version: dict[str, Server | thirdparty.Unavailable] = {}
        self._all: list[Server] = []

    def __getitem__(self, version: str) -> Server:
        """The session's server of a version; raises Unavailable when it can't be had."""
        if version not in self._by_version:
            try:
                self._by_version[version] = (
                    self._given() if version == "given" else self.new(version)
                )
            except thirdparty.Unavailable as reason:
                self._by_version[version] = reason
        server = self._by_version[version]
        if isinstance(server, thirdparty.Unavailable):
            raise server
        return server

    def new(
        self, version: str, options: Mapping[str, str] | None = None, home: Path | None = None
    ) -> Server:
        """One more server, with settings of its own."""
        embedded = EmbeddedPostgres(
            home or self.home / f"{version}-{len(self._all)}",
            bin_dir=_PROGRAMS[version]() if version in _PROGRAMS else None,
            options=FAST | dict(options or {}),
        )
        embedded.start()
        self._all.append(Server(embedded.dsn, self._psql_path, embedded=embedded))
        return self._all[-1]

    def standby(self, primary: Server) -> Server:
        """One more that streams what that one does, and may be read."""
        assert primary.embedded
        home = self.home / f"standby-{len(self._all)}"
        embedded = EmbeddedPostgres(home, bin_dir=primary.embedded.bin_dir, options=FAST)
        home.mkdir()
        embedded._make_private(embedded.data_dir)
        done = embedded._run(
            embedded.bin_dir / "pg_basebackup",
            *("--write-recovery-conf", "--checkpoint=fast", "--dbname", primary.dsn("postgres")),
            *("--pgdata", embedded.data_dir),
        )
        assert done.returncode == 0, done.stdout
        embedded.start()
        self._all.append(Server(embedded.dsn, self._psql_path, embedded=embedded))
        return self._all[-1]

    @cached_property
    def home(self) -> Path:
        """A folder that the servers can reach, whatever user they run as."""
        sweep()
        home = Path(tempfile.mkdtemp(prefix=f"pgwallet-test-{os.getpid()}-"))
        home.chmod(0o711)
        return home

    def stop(self) -> None:
        for server in self._all:
            server.stop()
        if "home" in self.__dict__:
            shutil.rmtree(self.home, ignore_errors=True)

    def _given(self) -> Server:
        url = urlsplit(GIVEN_URL or "")
        installed = shutil.which("psql")
        server = Server(
            lambda dbname: urlunsplit(url._replace(path=f"/{dbname}")),
            Path(installed) if installed else self._psql_path,
            admin_database=url.path.removeprefix("/") or "postgres",
        )
        self._all.append(server)
        return server

    @cached_property
    def _psql_path(self) -> Path:
        """One psql for all versions."""
        return EmbeddedPostgres(self.home / "none").bin_dir / "psql"


def sweep() -> None:
    """Stop the servers of sessions that were killed."""
    for home in Path(tempfile.gettempdir()).glob("pgwallet-test-*"):
        pid = home.name.split("-")[2]
        is_ours = pid.isdecimal() and home.stat().st_uid == os.geteuid()
        if not is_ours or psutil.pid_exists(int(pid)):
            continue
        with suppress(OSError, RuntimeError):  # Another session may be sweeping too.
            for cluster in filter(Path.is_dir, home.iterdir()):
                EmbeddedPostgres(cluster).stop("immediate")
        shutil.rmtree(home, ignore_errors=True)


def _run_async(function: Callable[..., Coroutine[Any, Any, object]], *arguments: object) -> None:
    """In a thread of its own, as this one may have an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(function(*arguments))).result()
