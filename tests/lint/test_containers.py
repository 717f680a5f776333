"""The container files, as far as they can be judged without an engine."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.paths import ROOT

BIN = Path(sys.executable).parent


def test_hadolint_finds_nothing():
    command = [BIN / "hadolint", "Dockerfile"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


FILES = ("docker-compose.yml", "docker-compose.cluster.yml")


@pytest.mark.parametrize("file", FILES)
def test_compose_file_is_of_the_schema(file: str):
    done = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", FILES)
def test_docker_compose_reads_it(file: str):
    """The engine's own reader, also of what a schema can't say: names, merges and profiles."""
    for compose in (["docker", "compose"], ["docker-compose"]):
        with suppress(FileNotFoundError, subprocess.CalledProcessError):
            subprocess.run([*compose, "version"], capture_output=True, check=True)
            break
    else:
        pytest.skip("neither docker's compose plugin nor docker-compose is installed")
    command = [*compose, "--file", file, "--profile", "test", "config", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_git_ignores_is_not_sent():
    """Secrets and data of a wallet that runs here above all."""
    names = (ROOT / ".gitignore").read_text().split()
    assert {name.rstrip("/") for name in names} <= ignored()
    assert ".git" in ignored()


def ignored() -> set[str]:
    return {line.removeprefix("**/") for line in (ROOT / ".dockerignore").read_text().splitlines()}
