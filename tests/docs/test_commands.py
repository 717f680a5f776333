"""The documents tell the truth: what they say to run is run, and prints what they say."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from pgwallet.embedded import EmbeddedPostgres
from pgwallet.migrate import migrate
from tests.support import console
from tests.support.paths import ROOT
from tests.support.servers import Server
from tests.support.thirdparty import Unavailable, openapi_tools

DOCS = ROOT / "docs"
# With the demo, on one wallet, the tutorial first: it shows the whole treasury.
ON_THE_DEMO = ["docs/tutorial.md", "README.md", *(
    f"docs/how-to/{name}.md"
    for name in (
        "payment-webhook", "store-refunds", "game-server", "events", "alerts", "sql-only",
        "webhooks", "run-the-economy", "month-end", "move-from-another-wallet", "limits",
    )
), "docs/identity.md"]  # fmt: skip
CLIENTS = "docs/how-to/other-languages.md"
MANAGED = "docs/how-to/managed-postgres.md"
CLUSTER = "docs/how-to/many-servers.md"
MOVE = "docs/how-to/move-a-partition.md"  # tests/soak/test_cluster_move.py does it, under load


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a clone after `make up`, but files may be written to it."""
    folder = tmp_path_factory.mktemp("clone")
    for path in ROOT.iterdir():
        if path.name not in (".git", ".pgwallet"):
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """`pgwallet up` in a home and on a port of its own; yields the environment of its users."""
    home = tmp_path_factory.mktemp("demo") / "home"
    port = str(free_port())
    environ = {"PGWALLET_HOME": str(home), "PGWALLET_PORT": port}
    up = subprocess.Popen(
        [sys.executable, "-m", "pgwallet", "up"],
        env=os.environ | environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            try:
                urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                break
            except (URLError, ConnectionError):
                assert up.poll() is None, "pgwallet up ended"
                time.sleep(0.1)
        yield environ | of_psql(EmbeddedPostgres(home)) | {"PGDATABASE": "wallet"}
    finally:
        up.send_signal(signal.SIGINT)
        assert up.wait(timeout=30) == 0


def of_psql(embedded: EmbeddedPostgres, user: str = "postgres") -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:{psql_dir()}:{os.environ['PATH']}",
        "PGHOST": str(embedded.socket_dir),
        "PGUSER": user,
        "PGDATABASE": "postgres",
        "PGTZ": "UTC",
    }


def psql_dir() -> Path:
    return EmbeddedPostgres(Path("none")).bin_dir


@pytest.mark.parametrize("name", ON_THE_DEMO)
def test_on_the_demo(name, demo, clone):
    ports = {8080: int(demo["PGWALLET_PORT"]), 8090: free_port(), 8091: free_port()}
    console.play(ROOT / name, demo, cwd=clone, ports=ports)


def test_generated_clients(demo, clone):
    """They are made without a warning and type-checked; then they sign up, buy and replay."""
    try:
        (clone / "node_modules").symlink_to(openapi_tools())
    except Unavailable as reason:
        pytest.skip(str(reason))
    console.play(ROOT / CLIENTS, demo, cwd=clone, ports={8080: int(demo["PGWALLET_PORT"])})


@pytest.mark.parametrize("version", ["18", "15"])
def test_without_a_superuser(version, new_server, clone):
    server: Server = new_server(version)
    assert server.embedded
    server.admin("CREATE ROLE admin LOGIN CREATEROLE CREATEDB")
    port = free_port()
    environ = of_psql(server.embedded, "admin") | {"PGWALLET_PORT": str(port)}
    console.play(ROOT / MANAGED, environ, cwd=clone, ports={8080: port})

    # Where an administrator has made the roles, and the database belongs to another.
    database = server.create(template=None)
    server.admin(f"""
        CREATE ROLE plain LOGIN;
        GRANT wallet_owner TO plain;
        GRANT CREATE ON DATABASE "{database.name}" TO plain;
    """)
    asyncio.run(migrate(database.dsn.replace("postgres@", "plain@")))
    assert database.psql("SELECT DISTINCT applied_by FROM wallet_private.migration") == "plain"


def test_on_many_servers(plproxy_server: Server, clone: Path) -> None:
    assert plproxy_server.embedded
    server = plproxy_server.dsn("postgres")
    places = {"DB1": server, "DB2": server, "PROXY1": plproxy_server.dsn("wallet")}
    try:
        console.play(ROOT / CLUSTER, of_psql(plproxy_server.embedded) | places, cwd=clone)
    finally:
        for name in ("wallet", *(f"wallet_{number:02}" for number in range(4))):
            plproxy_server.admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


# What the examples of the command line's page find in the folder; grant takes the ids alone.
USERS = {
    "import-users": "external_id,name\nplayer-1,Ann\nplayer-2,Ben\n",
    "grant": "external_id\nplayer-1\nplayer-2\n",
}
STAY = {
    "pgwallet up",
    "pgwallet serve --workers 4",
    "pgwallet deliver",
}  # until they are stopped: `demo` and test_serve


def test_examples_of_the_command_line(demo, tmp_path):
    environ = os.environ | demo
    examples = re.findall(r"^ {4}(pgwallet .+)$", (DOCS / "cli.md").read_text(), re.M)
    assert len(examples) > 25
    wallet = EmbeddedPostgres(Path(demo["PGWALLET_HOME"])).dsn()
    find = "SELECT user_id FROM wallet.find_user('alice@example.com')"
    alice = subprocess.check_output(["psql", "-XAt", wallet, "-c", find], env=environ, text=True)
    find = f"SELECT transaction_id FROM wallet.list_transactions('{alice.strip()}') LIMIT 1"
    transaction = subprocess.check_output(
        ["psql", "-XAt", wallet, "-c", find], env=environ, text=True
    )
    hook = "SELECT wallet.create_webhook(subscription, 'https://shop.example/') FROM wallet"
    hook += ".create_subscription('shop')"
    subprocess.run(
        ["psql", "-Xq", wallet, "-c", hook], env=environ, check=True, stdout=subprocess.DEVNULL
    )
    # docs/how-to/events.md may have made it.
    warehouse = "SELECT wallet.create_subscription('warehouse')"
    subprocess.run(["psql", "-Xq", wallet, "-c", warehouse], env=environ, capture_output=True)
    line = {"external_id": "player-1", "asset": "SILVER", "kind": "BONUS", "amount": 1}
    line |= {"created_at": "2026-01-01"}
    (tmp_path / "history.jsonl").write_text(json.dumps(line) + "\n")
    (tmp_path / "history.csv").write_text(
        "external_id,asset,kind,amount,created_at\nplayer-2,SILVER,BONUS,1,2026-01-01\n"
    )
    (tmp_path / "more.csv").write_text("email,amount\nbob@example.com,5\n")
    # tests/system/ runs those of a cluster, which wants PL/Proxy, and an erasure: it is for good.
    alone = [each for each in examples if each.split()[1] not in ("cluster", "erase")]
    for example in [each for each in alone if each not in STAY]:
        (tmp_path / "users.csv").write_text(USERS.get(example.split()[1], ""))
        known = transaction if example.startswith("pgwallet resend") else alice
        command = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", known.strip(), example)
        done = subprocess.run(
            ["bash", "-c", command], env=environ, cwd=tmp_path, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, f"{example}\n{done.stdout}{done.stderr}"


def test_no_how_to_is_left_out():
    found = {path.relative_to(ROOT).as_posix() for path in DOCS.glob("how-to/*.md")}
    tested = [*ON_THE_DEMO, CLIENTS, MANAGED, CLUSTER, MOVE]
    assert found == {name for name in tested if "how-to" in name}
