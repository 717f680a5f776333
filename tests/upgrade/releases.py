"""The trees of earlier releases, out of git."""

import io
import os
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest

from tests.support.paths import ROOT

RELEASES: dict[str, str] = tomllib.loads(
    (Path(__file__).parent / "releases.toml").read_text()
)["releases"]  # fmt: skip


def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    # Who runs the tests need not own the clone.
    command = ["git", "-c", f"safe.directory={ROOT}", *arguments]
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    except FileNotFoundError:
        return subprocess.CompletedProcess(command, 127, b"", b"git is not installed")


class Release:
    """An earlier release, in a folder of its own; its gateway runs from there."""

    def __init__(self, version: str, root: Path) -> None:
        self.version = version
        self.root = root
        commit = RELEASES[version]
        if git("cat-file", "-e", f"{commit}^{{tree}}").returncode:
            pytest.skip(f"{version} is commit {commit[:12]}, which this copy of the tree lacks")
        archive = git("archive", "--format=tar", commit)
        assert archive.returncode == 0, archive.stderr.decode()
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(root, filter="data")

    @property
    def db(self) -> Path:
        return self.root / "db"

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[bytes]:
        """Its `pgwallet`, with the libraries of this virtualenv."""
        return start_gateway(self.root, *arguments, **environ)

    def run(self, *arguments: str, **environ: str) -> None:
        process = self.start(*arguments, **environ)
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said.decode()


def start_gateway(root: Path, *arguments: str, **environ: str) -> subprocess.Popen[bytes]:
    command_line = "pgwallet" if (root / "pgwallet").is_dir() else "gateway"  # until 0.2
    return subprocess.Popen(
        [sys.executable, "-m", command_line, *arguments],
        cwd=root,  # the first place where Python looks for packages
        env=os.environ | {"PYTHONPATH": str(root)} | environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
