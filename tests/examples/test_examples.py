"""The examples print what is recorded beside them; UPDATE=1 records them anew."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.console import shape
from tests.support.servers import Database, every_version

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.sql"))


@every_version
@pytest.mark.parametrize("name", NAMES)
def test_prints_what_is_recorded(name, database):
    record = HERE / f"{name}.out"
    recorded = record.read_text() if record.exists() else ""
    printed = play(HERE / f"{name}.sql", database)
    if os.environ.get("UPDATE") and essence(printed) != essence(recorded):
        record.write_text(recorded := printed)
    assert essence(printed) == essence(recorded)


def test_no_record_is_left_over():
    assert sorted(path.stem for path in HERE.glob("*.out")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_says_first_what_it_shows(name):
    lines = (HERE / f"{name}.sql").read_text().splitlines()
    assert re.match(r"-- [A-Z].*: .*\.$", lines[0])
    assert max(map(len, lines)) <= 100


def play(example: Path, database: Database) -> str:
    """What psql prints, the example's lines among it."""
    done = subprocess.run(
        [database.server.psql_path, "-X", "--echo-all", "-v", "SHOW_CONTEXT=never", database.dsn],
        env=os.environ | {"PGTZ": "UTC", "LC_ALL": "C"},
        input=example.read_text(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    return "\n".join(spaced(done.stdout.splitlines())) + "\n"


def spaced(lines: list[str]) -> Iterator[str]:
    """The lines with an empty one before each comment, as psql leaves those out."""
    for before, line in zip(["", *lines], lines, strict=False):
        if line.startswith("-- ") and before and not before.startswith("-- "):
            yield ""
        yield line.rstrip()


def essence(text: str) -> str:
    """The text without what differs from run to run, also in the width of columns."""
    text = re.sub(r"\bin \d+ seconds", "in <n> seconds", shape(text))
    return re.sub(r"(?<=-)-+|(?<= ) +| $", "", text, flags=re.MULTILINE)
