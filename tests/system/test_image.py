"""The image that the Dockerfile makes: walked without an engine, it serves a real PostgreSQL.

On the files of this machine in the place of Python's image; or, nearer to the truth, on those of
PGWALLET_TEST_IMAGE_BASE, a folder such as `debootstrap --variant=minbase
--include=ca-certificates,python3-pip,python3-venv bookworm FOLDER` makes.
"""

import json
import os
import re
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
import yaml

from tests.support.image import WalkError, walk
from tests.support.paths import ROOT
from tests.support.thirdparty import Unavailable

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
BASE = os.environ.get("PGWALLET_TEST_IMAGE_BASE")
OFFLINE = re.compile(
    "Temporary failure|NewConnectionError|ConnectTimeout|ProxyError|Could not connect"
    "|Unable to locate package"
)


@pytest.fixture(scope="module")
def image():
    try:
        with walk(Path(BASE) if BASE else None) as walked:
            yield walked.image()
    except Unavailable as reason:
        pytest.skip(str(reason))
    except WalkError as failure:
        if OFFLINE.search(str(failure)):
            pytest.skip(f"no network to make the image with: {str(failure)[-300:]}")
        raise


@pytest.fixture
def environ(new_server):
    """Of a container: an empty database, reached by TCP, and a port of its own."""
    ports = []
    for _ in range(2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports.append(str(free.getsockname()[1]))
    server = new_server("18", listen_addresses="127.0.0.1", port=ports[0])
    rules = "local all all trust\nhost all all 127.0.0.1/32 trust\n"
    (server.embedded.data_dir / "pg_hba.conf").write_text(rules)
    server.admin("SELECT pg_reload_conf()")
    database = server.create(template=None)
    return {
        **COMPOSE["services"]["gateway"]["environment"],
        "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{ports[0]}/{database.name}",
        "PGWALLET_JWT_SECRET": "a secret for tests, 32 bytes or more",
        "PGWALLET_PORT": ports[1],
    }


def ask(url: str, body: object = None, **headers: str) -> dict:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, headers), timeout=30) as answer:
        return json.load(answer)


def test_what_it_makes_serves_without_writing_a_file(image, environ):
    """As docker-compose.yml has it: read-only, as a user that may nothing, migrated before."""
    done = image.run(COMPOSE["services"]["migrate"]["command"], environ=environ)
    assert "demo users" in done
    with pytest.raises(WalkError, match="Read-only file system"):
        image.run(["sh", "-c", "touch /opt/pgwallet/x"], environ=environ)
    with pytest.raises(WalkError, match="Connection refused"):
        image.run(image.health_check, environ=environ)

    gateway = image.start(
        image.command, environ=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        url = f"http://127.0.0.1:{environ['PGWALLET_PORT']}"
        for _ in range(600):
            with suppress(URLError, ConnectionError):
                assert ask(f"{url}/health")["status"] == "ok"
                break
            assert gateway.poll() is None, gateway.stdout.read()
            time.sleep(0.1)
        image.run(image.health_check, environ=environ)
        status = Path(f"/proc/{gateway.pid}/status").read_text()
        assert re.search(r"^Uid:(\t10001){4}$", status, re.M)
        assert re.search(r"^CapEff:\t0+$", status, re.M)

        person = {"name": "Eve", "email": "eve@example.com", "password": "correct horse"}
        assert ask(f"{url}/v1/auth/signup", person)["name"] == "Eve"
        del person["name"]
        login = ask(f"{url}/v1/auth/login", person)
        bearer = f"Bearer {login['token']}"
        assert ask(f"{url}/v1/wallets/me/balances/GOLD", Authorization=bearer)["balance"] == "100"
        assert b"<html" in urlopen(f"{url}/docs", timeout=30).read().lower()
        gateway.send_signal(signal.SIGTERM)
        assert gateway.wait(60) == 0
    finally:
        gateway.kill()
        gateway.communicate()


def test_it_holds_nothing_that_builds(image):
    """And little else: what a container may run is what an attacker may."""
    files = [path for path in image.layers[0].rglob("*") if path.is_file()]
    packages = image.find("/opt/pgwallet/lib").glob("python3.*/site-packages/*")
    assert not {path.name for path in packages} & {"pip", "setuptools", "wheel", "hatchling"}
    assert {path.relative_to(image.layers[0]).parts[0] for path in files} <= {"opt", "etc", "var"}
    assert not [path for path in files if path.stat().st_mode & 0o6000]
    assert sum(path.stat().st_size for path in files if not path.is_symlink()) < 50e6
