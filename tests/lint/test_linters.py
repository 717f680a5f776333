"""The linters, each over all that it understands."""

import subprocess
import sys

import pytest

from tests.support.paths import ROOT


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("mypy",),
        ("sqlfluff", "lint", "--processes", "2", "db", "tests/sql", "tests/examples"),
    ],
    ids=lambda command: command[0],
)
def test_finds_nothing(command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0 and "FAIL" not in output, output
