"""Each promise that README makes names tests that there are."""

import re
import subprocess
import sys

from tests.support.paths import ROOT
from tests.support.reference import readme_table

NAMED = re.compile(r"`([\w/]+\.(?:py::\w+|sql))`")


def promises() -> list[tuple[str, list[str]]]:
    return [(promise, NAMED.findall(tests)) for promise, tests in readme_table("Promises")]


def test_every_promise_names_a_test():
    assert len(promises()) >= 20
    for promise, tests in promises():
        assert tests, promise


def test_pytest_collects_them():
    named = [f"tests/{test}" for _, tests in promises() for test in tests]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", *named],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
