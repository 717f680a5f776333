"""A server of TigerBeetle that the user has: one replica, on the disk that is measured."""

import json
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.cluster import BenchError, Cluster
from bench.gateways import end, free_port
from bench.measure import Sample, Variant, percentile
from bench.processes import Meter, cpu_seconds

NAME = "TigerBeetle"
MAX_BATCH = 8189
PATIENCE = 60  # seconds, for a start and for what is not done in time
ONE = ("--cluster=0", "--replica=0", "--replica-count=1")


class TigerBeetle:
    """A fresh one, with an account for each user and one for the treasury."""

    def __init__(self, binary: Path, cluster: Cluster, stack: ExitStack) -> None:
        self._users, self._moved = cluster.users, 0
        data, self._log = cluster.home / "tigerbeetle", cluster.home / "tigerbeetle.log"
        stack.callback(data.unlink, missing_ok=True)
        with open(self._log, "wb") as log:
            command = [str(binary), "format", *ONE, str(data)]
            if subprocess.run(command, stdout=log, stderr=log).returncode:
                raise BenchError(f"{binary} can't make its file:\n{self._tail()}")
            port = free_port()
            self._address = f"127.0.0.1:{port}"
            command = [str(binary), "start", f"--addresses={self._address}", str(data)]
            self._server = subprocess.Popen(command, stdout=log, stderr=log)
        stack.callback(end, [self._server])
        deadline = time.monotonic() + PATIENCE
        while not _listens(port):
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"{binary} did not start:\n{self._tail()}")
            time.sleep(0.05)
        self._ask(PATIENCE)  # which fills it

    def variant(
        self, name: str, *, clients: int, last: int, batch: int = 1, sessions: int | None = None
    ) -> Variant:
        """Clients that move so much at once for users 1 to last, each by a session of its own."""
        given = {"clients": clients, "last": last, "batch": batch}
        given["sessions"] = sessions or clients

        def move(seconds: float) -> Sample:
            with Meter({"server us": partial(cpu_seconds, self._server.pid)}) as meter:
                found = json.loads(self._ask(PATIENCE + seconds, seconds=seconds, **given))
            count = batch * len(found["latencies"])
            self._moved += count
            if found["credits"] != self._moved:
                raise BenchError(f"{NAME} moved {found['credits']} instead of {self._moved}")
            latencies = [1000 * each for each in found["latencies"]]
            return Sample(
                rate=count / found["seconds"],
                p50=percentile(latencies, 0.5),
                p99=percentile(latencies, 0.99),
                also={**meter.figures(count), "client cpu %": 100 * found["cpu"]},
                count=count,
            )

        return Variant(name, move)

    def _ask(self, timeout: float, **given: object) -> str:
        """By a process of its own, as a client that finds no server waits for ever."""
        said = json.dumps({"address": self._address, "users": self._users, **given})
        try:
            done = subprocess.run(
                [sys.executable, "-m", "bench.tigerbeetle_client", said],
                capture_output=True,
                text=True,
                timeout=timeout,
            )
        except subprocess.TimeoutExpired:
            raise BenchError(f"{NAME} does not answer:\n{self._tail()}") from None
        if done.returncode:
            raise BenchError(f"{NAME}'s client: {done.stderr.strip()[-2000:]}\n{self._tail()}")
        return done.stdout

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-2000:].strip()


def versions(binary: Path) -> str:
    """Of the server and of its client. Raise if there is no client, or no server in the file."""
    try:
        client = version("tigerbeetle")
    except PackageNotFoundError:
        raise BenchError("the client of TigerBeetle is missing: pip install '.[bench]'") from None
    try:
        said = subprocess.run([binary, "version"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchError(f"{binary} can't be run: {error}") from None
    if said.returncode or NAME not in said.stdout:
        raise BenchError(f"{binary} is no server of TigerBeetle")
    return f"{said.stdout.strip()}, its client {client}"


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
