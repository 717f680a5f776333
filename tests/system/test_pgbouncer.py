"""Through PgBouncer, in both of its modes; before 1.21 one of them loses what was prepared."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from aiohttp.test_utils import TestClient, TestServer
from click.testing import CliRunner

from gateway.app import create_app
from gateway.database import LOSES_STATEMENTS, SchemaMismatch
from gateway.settings import Settings
from pgwallet.cli import main
from pgwallet.deliver import Deliverer
from tests.support import thirdparty
from tests.support.receiver import receiving
from tests.support.servers import Database, Servers

SECRET = "a secret for tests, 32 bytes or more"
MODES = ("session", "transaction")


@pytest.fixture(scope="module")
def program() -> Path:
    try:
        return thirdparty.pgbouncer()
    except thirdparty.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def keeps_statements(program: Path) -> bool:
    """In transaction mode too."""
    said = subprocess.run([program, "-V"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"PgBouncer (\d+)\.(\d+)", said)
    assert version
    return (int(version[1]), int(version[2])) >= (1, 21)


@pytest.fixture
def database(servers: Servers) -> Iterator[Database]:
    """On a server of this machine, also when the other tests use one that is given."""
    server = servers["18"]
    database = server.create(template=server.template)
    yield database
    database.drop()


@pytest.fixture
def pooled(
    servers: Servers, database: Database, program: Path, keeps_statements: bool
) -> Iterator[Callable[[str], str]]:
    """pooled("transaction"): the URL of the test's database through a PgBouncer in that mode.

    The login becomes wallet_gateway by itself, as the pooler passes on no role.
    """
    embedded = database.server.embedded
    assert embedded
    login = f"pooled_{uuid4().hex[:8]}"
    database.psql(f"CREATE ROLE {login} LOGIN IN ROLE wallet_gateway")
    database.psql(f"ALTER ROLE {login} SET role = 'wallet_gateway'")
    folder = Path(tempfile.mkdtemp(dir=servers.home, prefix="pgbouncer-"))
    folder.chmod(0o777)

    def start(mode: str) -> str:
        (folder / "users").write_text(f'"{login}" ""\n')
        (folder / "ini").write_text(
            "[databases]\n"
            f"{database.name} = host={embedded.socket_dir} port=5432\n"
            "[pgbouncer]\n"
            f"pool_mode = {mode}\n"
            f"default_pool_size = {3 if mode == 'transaction' else 30}\n"
            + ("max_prepared_statements = 100\n" if keeps_statements else "")
            + "ignore_startup_parameters = role\n"
            "auth_type = trust\n"
            f"auth_file = {folder}/users\n"
            "listen_port = 6432\n"
            f"unix_socket_dir = {folder}\n"
            f"logfile = {folder}/log\n"
            f"pidfile = {folder}/pid\n"
        )
        done = embedded._run(program, "-q", "-d", folder / "ini")
        assert done.returncode == 0, done.stdout
        end = time.monotonic() + 10  # its daemon may not listen yet
        while time.monotonic() < end:
            with socket.socket(socket.AF_UNIX) as tried, suppress(OSError):
                tried.connect(str(folder / ".s.PGSQL.6432"))
                break
            time.sleep(0.02)
        return f"postgresql://{login}@/{database.name}?host={folder}&port=6432"

    yield start
    if (pid := folder / "pid").exists():
        os.kill(int(pid.read_text()), signal.SIGTERM)
    database.psql(f"DROP OWNED BY {login}; DROP ROLE {login}")


@pytest.mark.parametrize("mode", MODES)
async def test_movements(
    pooled: Callable[[str], str], database: Database, keeps_statements: bool, mode: str
) -> None:
    database.psql("SELECT wallet.create_asset('GOLD', 'Gold')")
    user = database.psql("SELECT user_id FROM wallet.create_user()")
    database.psql(f"SELECT wallet.bonus('{user}', 'GOLD', 1000, 'start')")
    token = jwt.encode({"role": "service", "sub": "s", "exp": 2**32}, SECRET, "HS256")
    settings = Settings(database_url=pooled(mode), jwt_secret=SECRET, database_pool=8)
    answers: Counter[int] = Counter()

    async def play(client: TestClient) -> None:
        for turn in range(20):
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
            wallet, body = f"/v1/wallets/{user}", {"asset": "GOLD", "amount": 1}
            if turn % 2:
                answer = await client.get(f"{wallet}/balances/GOLD", headers=headers)
            else:
                answer = await client.post(f"{wallet}/spend", json=body, headers=headers)
            answers[answer.status] += 1

    if mode == "transaction" and not keeps_statements:
        with pytest.raises(SchemaMismatch, match=LOSES_STATEMENTS):
            await TestServer(create_app(settings)).start_server()
        return
    async with TestClient(TestServer(create_app(settings))) as client:
        await asyncio.gather(*(play(client) for _ in range(20)))
    assert answers == {200: 200, 201: 200}
    assert database.psql(f"SELECT available FROM wallet.get_balance('{user}', 'GOLD')") == "800"
    assert database.psql("SELECT * FROM wallet.verify()") == ""


@pytest.mark.parametrize("mode", MODES)
async def test_webhooks(
    pooled: Callable[[str], str], database: Database, keeps_statements: bool, mode: str
) -> None:
    url = pooled(mode)
    if mode == "transaction" and not keeps_statements:
        pytest.skip("this PgBouncer loses what was prepared")
    database.psql("SELECT wallet.create_asset('GOLD', 'Gold')")
    user = database.psql("SELECT user_id FROM wallet.create_user()")
    async with receiving() as receiver:
        database.psql("SELECT wallet.create_subscription('shop')")
        database.psql(f"SELECT wallet.create_webhook('shop', '{receiver.url}')")
        settings = Settings(database_url=url, webhook_targets="any", deliver_port=0)
        delivering = asyncio.create_task(Deliverer(settings).run())
        for number in range(20):
            database.psql(f"SELECT wallet.bonus('{user}', 'GOLD', 1, '{number}')")
        await receiver.until(20)
        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering
    assert receiver.wallets() == {(user, "GOLD"): list(range(1, 21))}


@pytest.mark.parametrize("mode", MODES)
def test_doctor_tries_it(pooled: Callable[[str], str], keeps_statements: bool, mode: str) -> None:
    environ = {"DATABASE_URL": pooled(mode), "PGWALLET_JWT_SECRET": SECRET}
    said = CliRunner(env=environ).invoke(main, ["doctor"]).output
    loses = f"pooler: {LOSES_STATEMENTS}" in said
    assert loses != (keeps_statements or mode == "session"), said
