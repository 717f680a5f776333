"""The collector of pgTAP files fails whatever is not plainly right."""

import os
import subprocess
import sys

import pytest

from tests.support import pgtap
from tests.support.paths import ROOT
from tests.support.servers import every_version

PASSES = "SELECT plan(2); SELECT ok(true, 'one'); SELECT is(1, 1, 'two');"
FAILURES = {
    "a failing test": (
        "SELECT plan(2); SELECT ok(true, 'one'); SELECT is(1, 2, 'two');",
        ["not ok 2 - two", "#         have: 1"],
    ),
    "a test that is still to do": (
        "SELECT plan(1); SELECT todo('later', 1); SELECT ok(false, 'one');",
        ["not ok 1 - one # TODO later"],
    ),
    "fewer tests than planned": (
        "SELECT plan(2); SELECT ok(true, 'one');",
        ["2 tests planned, 1 ran"],
    ),
    "more tests than planned": (
        "SELECT plan(1); SELECT ok(true, 'one'); SELECT ok(true, 'two');",
        ["1 tests planned, 2 ran"],
    ),
    "no tests": ("SELECT plan(0);", ["0 tests planned, 0 ran"]),
    "a syntax error": ("SELECT plan(1); SELEKT 1; SELECT ok(true, 'one');", ["psql ended with 3"]),
    "an error that psql passes over": (
        "SELECT plan(1); SELECT ok(true, 'one'); ROLLBACK;\n\\set ON_ERROR_STOP off\nSELECT 1/0;",
        ["ERROR:  division by zero"],
    ),
    "a warning": ("SELECT plan(1); SELECT ok(true, 'one'); BEGIN;", ["transaction in progress"]),
}


@pytest.fixture
def write(tmp_path):
    def write(body):
        file = tmp_path / "example.sql"
        file.write_text(f"BEGIN;\n{body}\nSELECT * FROM finish();\nROLLBACK;\n")
        return file

    return write


@every_version
def test_a_good_file_passes(write, server):
    assert pgtap.run(write(PASSES), server.tap_database) == []


@every_version
@pytest.mark.parametrize("body, expected", FAILURES.values(), ids=FAILURES)
def test_a_bad_file_fails(write, server, body, expected):
    report = "\n".join(pgtap.run(write(body), server.tap_database))
    for line in expected:
        assert line in report


def test_a_file_that_runs_nothing_fails(tmp_path, server):
    file = tmp_path / "empty.sql"
    file.touch()
    assert pgtap.run(file, server.tap_database) == ["0 plans instead of one"]


def test_a_file_without_end_fails(write, server, monkeypatch):
    monkeypatch.setattr(pgtap, "TIMEOUT", 0.5)
    assert pgtap.run(write("SELECT pg_sleep(60);"), server.tap_database) == ["no end after 0.5 s"]


def test_pytest_collects_the_files_and_fails_with_them(tmp_path, server):
    (tmp_path / "sql/api").mkdir(parents=True)
    (tmp_path / "sql/api/good.sql").write_text(f"BEGIN; {PASSES} ROLLBACK;")
    (tmp_path / "sql/api/bad.sql").write_text(FAILURES["a failing test"][0])
    (tmp_path / "sql/api/_included.sql").write_text("SELEKT;")
    (tmp_path / "conftest.py").write_text(
        "from pathlib import Path\n"
        "from tests.support import pgtap\n"
        "pgtap.SQL_TESTS = Path(__file__).parent / 'sql'\n"
        "from tests.conftest import pytest_collect_file, pytest_configure, pytest_unconfigure\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir=.", "."],
        cwd=tmp_path,
        env=os.environ
        | {"PGWALLET_TEST_DATABASE_URL": server.dsn("postgres"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "sql/api/bad.sql on given" in done.stdout
    assert "not ok 2 - two" in done.stdout
    assert "included" not in done.stdout
