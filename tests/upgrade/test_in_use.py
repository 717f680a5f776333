"""An upgrade while the previous release serves: each request gets its answer and moves once.

The schema is migrated below two previous gateways, which work on; then this release's gateway takes
over, one of the previous is stopped and the other killed. A caller does what
docs/reference/errors.md asks of it: after a 503, or no answer at all, it sends the request again
with the same key.
"""

import asyncio
import itertools
import random
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import aiohttp
import jwt
import pytest

from pgwallet.migrate import migrate
from tests.support.paths import DB, ROOT
from tests.upgrade.releases import RELEASES, Release, start_gateway

SECRET = "a secret for tests, 32 bytes or more"
CALLERS = 12
READERS = 8
USERS = 6
ENOUGH = 200  # answers in each phase
PATIENCE_S = 120

# Locks what every movement needs, and makes all functions and views run anew.
EXPAND = """
ALTER TABLE wallet_private.wallet ADD COLUMN note text;
CREATE INDEX transfer_kind_idx ON wallet_private.transfer (kind);
ALTER TABLE wallet_private.user_account ADD COLUMN note text;
ALTER TABLE wallet_private.hold ADD CONSTRAINT hold_amount_is_small_check CHECK (amount < 1e9);
"""


class Callers:
    """Many at once, each with a request after another; what was asked, and what was answered."""

    def __init__(self, http: aiohttp.ClientSession, *urls: str) -> None:
        self.http = http
        self.urls = urls
        self.users: list[str] = []
        self.history = "ledger"
        self.answers: dict[str, tuple[str, dict[str, Any], int, dict[str, Any]]] = {}
        self.unexpected: list[str] = []
        self.retries: Counter[str] = Counter()
        self.unanswered = ""  # why, the last time
        self._numbers = itertools.count(1)
        self._random = random.Random(6)

    async def begin(self) -> None:
        for number in range(USERS):
            body = {"name": f"User {number}"}
            user = await self.post("/v1/admin/users", body)
            self.users.append(user["user_id"])
            for asset in ("GOLD", "SILVER"):
                path = f"/v1/wallets/{user['user_id']}/topup"
                await self.post(path, {"asset": asset, "amount": 1_000_000})

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask until there is an answer."""
        key = f"key-{next(self._numbers)}"
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            status, answer, _ = await self.ask(path, body, key)
            if status:
                if path.startswith("/v1/wallets"):
                    self.answers[key] = (path, body, status, answer)
                if status >= 500 or status in (401, 403, 404, 422):
                    self.unexpected.append(f"{path}: {status} {answer}")
                return answer
            await asyncio.sleep(0.02)
        raise AssertionError(f"{path}: no answer in {PATIENCE_S} s; {self.unanswered}")

    async def ask(
        self, path: str, body: dict[str, Any], key: str
    ) -> tuple[int, dict[str, Any], bool]:
        """(status, answer, whether it is a replay); status 0 when it has to be asked again."""
        try:
            async with self.http.post(
                self._random.choice(self.urls) + path, json=body, headers={"Idempotency-Key": key}
            ) as answer:
                if answer.status == 503:
                    self.retries["503"] += 1
                    self.unanswered = await answer.text()
                    return 0, {}, False
                replayed = answer.headers.get("Idempotent-Replayed") == "true"
                return answer.status, await answer.json(content_type=None), replayed
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            self.retries[type(error).__name__] += 1
            self.unanswered = repr(error)
            return 0, {}, False

    async def look(self, is_over: asyncio.Event) -> None:
        """Read a user's history, again and again."""
        while not is_over.is_set():
            path = f"/v1/wallets/{self._random.choice(self.users)}/{self.history}"
            try:
                async with self.http.get(self._random.choice(self.urls) + path) as answer:
                    if answer.status not in (200, 503):
                        self.unexpected.append(f"{path}: {answer.status} {await answer.text()}")
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
                await asyncio.sleep(0.02)

    async def work(self, is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            user = f"/v1/wallets/{self._random.choice(self.users)}"
            number = self._random.randint(1, 20)
            gold = {"asset": "GOLD", "amount": number}
            match self._random.randrange(10):
                case 0:
                    await self.post(f"{user}/topup", gold)
                case 1:
                    await self.post(f"{user}/bonus", gold | {"reference": "why not"})
                case 2:
                    await self.post(f"{user}/convert", {
                        "from_asset": "SILVER", "to_asset": "GOLD", "amount": 50 * number,
                    })  # fmt: skip
                case 3:
                    await self.post(
                        f"{user}/items/1/buy", {"quantity": number, "expected_price": 30}
                    )
                case 4:
                    await self.post(f"{user}/tasks/3/complete", {})
                case 5:
                    hold = await self.post(f"{user}/holds", gold | {"expires_in": 3600})
                    await self.post(f"{user}/holds/{hold['hold_id']}/capture", {"amount": 1})
                    await self.post(f"{user}/holds/{hold['hold_id']}/release", {})
                case 6:
                    spent = await self.post(f"{user}/spend", gold)
                    await self.post(
                        f"{user}/transactions/{spent['transaction_id']}/reverse", {"reason": "no"}
                    )
                case 7:
                    email = f"user-{next(self._numbers)}@example.com"
                    body = {"name": "Zoe", "email": email, "password": "correct horse battery"}
                    await self.post("/v1/auth/signup", body)
                case 8:  # refused: also an answer, and it leaves its key free
                    await self.post(f"{user}/spend", {"asset": "DIAMOND", "amount": number})
                case _:
                    await self.post(f"{user}/spend", gold)

    async def answered(self, count: int) -> None:
        """Wait for so many more answers."""
        wanted = len(self.answers) + count
        deadline = time.monotonic() + PATIENCE_S
        while len(self.answers) < wanted:
            assert not self.unexpected, self.unexpected
            assert time.monotonic() < deadline, f"{len(self.answers)} of {wanted} answers"
            await asyncio.sleep(0.02)


@pytest.fixture
def gateways() -> Any:
    """Start a gateway's process: gateways(start, dsn) is (process, URL)."""
    started = []

    def run(start: Callable[..., subprocess.Popen[bytes]], dsn: str) -> Any:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        process = start(
            "serve",
            DATABASE_URL=dsn,
            PGWALLET_JWT_SECRET=SECRET,
            PGWALLET_PORT=port,
            PGWALLET_LOG_LEVEL="ERROR",
            PGWALLET_ADDRESS_RATE="1000000/minute",
        )
        started.append(process)
        return process, f"http://127.0.0.1:{port}"

    yield run
    for process in started:
        process.kill()
        process.communicate()


async def ready(http: aiohttp.ClientSession, process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with suppress(aiohttp.ClientConnectionError):
            async with http.get(f"{url}/health") as answer:
                if answer.status == 200:
                    return
        assert process.poll() is None, process.communicate()[1].decode()
        await asyncio.sleep(0.05)
    raise AssertionError("it doesn't answer")


@pytest.mark.parametrize("version", [*RELEASES][-1:])
async def test_upgrade_under_load(version, empty_database, tmp_path, gateways):
    dsn = empty_database.dsn
    previous = Release(version, tmp_path / version)
    next_db = tmp_path / "db"
    shutil.copytree(DB, next_db)
    (next_db / "schema/V9001__expand.sql").write_text(EXPAND)
    for command in (("migrate",), ("seed", "--demo")):
        previous.run(*command, DATABASE_URL=dsn)

    claims = {"sub": "an admin", "role": "admin", "exp": int(time.time()) + 3600}
    headers = {"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        old, old_url = gateways(previous.start, dsn)
        other, other_url = gateways(previous.start, dsn)
        await ready(http, old, old_url)
        await ready(http, other, other_url)
        callers = Callers(http, old_url, other_url)
        await callers.begin()
        is_over = asyncio.Event()
        async with asyncio.TaskGroup() as working:
            for _ in range(CALLERS):
                working.create_task(callers.work(is_over))
            for _ in range(READERS):
                working.create_task(callers.look(is_over))
            await callers.answered(ENOUGH)
            assert "views/ledger_entry.sql" in await migrate(dsn)
            await callers.answered(ENOUGH)
            # The ledger of 0.1 locks a view and then its tables. A migration that locks those,
            # which this release's is not, goes the other way round.
            callers.history = "transactions"
            ran = await migrate(dsn, root=next_db)
            assert "schema/V9001__expand.sql" in ran
            await callers.answered(ENOUGH)

            new, url = gateways(partial(start_gateway, ROOT), dsn)
            await ready(http, new, url)
            callers.urls = (url, other_url)
            old.terminate()
            await callers.answered(ENOUGH)
            other.kill()  # with answers on their way
            await callers.answered(ENOUGH)
            callers.urls = (url,)
            is_over.set()
        assert await asyncio.to_thread(old.wait, PATIENCE_S) == 0
        assert callers.unexpected == []
        assert callers.retries["ClientConnectorError"]

        # Again with the same keys: the same receipts.
        moved = {key: each for key, each in callers.answers.items() if each[2] in (200, 201)}
        for key, (path, body, status, answer) in random.Random(6).sample(sorted(moved.items()), 60):
            assert await callers.ask(path, body, key) == (status, answer, True)

    connection = await empty_database.connect()
    try:
        rows = await connection.fetch("""
            SELECT idempotency_key, transaction_id FROM wallet_private.transfer
            WHERE leg = 1 AND idempotency_key LIKE 'key-%'
        """)
        found = {row["idempotency_key"]: row["transaction_id"] for row in rows}
        assert len(found) == len(rows)
        assert found.keys() == moved.keys()
        for key, (_, _, _, answer) in moved.items():
            if "transaction_id" in answer:
                assert found[key] == UUID(answer["transaction_id"])
        assert await connection.fetch("SELECT * FROM wallet.verify()") == []
    finally:
        await connection.close()
