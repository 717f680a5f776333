"""Collects tests/sql/**/*.sql: each file is a test on a server of each version.

A file passes when psql had no error and nothing to complain of, and when the plan, the tests that
ran and the tests that were ok are the same number, above zero. A file whose name begins with an
underscore is for others to include.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import SQL_TESTS
from tests.support.servers import VERSIONS, Database, Servers
from tests.support.thirdparty import Unavailable

SERVERS = pytest.StashKey[Servers]()
TIMEOUT = 120


class SqlFile(pytest.File):
    def collect(self) -> Iterator["SqlItem"]:
        for version in VERSIONS:
            yield SqlItem.from_parent(self, name=version)


class SqlItem(pytest.Item):
    def runtest(self) -> None:
        try:
            server = self.config.stash[SERVERS][self.name]
        except Unavailable as reason:
            pytest.skip(str(reason))
        if problems := run(self.path, server.tap_database):
            raise TapFailure("\n".join(problems))

    def repr_failure(self, excinfo, style=None):
        if isinstance(excinfo.value, TapFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"{self.path.relative_to(self.config.rootpath)} on {self.name}"


class TapFailure(Exception):
    """A pgTAP file did not pass."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SqlFile | None:
    if file_path.suffix != ".sql" or SQL_TESTS not in file_path.parents:
        return None
    return None if file_path.name.startswith("_") else SqlFile.from_parent(parent, path=file_path)


def run(file: Path, database: Database) -> list[str]:
    """What is wrong with a file, as lines for the reader; nothing when it passes."""
    try:
        done = database.server.run_psql(
            database.name,
            "-f",
            str(file),
            search_path="tap,public",
            check=False,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        return [f"no end after {TIMEOUT} s"]
    return [*problems_of(done.stdout), *problems_of_psql(done.returncode, done.stderr)]


def problems_of(tap: str) -> list[str]:
    plans = [int(count) for count in re.findall(r"^1\.\.(\d+)$", tap, re.MULTILINE)]
    results = re.findall(r"^(ok|not ok) (\d+)\b", tap, re.MULTILINE)
    problems = failed_tests(tap)
    if len(plans) != 1:
        problems.append(f"{len(plans)} plans instead of one")
    elif plans == [0] or [int(number) for _, number in results] != list(range(1, plans[0] + 1)):
        problems.append(f"{plans[0]} tests planned, {len(results)} ran")
    return problems


def failed_tests(tap: str) -> list[str]:
    """Each failed test and the diagnostics below it."""
    lines, is_failed = [], False
    for line in tap.splitlines():
        if re.match(r"(not )?ok \d|1\.\.\d", line):
            is_failed = line.startswith("not ok")
        if is_failed:
            lines.append(line)
    return lines


def problems_of_psql(exit_code: int, stderr: str) -> list[str]:
    problems = stderr.splitlines()
    if exit_code != 0:
        problems.append(f"psql ended with {exit_code}")
    return problems
