"""Dockerfile and docker-compose.yml as a user runs them, on an engine of the tests' own."""

import json
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.support import console
from tests.support.engine import Engine, engine
from tests.support.paths import ROOT
from tests.support.thirdparty import Unavailable


@pytest.fixture(scope="module")
def containers() -> Iterator[Engine]:
    try:
        with engine() as started:
            yield started
    except Unavailable as reason:
        pytest.skip(f"containers: {reason}")


@pytest.fixture(scope="module", autouse=True)
def test_image(containers: Engine) -> Iterator[Future[None]]:
    """In the background: it takes a minute."""
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(containers.build, ROOT, "pgwallet-test", "test")


class Wallet:
    """docker-compose.yml, on a port of the test's own."""

    services = ("gateway", "deliver")

    def __init__(self, containers: Engine) -> None:
        self._containers = containers
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def compose(self, *command: str) -> str:
        return self._containers.compose(*command, PGWALLET_PORT=str(self.port))

    def up(self) -> None:
        """Until the health checks say that the gateway answers, and that webhooks are sent."""
        self.compose("up", "--detach", "--no-build")
        for service in self.services:
            self.wait_for("healthy", service)

    def wait_for(self, health: str, service: str = "gateway") -> None:
        end = time.monotonic() + 60
        while (found := self.inspect(service)["State"]["Health"]["Status"]) != health:
            assert time.monotonic() < end, (found, self.compose("logs"))
            time.sleep(0.2)

    def inspect(self, service: str) -> Any:
        [name] = self.compose("ps", "--quiet", "--all", service).split()
        return json.loads(self._containers.docker("inspect", name))[0]

    def ask(self, path: str, body: Any, **headers: str) -> Any:
        url = f"http://127.0.0.1:{self.port}/v1{path}"
        with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=30) as answer:
            return json.load(answer)

    def buy_sword(self) -> Any:
        """The receipt of README's purchase, with its key."""
        alice = {"email": "alice@example.com", "password": "demo-password"}
        headers = {
            "Authorization": f"Bearer {self.ask('/auth/login', alice)['token']}",
            "Idempotency-Key": "sword-1",
        }
        return self.ask("/wallets/me/items/1/buy", {"quantity": 1}, **headers)


class Cluster(Wallet):
    """docker-compose.cluster.yml."""

    services = ("gateway",)

    def compose(self, *command: str) -> str:
        return self._containers.compose_cluster(*command, PGWALLET_PORT=str(self.port))


@pytest.fixture(scope="module")
def wallet(containers: Engine) -> Wallet:
    containers.build(ROOT, "pgwallet")
    return Wallet(containers)


def test_compose_serves_keeps_and_forgets(wallet: Wallet) -> None:
    wallet.up()
    console.play(ROOT / "README.md", {}, cwd=ROOT, ports={8080: wallet.port})
    bought = wallet.buy_sword()
    assert bought["balance"] == "970"

    started = time.monotonic()
    wallet.compose("stop")
    assert time.monotonic() - started < 5
    for service in ("gateway", "deliver", "postgres"):
        assert wallet.inspect(service)["State"]["ExitCode"] == 0

    wallet.compose("down")
    wallet.up()
    assert wallet.buy_sword() == bought

    wallet.compose("down", "--volumes")
    wallet.up()
    again = wallet.buy_sword()
    assert again["balance"] == "970" and again["transaction_id"] != bought["transaction_id"]


@pytest.mark.usefixtures("wallet")  # its image
def test_a_cluster_serves_and_keeps(containers: Engine) -> None:
    """Its proxy is made anew and loses nothing."""
    containers.build(ROOT, "pgwallet-proxy", "proxy", POSTGRES="postgres:15")
    cluster = Cluster(containers)
    cluster.up()
    said = cluster.compose("logs", "init")
    assert len(re.findall("server-a:5432", said)) == len(re.findall("server-b:5432", said)) == 8
    bought = cluster.buy_sword()
    assert bought["balance"] == "970"
    cluster.compose("rm", "--force", "--stop", "--volumes", "proxy")
    cluster.up()
    assert cluster.buy_sword() == bought
    cluster.compose("down", "--volumes")


@pytest.mark.parametrize("service", ["gateway", "migrate"])
def test_a_service_may_nothing(wallet: Wallet, service: str) -> None:
    """As somebody who got into it would find it."""
    places = ("/", "/opt/pgwallet", "/tmp", "/var/tmp")
    script = f"cat /proc/self/status; for each in {' '.join(places)}; do touch $each/x; done; true"
    inside = ("run", "--rm", "--no-deps", "-T", service, "sh", "-c", script)
    said = wallet.compose(*inside)
    assert "Uid:\t10001\t10001\t10001\t10001" in said
    for row in ("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1"):
        assert row in said
    assert said.count("Read-only file system") == len(places)


def test_health_check_notices(wallet: Wallet) -> None:
    wallet.up()
    [_, *check] = wallet.inspect("gateway")["Config"]["Healthcheck"]["Test"]
    wallet.compose("exec", "-T", "gateway", *check)
    wallet.compose("stop", "postgres")
    with pytest.raises(RuntimeError, match="HTTP Error 503"):
        wallet.compose("exec", "-T", "gateway", *check)


def test_the_image_holds_nothing_that_builds(wallet: Wallet, containers: Engine) -> None:
    """And little else: what a container may run is what an attacker may."""
    base, made = (
        json.loads(containers.docker("inspect", image))[0]["Size"]
        for image in ("python:3.11-slim-bookworm", "pgwallet")
    )
    assert made - base < 50e6
    find = ("run", "--rm", "--read-only", "pgwallet", "find", "/opt/pgwallet")
    packages = containers.docker(*find, "-maxdepth", "4").split()
    assert {"gateway", "pgwallet"} <= {Path(path).name for path in packages}
    assert not {"pip", "setuptools", "wheel", "hatchling"} & {Path(path).name for path in packages}
    assert containers.docker(*find, "-perm", "/6000") == ""


def test_the_test_image_tests_without_a_network(
    containers: Engine, test_image: Future[None]
) -> None:
    test_image.result()
    test = ("--profile", "test", "run", "--rm", "-T", "test")
    said = containers.compose(*test, ".venv/bin/python", "-m", "pytest", "tests/sql/api/spend")
    assert "passed" in said and "skipped" not in said
