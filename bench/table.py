"""What is printed: the machine, and one table that grows section by section."""

import os
import platform
import re
import statistics
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bench.cluster import OPTIONS, Cluster
from bench.measure import Row

PACKAGES = ("pgwallet", "aiohttp", "asyncpg", "uvloop", "msgspec", "PyJWT")
COLUMNS = (
    ("what", 44), ("a second", 9), ("least-most", 15), ("p50 ms", 7), ("p99 ms", 7),
    ("p99/p50", 7), ("compared", 46), ("also", 0),
)  # fmt: skip


def head(cluster: Cluster, others: Sequence[str]) -> str:
    """The machine, what runs on it, and how fast its disk syncs."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    settings = ", ".join(f"{name} {cluster.setting(name)}" for name in OPTIONS)
    return "\n".join(
        (
            time.strftime("%Y-%m-%d %H:%M:%S %z"),
            f"{_processor()}, {os.cpu_count()} CPUs, {memory:.0f} GiB, {platform.platform()},"
            f" load {os.getloadavg()[0]:.2f}, write and sync {_sync_ms(cluster.home):.2f} ms",
            f"PostgreSQL {cluster.setting('server_version')} ({settings}, huge pages"
            f" {cluster.setting('huge_pages_status')})",
            f"Python {platform.python_version()}, "
            + ", ".join(f"{package} {version(package)}" for package in PACKAGES),
            *others,
            "",
            _line([name for name, _ in COLUMNS]),
            "|" + "|".join("-" * (width + 2) for _, width in COLUMNS) + "|",
        )
    )


def section(title: str, rows: Sequence[Row]) -> str:
    return "\n".join([f"| **{title}**", *map(_row, rows)])


def promises(lines: Sequence[Sequence[str]]) -> str:
    """A table of its own; the first line says what the columns are."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    head, *rest = (
        "| " + " | ".join(map(str.ljust, line, widths)).rstrip() + " |" for line in lines
    )
    return "\n".join([head, "|" + "|".join("-" * (width + 2) for width in widths) + "|", *rest])


def _row(row: Row) -> str:
    rates = [sample.rate for sample in row.samples if sample.rate is not None]
    spread = f"{min(rates):,.0f}-{max(rates):,.0f}" if len(rates) > 1 else ""
    compared = (
        f"{_short(statistics.median(ratios))} x {label}"
        for label, ratios in row.ratios.items()
        if ratios
    )
    also = (f"{name} {_short(value)}" for name, value in row.also().items())
    figures = [row.median(figure) for figure in ("rate", "p50", "p99", "tail")]
    rate, *latencies = ["" if value is None else _short(value) for value in figures]
    return _line([row.name, rate, spread, *latencies, ", ".join(compared), ", ".join(also)])


def _line(cells: Sequence[str]) -> str:
    padded = (
        cell.ljust(width) if name in ("what", "compared", "also") else cell.rjust(width)
        for cell, (name, width) in zip(cells, COLUMNS, strict=True)
    )
    return "| " + " | ".join(padded).rstrip() + " |"


def _short(value: float) -> str:
    """Three digits that count."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _sync_ms(folder: Path) -> float:
    """Milliseconds to write a block and sync it, as each commit does."""
    times = []
    with open(folder / "sync", "wb", buffering=0) as file:
        for _ in range(100):
            began = time.perf_counter()
            file.write(bytes(8192))
            os.fdatasync(file.fileno()) if hasattr(os, "fdatasync") else os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    (folder / "sync").unlink()
    return 1000 * statistics.median(times)
