"""A wallet whose embedded PostgreSQL is really killed goes on by itself."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import psutil
import pytest

from gateway.settings import Settings
from gateway.tokens import issue_token
from pgwallet.cli.seed import seed_demo
from pgwallet.embedded import EmbeddedPostgres
from pgwallet.keeper import Keeper
from pgwallet.migrate import migrate

SECRET = "a secret for tests, 32 bytes or more"
CLIENTS = 8
GIVEN = 1_000_000  # SILVER, of which each spend takes 1
ENDED, RECOVERED = "PostgreSQL has ended", "PostgreSQL has recovered"
FAILED = "PostgreSQL can't be started"
UP, SERVE, WORKERS = ("up",), ("serve",), ("serve", "--workers", "2")


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A home with the demo, to be copied."""
    with tempfile.TemporaryDirectory(prefix="pgw-", dir="/tmp") as path:
        os.chmod(path, 0o755)
        with EmbeddedPostgres(Path(path, "home")) as postgres:
            postgres.create_database()
            asyncio.run(migrate(postgres.dsn()))
            asyncio.run(seed_demo(postgres.dsn()))
        yield Path(path, "home")


@pytest.fixture
def postgres(template: Path) -> Iterator[EmbeddedPostgres]:
    """The server of a home of the test's own; it has not been started."""
    folder = Path(tempfile.mkdtemp(prefix="pgw-", dir="/tmp"))
    folder.chmod(0o755)
    subprocess.run(["cp", "-a", template, folder / "home"], check=True)
    postgres = EmbeddedPostgres(folder / "home")
    yield postgres
    postgres.stop("immediate")
    shutil.rmtree(folder)


