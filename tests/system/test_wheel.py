"""The package works where it is installed: the SQL files and the console are in it."""

import os
import subprocess
import sys
import tarfile
from zipfile import ZipFile

import pytest

from gateway import __version__
from pgwallet import DB_DIR
from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder into which nothing but the wheel was unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT],
        check=True,
    )
    [wheel] = folder.glob("pgwallet-*.whl")
    ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def test_the_license_is_in_wheel_and_sdist(installed, tmp_path):
    text = (ROOT / "LICENSE").read_text()
    [information] = installed.glob("pgwallet-*.dist-info")
    assert (information / "licenses" / "LICENSE").read_text() == text
    assert "\nLicense-Expression: MIT\n" in (information / "METADATA").read_text()

    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist"]
    subprocess.run([*command, "--directory", tmp_path], cwd=ROOT, check=True, capture_output=True)
    [sdist] = tmp_path.iterdir()
    with tarfile.open(sdist) as files:
        file = files.extractfile(f"pgwallet-{__version__}/LICENSE")
        assert file is not None and file.read().decode() == text


def run(installed, database, *arguments):
    environ = os.environ | {"PYTHONPATH": str(installed), "DATABASE_URL": database.dsn}
    return subprocess.run(
        [sys.executable, "-P", "-m", "pgwallet", *arguments],
        cwd=installed, env=environ, capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip


def test_every_sql_file_is_in_it(installed):
    wanted = {path.relative_to(DB_DIR) for path in DB_DIR.rglob("*") if path.is_file()}
    packed = installed / "pgwallet" / "db"
    assert {path.relative_to(packed) for path in packed.rglob("*") if path.is_file()} == wanted


def test_the_console_is_in_it(installed):
    wanted = {path.name: path.read_text() for path in (ROOT / "console").iterdir()}
    packed = installed / "gateway" / "console"
    assert {path.name: path.read_text() for path in packed.iterdir()} == wanted
    command = [sys.executable, "-P", "-c", "from gateway.pages import FILES; print(FILES)"]
    environ = os.environ | {"PYTHONPATH": str(installed)}
    found = subprocess.check_output(command, cwd=installed, env=environ, text=True)
    assert found.strip() == str(packed)


def test_it_migrates_a_database_from_another_folder(installed, empty_database):
    assert run(installed, empty_database, "version").strip() == __version__
    document = (ROOT / "gateway/static/openapi.json").read_text()
    assert run(installed, empty_database, "openapi") == document
    assert "schema/V0001__foundation.sql" in run(installed, empty_database, "migrate")
    assert "nothing to do" in run(installed, empty_database, "migrate")
    run(installed, empty_database, "seed", "--demo")
    assert "the books are" in run(installed, empty_database, "verify")
