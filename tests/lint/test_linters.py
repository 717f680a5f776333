"""The linters, each over all that it understands."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import DB, ROOT


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


def squawk(*files: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("squawk"), "--reporter=gcc", *files]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_squawk_finds_nothing_in_schema_files():
    done = squawk(*sorted((DB / "schema").glob("V*.sql")))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("CREATE INDEX asset_name_idx ON wallet_private.asset (name)", "index-creation"),
        ("ALTER TABLE wallet_private.asset ALTER COLUMN scale TYPE bigint", "column-type"),
        ("ALTER TABLE wallet_private.asset ADD COLUMN colour text NOT NULL", "required-field"),
        ("ALTER TABLE wallet_private.asset DROP COLUMN name", "drop-column"),
    ],
)
def test_squawk_finds_what_holds_up_a_wallet_in_use(tmp_path, sql, rule):
    (tmp_path / "V0002__next.sql").write_text(f"{sql};\n")
    done = squawk(tmp_path / "V0002__next.sql")
    assert done.returncode == 1 and rule in done.stdout, done.stdout
