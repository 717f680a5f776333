"""Gateways as real processes, and load on them from another one."""

import multiprocessing
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psutil

from bench import load
from bench.cluster import HERE, PLAIN, BenchError, Cluster, Database
from bench.processes import cpu_seconds
from gateway.settings import Settings, variable
from gateway.tokens import issue_token

ENVIRON = {name: text for name, text in PLAIN.items() if not name.startswith("PGWALLET_")}
SECRET = "only-for-the-benchmarks-0123456789abcdef"
START_SECONDS = 30
GROUPINGS = ("on", "off")


@dataclass(frozen=True)
class Gateway:
    """One that listens, all of its processes, and a token that it takes for every user."""

    port: int
    processes: Sequence[subprocess.Popen[bytes]]
    token: str

    def target(self, users: int, *, is_read: bool = False, batch: int = 0) -> load.Target:
        name = "batch" if batch else "read" if is_read else "spend"
        template = (HERE / f"{name}.http").read_text().replace("{{token}}", self.token)
        item = (HERE / "batch.json").read_text().strip() if batch else ""
        return load.Target("127.0.0.1", self.port, template, users, item, batch)

    def cpu_seconds(self) -> float:
        return sum(cpu_seconds(process.pid) for process in self.processes)


class Gateways:
    """Starts gateways, and ends them all."""

    def __init__(self, cluster: Cluster, stack: ExitStack, workers: int) -> None:
        self._cluster, self._stack, self._workers = cluster, stack, workers
        settings = Settings(jwt_secret=SECRET, token_ttl=86_400)
        self._token, _ = issue_token(settings, "bench", "service")

    def pgwallet(self, database: Database, **settings: str) -> Gateway:
        """`pgwallet serve --workers N`, with these settings besides its defaults."""
        port = free_port()
        command = [sys.executable, "-m", "pgwallet", "serve", "--workers", str(self._workers)]
        given = {variable(name): text for name, text in settings.items()}
        given[variable("port")] = str(port)
        return self._start(database, port, [command], given)

    def seeds(self, database: Database, tables: str = "seeds") -> Gateway:
        """A plain handler over the seeds' tables, or one that reads pgwallet's."""
        port = free_port()
        command = [sys.executable, "-m", "bench.seeds_gateway", "--port", str(port)]
        command += ["--tables", tables]
        return self._start(database, port, [command] * self._workers, {})

    def groupings(self, database: Database) -> dict[str, Gateway]:
        """pgwallet's gateway with grouping on and off, by what the table calls it."""
        if not has_grouping():
            return {"pgwallet": self.pgwallet(database)}
        return {
            f"pgwallet, grouping {value}": self.pgwallet(database, grouping=value)
            for value in GROUPINGS
        }

    def _start(
        self, database: Database, port: int, commands: list[list[str]], given: Mapping[str, str]
    ) -> Gateway:
        environ = {
            **ENVIRON,
            **given,
            variable("database_url"): database.dsn,
            variable("jwt_secret"): SECRET,
        }
        log_path = self._cluster.home / f"gateway-{port}.log"
        with open(log_path, "wb") as log:
            processes = [subprocess.Popen(c, env=environ, stdout=log, stderr=log) for c in commands]
        gateway = Gateway(port, processes, self._token)
        self._stack.callback(end, processes)
        deadline = time.monotonic() + START_SECONDS
        while not (_listeners(port) == self._workers and _is_healthy(port)):
            if time.monotonic() > deadline or any(each.poll() is not None for each in processes):
                raise BenchError(f"a gateway did not start:\n{log_path.read_text()[-2000:]}")
            time.sleep(0.05)
        return gateway


def has_grouping() -> bool:
    return variable("grouping") in {name for name, _, _ in Settings.table()}


@contextmanager
def loader() -> Iterator[ProcessPoolExecutor]:
    """A process for the load, so that nothing else is on its mind."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        yield pool


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _listeners(port: int) -> int:
    return sum(
        connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
        for connection in psutil.net_connections("tcp4")
    )


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
