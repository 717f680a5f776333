"""The README tells the truth: its commands, run against a new wallet, print what it says."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.support import console
from tests.support.paths import ROOT


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[dict[str, str]]:
    """`pgwallet up` in a home and on a port of its own; yields its environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environ = {"PGWALLET_HOME": str(tmp_path / "home"), "PGWALLET_PORT": port}
    up = subprocess.Popen(
        [sys.executable, "-m", "gateway", "up"],
        env=os.environ | environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(300):
            try:
                urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                break
            except (URLError, ConnectionError):
                assert up.poll() is None, "pgwallet up ended"
                time.sleep(0.1)
        yield environ
    finally:
        up.send_signal(signal.SIGINT)
        assert up.wait(timeout=30) == 0


def test_first_five_minutes(wallet):
    console.check(ROOT / "README.md", wallet, cwd=ROOT, port=int(wallet["PGWALLET_PORT"]))
