"""One version in the package, the database and the changelog, which keeps its form."""

import re
import tomllib
from datetime import date

import pytest

from gateway import __version__
from pgwallet import DB_DIR
from tests.support.paths import ROOT

SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


async def test_functions_are_of_the_packages_version(database):
    newest = max(file.name for file in (DB_DIR / "schema").glob("V*.sql"))
    connection = await database.connect()
    try:
        assert await connection.fetchval("SELECT wallet.version()") == __version__
        assert await connection.fetchval("SELECT wallet.schema_version()") == newest[:5]
    finally:
        await connection.close()


def problems_of(changelog: str, version: str) -> list[str]:
    """What a text has that https://keepachangelog.com/en/1.1.0/ does not allow."""
    title, *sections = re.split(r"^## ", changelog, flags=re.MULTILINE)
    problems = [] if title.startswith("# Changelog\n\n") else ["no title"]
    released = []
    for number, section in enumerate(sections):
        heading, *groups = re.split(r"^### ", section, flags=re.MULTILINE)
        heading, _, before = heading.partition("\n")
        if match := re.fullmatch(r"\[(\S+)\] - (\d{4}-\d\d-\d\d)", heading):
            problems += [] if SEMVER.fullmatch(match[1]) else [f"{match[1]} is no version"]
            released.append((date.fromisoformat(match[2]), match[1]))
        elif heading != "[Unreleased]" or number:
            problems.append(f"a heading is {heading!r}")
        if before.strip():
            problems.append(f"{heading}: text outside of a group")
        kinds = [group.partition("\n")[0] for group in groups]
        if kinds != [kind for kind in KINDS if kind in kinds]:
            problems.append(f"{heading}: groups are {kinds}")
        for group in groups:
            lines = group.partition("\n")[2].strip().splitlines()
            if not lines or any(not re.match(r"- \S|  \S", line) for line in lines):
                problems.append(f"{heading}: a group that is no list")
    dates = [day for day, _ in released]
    if dates != sorted(dates, reverse=True):
        problems.append("the newest is not the first")
    if released and released[0][1] != version:
        problems.append(f"{released[0][1]} stands first, not {version}")
    return problems


def test_changelog_keeps_its_form():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert SEMVER.fullmatch(version) and version == __version__
    assert problems_of((ROOT / "CHANGELOG.md").read_text(), version) == []


GOOD = """# Changelog

## [Unreleased]

## [0.2.0] - 2026-02-01

### Added

- A thing
  of two lines.

### Fixed

- Another.

## [0.1.0] - 2026-01-01

### Added

- All.
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("0.2.0", "0.3.0", "0.3.0 stands first, not 0.2.0"),
        ("0.2.0", "0.2", "0.2 is no version"),
        (" - 2026-02-01", "", "a heading is '[0.2.0]'"),
        ("2026-02-01", "2025-02-01", "the newest is not the first"),
        ("Fixed", "Bugs", "[0.2.0] - 2026-02-01: groups are ['Added', 'Bugs']"),
        ("- All.", "All.", "[0.1.0] - 2026-01-01: a group that is no list"),
        ("[Unreleased]", "Next", "a heading is 'Next'"),
    ],
)
def test_changelog_form_is_seen(old, new, problem):
    assert problems_of(GOOD, "0.2.0") == []
    assert problem in problems_of(GOOD.replace(old, new), "0.2.0")
