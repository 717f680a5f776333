"""`make watch`, in a copy of the tree in which files are really saved."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.support.paths import CACHE, DB, ROOT
from tests.support.watch import to_run_after

SPEND = "db/functions/api/spend.sql"


@pytest.fixture
def copy(tmp_path):
    for name in ("db", "gateway", "pgwallet", "tests/support", "tests/sql"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "tests/__init__.py").touch()
    return tmp_path


@pytest.fixture
def watch(copy):
    """A running one; call it to wait for a line that begins with one of some words."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.watch"],
        cwd=copy, env=os.environ | {"PYTHONPATH": str(copy), "PGWALLET_CACHE": str(CACHE)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    lines = queue.Queue()
    reader = threading.Thread(target=lambda: [lines.put(line) for line in process.stdout])
    reader.start()

    def wait(*beginnings):
        seen, deadline = [], time.monotonic() + 120
        while not seen or not seen[-1].startswith(beginnings):
            assert process.poll() is None, "it ended\n" + "".join(seen)
            try:
                seen.append(lines.get(timeout=1))
            except queue.Empty:
                assert time.monotonic() < deadline, "".join(seen)
        return "".join(seen)

    yield wait
    process.send_signal(signal.SIGINT)
    status = process.wait(60)
    reader.join()
    process.stdout.close()
    assert status == 0


def test_a_save_loads_the_function_and_runs_its_tests(copy, watch):
    watch("waiting")
    end = ("all passed", "NOT LOADED", "no tests", *(f"{n} FAILED" for n in range(1, 100)))
    whole = (copy / SPEND).read_text()

    (copy / SPEND).write_text(whole.replace("BEGIN", "BEGIM", 1))
    assert "NOT LOADED" in watch(*end)
    assert "wallet.spend" in watch("wallet.spend")  # what PostgreSQL says of it

    (copy / SPEND).write_text(whole.replace("'SPEND'", "'BONUS'"))
    said = watch(*end)
    assert "loaded functions/api/spend.sql" in said.replace("roles.sql, ", "")
    assert "FAILED tests/sql/api/spend/" in said
    assert "not ok" in said

    (copy / SPEND).write_text(whole)
    assert "all passed" in watch(*end)

    test = min((copy / "tests/sql/api/spend").glob("[a-z]*.sql"))
    test.write_text(test.read_text().replace("plan(", "plan(1 + ", 1))
    said = watch(*end)
    assert f"FAILED {test.relative_to(copy)}" in said
    assert "1 FAILED" in said


def test_each_file_has_its_tests():
    spend = to_run_after(DB / "functions/api/spend.sql")
    assert {path.parent.name for path in spend} == {"spend"}
    helper = to_run_after(DB / "functions/private/movement/find_replay.sql")
    assert {"spend", "convert"} <= {path.parent.name for path in helper}
    assert len(helper) < len(to_run_after(DB / "grants.sql")) > 100
    assert to_run_after(spend[0]) == [spend[0]]
    assert to_run_after(ROOT / "tests/system/test_watch.py") == [
        ROOT / "tests/system/test_watch.py"
    ]
    assert to_run_after(ROOT / "tests/support/watch.py") == []
