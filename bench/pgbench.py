"""One run of pgbench, with the latency of each transaction."""

import re
import subprocess
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path

from bench.cluster import PLAIN, SQL, BenchError, Database
from bench.measure import Sample, percentile
from bench.processes import Meter, Works, cpu_seconds

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
    warm_up: int = 0,
    works: Works | None = None,
) -> Sample:
    """So many clients run a script of sql/ for some seconds, or for so many transactions each.

    Its rate is in movements, of which a transaction has `movements`. `rate`: no more transactions a
    second than these, at random moments. `options`: PGOPTIONS. `warm_up`: so many seconds come
    before those that count, as new sessions work more. `works`: whose CPU is counted; without it
    the server's.
    """
    with tempfile.TemporaryDirectory() as folder:
        how_long = f"--time={max(1, round(seconds)) + warm_up}"  # it knows whole seconds only
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
        works = works or {"server us": partial(cpu_seconds, database.server.pid() or 0)}
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(
                subprocess.run, command, env=env, capture_output=True, text=True, check=False
            )
            wait([running], warm_up)
            began = time.time() if warm_up else 0.0
            with Meter(works) as meter:
                done = running.result()
        if done.returncode:
            raise BenchError(f"{script}: {done.stderr.strip()[-2000:]}")
        tps = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)  # of none it says nothing
        all_of_them = [
            [int(word) for word in line.split(" ")]  # client, transaction, us, file, when: s, us
            for log in Path(folder).iterdir()
            for line in log.read_text().splitlines()
        ]
    latencies = sorted(
        line[2] / 1000 for line in all_of_them if line[4] + line[5] / 1_000_000 >= began
    )
    count = movements * len(latencies)
    return Sample(
        rate=count / max(1, round(seconds)) if warm_up else movements * float(tps[1] if tps else 0),
        p50=percentile(latencies, 0.5),
        p99=percentile(latencies, 0.99),
        also=meter.figures(count),
        count=count,
    )