class Command:
    """`pgwallet up` or `serve`, and what it logs."""

    def __init__(self, home: Path, arguments: tuple[str, ...]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._log_path = home.parent / f"log-{port}"
        environ = {
            "PGWALLET_HOME": str(home),
            "PGWALLET_PORT": str(port),
            "PGWALLET_JWT_SECRET": SECRET,
        }
        with open(self._log_path, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pgwallet", *arguments],
                env=os.environ | environ, stdout=subprocess.DEVNULL, stderr=log,
            )  # fmt: skip

    def log(self) -> str:
        return self._log_path.read_text()

    def logged(self, message: str) -> int:
        lines = (json.loads(line) for line in self.log().splitlines())
        return sum(message in line.get("message", "") for line in lines)

    def end(self) -> float:
        """Press Ctrl-C; the seconds until it ended."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(60) == 0, self.log()
        return time.monotonic() - began


@contextmanager
def running(postgres: EmbeddedPostgres, arguments: tuple[str, ...]) -> Iterator[Command]:
    command = Command(postgres.home, arguments)
    try:
        yield command
    finally:
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(command.process.pid).children(recursive=True):
                child.kill()
        command.process.kill()
        command.process.wait()


async def until(is_done: Callable[[], Any], command: Command, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        done = is_done()
        if await done if asyncio.iscoroutine(done) else done:
            return
        assert time.monotonic() < end, command.log()
        await asyncio.sleep(0.02)


async def health(http: aiohttp.ClientSession, command: Command) -> int:
    """Its status; 0 where nobody listens."""
    with suppress(aiohttp.ClientConnectionError):
        async with http.get(f"{command.url}/health") as answer:
            return answer.status
    return 0


async def until_healthy(http: aiohttp.ClientSession, command: Command) -> None:
    async def is_healthy() -> bool:
        return await health(http, command) == 200

    await until(is_healthy, command)


@pytest.fixture
async def http() -> Any:
    token, _ = issue_token(Settings(jwt_secret=SECRET), "a service", "service")
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        yield session


def pids(postgres: EmbeddedPostgres) -> list[int]:
    return postgres._processes(postgres.data_dir)


def kill(postgres: EmbeddedPostgres, *, is_all: bool) -> None:
    postmaster = postgres.pid()
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    for pid in pids(postgres) if is_all else ():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def query(postgres: EmbeddedPostgres, sql: str, *values: object) -> Any:
    connection = await asyncpg.connect(postgres.dsn())
    try:
        return await connection.fetchval(sql, *values)
    finally:
        await connection.close()


class Spenders:
    """Clients who spend 1 at a time, and ask again with the same key until they are told."""

    def __init__(self, http: aiohttp.ClientSession, command: Command, user_id: str) -> None:
        self._http, self._wallet = http, f"{command.url}/v1/wallets/{user_id}"
        self._numbers = count()
        self.done: list[str] = []
        self.refused = 0
        self._is_on = True

    async def __aenter__(self) -> "Spenders":
        body = {"asset": "SILVER", "amount": str(GIVEN)}
        assert await self._ask("topup", body, "given") == 201
        self._tasks = [asyncio.create_task(self._spend()) for _ in range(CLIENTS)]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._is_on = False
        if kind is not None:  # it may be that nobody will ever be answered
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=kind is not None)

    async def _ask(self, what: str, body: dict[str, str], key: str) -> int:
        headers = {"Idempotency-Key": key}
        with suppress(aiohttp.ClientConnectionError):
            async with self._http.post(
                f"{self._wallet}/{what}", json=body, headers=headers
            ) as answer:
                return answer.status
        return 0

    async def _spend(self) -> None:
        while self._is_on:
            key = f"spend-{next(self._numbers)}"
            while (status := await self._ask("spend", {"asset": "SILVER", "amount": "1"}, key)) in (
                0,
                503,
            ):
                self.refused += 1
                await asyncio.sleep(0.05)
            assert status == 201
            self.done.append(key)


async def alice(postgres: EmbeddedPostgres) -> str:
    found = "SELECT user_id FROM wallet.find_user('alice@example.com')"
    return str(await query(postgres, found))


async def check_books(postgres: EmbeddedPostgres, user_id: str, spent: list[str]) -> None:
    """What was spent is there once each, and nothing else."""
    keys = """SELECT array_agg(idempotency_key ORDER BY idempotency_key)
        FROM wallet_private.transfer WHERE idempotency_key LIKE 'spend-%'"""
    assert await query(postgres, keys) == sorted(spent)
    balance = "SELECT balance FROM wallet.get_balance($1, 'SILVER')"
    assert await query(postgres, balance, user_id) == GIVEN - len(spent)
    assert await query(postgres, "SELECT count(*) FROM wallet.verify()") == 0


@pytest.mark.parametrize("arguments", [UP, WORKERS], ids=" ".join)
async def test_a_killed_server_is_started_again_and_nothing_is_lost_or_doubled(
    postgres: EmbeddedPostgres, http: aiohttp.ClientSession, arguments: tuple[str, ...]
) -> None:
    """First its postmaster alone, then all of its processes; under clients who spend."""
    with running(postgres, arguments) as command:
        await until_healthy(http, command)
        user_id = await alice(postgres)
        async with Spenders(http, command, user_id) as spenders:
            for number, is_all in enumerate((False, True), 1):
                before = len(spenders.done)
                await until(lambda: len(spenders.done) > before + 50, command)  # noqa: B023
                kill(postgres, is_all=is_all)
                await until(lambda: command.logged(RECOVERED) == number, command)  # noqa: B023
                await until_healthy(http, command)
                before = len(spenders.done)
                await until(lambda: len(spenders.done) > before + 50, command)  # noqa: B023
        assert spenders.refused > 0
        await check_books(postgres, user_id, spenders.done)
        assert (command.logged(ENDED), command.logged(FAILED)) == (2, 0)
        assert command.end() < 5
        assert pids(postgres) == []


async def test_a_server_that_recovers_by_itself_is_left_alone(
    postgres: EmbeddedPostgres, http: aiohttp.ClientSession
) -> None:
    with running(postgres, UP) as command:
        await until_healthy(http, command)
        user_id, postmaster = await alice(postgres), postgres.pid()
        async with Spenders(http, command, user_id) as spenders:
            await until(lambda: len(spenders.done) > 50, command)
            backend = "SELECT pid FROM pg_stat_activity WHERE application_name = 'pgwallet' LIMIT 1"
            os.kill(await query(postgres, backend), signal.SIGKILL)
            await until(lambda: spenders.refused, command)
            before = len(spenders.done)
            await until(lambda: len(spenders.done) > before + 50, command)
        await check_books(postgres, user_id, spenders.done)
        await asyncio.sleep(1)
        assert postgres.pid() == postmaster
        assert command.logged(ENDED) == 0
        command.end()


async def test_each_try_that_fails_is_logged_and_the_wallet_goes_on_once_one_succeeds(
    postgres: EmbeddedPostgres, http: aiohttp.ClientSession
) -> None:
    with running(postgres, WORKERS) as command:
        await until_healthy(http, command)
        control = postgres.data_dir / "global" / "pg_control"
        control.rename(postgres.home / "pg_control")
        kill(postgres, is_all=True)
        await until(lambda: command.logged(FAILED) >= 3, command)
        assert command.logged(f"{FAILED}: PostgreSQL did not start") >= 3
        assert command.logged("it is started again in 0 s") == 1
        assert command.logged("it is started again in 0.5 s") == 1
        assert command.logged("it is started again in 1 s") == 1
        async with http.get(f"{command.url}/health") as answer:
            problem = await answer.json(content_type="application/problem+json")
            assert (answer.status, problem["detail"]) == (503, "The database can't be reached.")
        (postgres.home / "pg_control").rename(control)
        await until_healthy(http, command)
        assert command.end() < 5
        assert pids(postgres) == []


async def test_ctrl_c_between_two_tries_ends_at_once(
    postgres: EmbeddedPostgres, http: aiohttp.ClientSession
) -> None:
    with running(postgres, UP) as command:
        await until_healthy(http, command)
        (postgres.data_dir / "global" / "pg_control").unlink()
        kill(postgres, is_all=True)
        await until(lambda: command.logged("it is started again in 4 s"), command)
        assert command.end() < 3
        assert pids(postgres) == []


@pytest.mark.parametrize("arguments", [UP, WORKERS], ids=" ".join)
async def test_ctrl_c_during_a_recovery_ends_it_and_leaves_no_process(
    postgres: EmbeddedPostgres, http: aiohttp.ClientSession, arguments: tuple[str, ...]
) -> None:
    """A recovery that waits for an archive, which takes its time."""
    with running(postgres, arguments) as command:
        await until_healthy(http, command)
        conf = postgres.data_dir / "postgresql.conf"
        conf.write_text(f"{conf.read_text()}restore_command = 'touch asked; exec sleep 600'\n")
        shutil.copy(postgres.data_dir / "PG_VERSION", postgres.data_dir / "recovery.signal")
        kill(postgres, is_all=True)
        asked = postgres.data_dir / "asked"
        await until(asked.exists, command)
        assert await health(http, command) == 503
        assert command.end() < 5
        assert pids(postgres) == []
        assert (command.logged(RECOVERED), command.logged(FAILED)) == (0, 0)


async def test_ctrl_c_while_another_command_starts_it_waits_for_nothing(
    postgres: EmbeddedPostgres, http: aiohttp.ClientSession
) -> None:
    postgres.start()
    with running(postgres, SERVE) as command:
        await until_healthy(http, command)
        with postgres._locked():
            kill(postgres, is_all=True)
            await until(lambda: command.logged(ENDED), command)
            assert command.end() < 5
        assert pids(postgres) == []


async def test_a_server_that_another_command_stops_is_started_again_and_stopped_in_the_end(
    postgres: EmbeddedPostgres, http: aiohttp.ClientSession
) -> None:
    with running(postgres, UP) as first:
        await until_healthy(http, first)
        with running(postgres, SERVE) as second:
            await until_healthy(http, second)
            assert first.end() < 5
            await until(lambda: second.logged(RECOVERED), second)
            await until_healthy(http, second)
            assert second.end() < 5
            assert pids(postgres) == []


async def test_of_commands_that_share_it_each_goes_on_and_one_starts_it(
    postgres: EmbeddedPostgres, http: aiohttp.ClientSession
) -> None:
    """So the last of them leaves none, though the first one was there before them."""
    postgres.start()
    with running(postgres, SERVE) as first, running(postgres, SERVE) as second:
        for command in (first, second):
            await until_healthy(http, command)
        kill(postgres, is_all=False)
        await until(lambda: first.logged(RECOVERED) or second.logged(RECOVERED), first)
        for command in (first, second):
            await until_healthy(http, command)
        assert postgres.log.read_text().count("starting PostgreSQL") == 3
        for command in (first, second):
            command.end()
    assert pids(postgres) == []


def test_data_that_is_gone_is_not_made_anew(
    postgres: EmbeddedPostgres, caplog: pytest.LogCaptureFixture
) -> None:
    postgres.start()
    postgres.stop()
    shutil.rmtree(postgres.data_dir)
    with Keeper(postgres.home) as keeper:
        end = time.monotonic() + 10
        while "its data is gone" not in caplog.text:
            assert time.monotonic() < end
            time.sleep(0.02)
    assert not keeper.has_started_it
    assert not postgres.data_dir.exists()
