"""One run of pgbench, with the latency of each transaction."""

import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.cluster import PLAIN, SQL, BenchError, Database
from bench.measure import Sample, percentile
from bench.processes import cpu_seconds

THREADS = 2


def run(
    database: Database,
    script: str,
    *,
    clients: int,
    seconds: float = 0,
    transactions: int = 0,
    rate: int = 0,
    movements: int = 1,
    options: str = "",
    variables: Mapping[str, object] = {},
) -> Sample:
    """So many clients run a script of sql/ for some seconds, or for so many transactions each.

    Its rate is in movements, of which a transaction has `movements`. `rate`: no more transactions a
    second than these, at random moments. `options`: PGOPTIONS.
    """
    with tempfile.TemporaryDirectory() as folder:
        how_long = f"--time={max(1, round(seconds))}"  # it knows whole seconds only
        command = [
            str(database.server.bin_dir / "pgbench"),
            "--no-vacuum",
            "--protocol=prepared",
            f"--client={clients}",
            f"--jobs={min(clients, THREADS)}",
            f"--transactions={transactions}" if transactions else how_long,
            *([f"--rate={rate}"] if rate else []),
            f"--file={SQL / script}.sql",
            f"--log-prefix={folder}/log",
            "--log",
            f"--define=users={database.users}",
            *(f"--define={name}={value}" for name, value in variables.items()),
            database.dsn,
        ]
        env = PLAIN | {"PGOPTIONS": options}
        postmaster = database.server.pid() or 0
        worked = cpu_seconds(postmaster)
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        worked = cpu_seconds(postmaster) - worked
        tps = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
        if done.returncode or tps is None:
            raise BenchError(f"{script}: {done.stderr.strip()[-2000:]}")
        latencies = sorted(
            int(line.split(" ", 3)[2]) / 1000  # client, transaction, microseconds
            for log in Path(folder).iterdir()
            for line in log.read_text().splitlines()
        )
    return Sample(
        rate=movements * float(tps[1]),
        p50=percentile(latencies, 0.5),
        p99=percentile(latencies, 0.99),
        also={"server us": 1_000_000 * worked / max(1, movements * len(latencies))},
        count=movements * len(latencies),
    )
