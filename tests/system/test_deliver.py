"""pgwallet deliver: what arrives, what is tried again, and who is never asked."""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from gateway.settings import Settings
from pgwallet import deliver
from tests.support.receiver import Receiver, is_genuine, receiving
from tests.support.thirdparty import Unavailable, event_tools


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


class World:
    """A wallet with users, and a subscription that is sent to the receiver."""

    def __init__(self, database: Any, connection: Any, receiver: Receiver) -> None:
        self.database, self.sql, self.receiver = database, connection, receiver
        self.users: list[UUID] = []
        self.secret = ""

    async def set_up(self, users: int = 3, **webhook: Any) -> None:
        if not await self.sql.fetch("SELECT * FROM wallet.list_assets()"):
            await self.sql.execute("SELECT wallet.create_asset('GOLD', 'Gold')")
        for _ in range(users):
            self.users.append(await self.sql.fetchval("SELECT user_id FROM wallet.create_user()"))
        await self.sql.execute("SELECT wallet.create_subscription('shop')")
        self.secret = await self.sql.fetchval(
            "SELECT secret FROM wallet.create_webhook('shop', $1, p_is_ordered => $2)",
            webhook.get("url", self.receiver.url),
            webhook.get("is_ordered", True),
        )

    async def move(self, count: int, user: UUID | None = None) -> None:
        for _ in range(count):
            await self.sql.execute(
                "SELECT wallet.topup($1, 'GOLD', 1, $2)",
                user or random.choice(self.users),
                str(uuid4()),
            )

    async def hurry(self, sql: Any = None) -> None:
        """Let all pauses pass."""
        sql = sql or self.sql
        await sql.execute("UPDATE wallet_private.webhook SET rest_ends_at = NULL")
        await sql.execute(
            "UPDATE wallet_private.webhook_event SET next_try_at = clock_timestamp() "
            "WHERE next_try_at > clock_timestamp()"
        )

    async def end_leases(self) -> None:
        """Let whoever asks next have what others are at, and let all pauses pass."""
        sql = await self.database.connect()  # the other one may be writing
        async with sql.transaction():
            await self.hurry(sql)  # locks the webhook, as who takes and settles does first
            for table in ("webhook", "webhook_event"):
                await sql.execute(
                    f"UPDATE wallet_private.{table} SET claim_ends_at = clock_timestamp() "
                    "WHERE claim_ends_at IS NOT NULL"
                )
        await sql.close()

    async def rows(self) -> list[Any]:
        return await self.sql.fetch("SELECT * FROM wallet.list_webhook_failures('shop')")

    async def until(self, seen: Callable[[list[Any]], bool]) -> list[Any]:
        for _ in range(1500):
            if seen(rows := await self.rows()):
                return rows
            await asyncio.sleep(0.02)
        raise AssertionError(rows)

    async def webhook(self) -> Any:
        return await self.sql.fetchrow("SELECT * FROM wallet.list_webhooks()")

    @asynccontextmanager
    async def delivering(self, **settings: Any) -> AsyncIterator[None]:
        """A deliverer in this process."""
        given = {"webhook_targets": "any", "deliver_port": 0} | settings
        task = asyncio.create_task(
            deliver.Deliverer(Settings(database_url=self.database.dsn, **given)).run()
        )
        try:
            yield
            assert not task.done(), task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def start(self) -> asyncio.subprocess.Process:
        """One in a process of its own."""
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pgwallet", "deliver",
            env=os.environ | {
                "DATABASE_URL": self.database.dsn, "PGWALLET_WEBHOOK_TARGETS": "any",
                "PGWALLET_DELIVER_PORT": "0",
            },
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip


@pytest.fixture
async def world(database: Any, connect: Any, receiver: Receiver) -> World:
    return World(database, await connect(), receiver)


async def until(seen: Callable[[], bool]) -> None:
    for _ in range(1500):
        if seen():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("never")


async def refuse(message: dict[str, Any]) -> web.Response:
    return web.Response(status=500)


async def test_what_moved_arrives_signed(world: World, receiver: Receiver) -> None:
    await world.set_up()
    await world.move(20)
    async with world.delivering():
        await receiver.until(20)
    events = await world.sql.fetchval("SELECT events FROM wallet.read_events('shop')")
    assert events == []  # the cursor has moved on
    assert await world.sql.fetchval("SELECT count(*) FROM wallet_private.webhook_event") == 0
    moved = await world.sql.fetch(
        "SELECT * FROM wallet_private.transfer WHERE user_id = ANY ($1)", world.users
    )
    assert {message_id for message_id, _, _ in receiver.tries} == {
        f"evt_{row['transaction_id']}_{row['leg']}" for row in moved
    }
    for _, headers, body in receiver.tries:
        assert is_genuine(world.secret, headers, body)
        message = Webhook(world.secret).verify(body, dict(headers))
        assert message["type"] == "transaction.topup"
        assert message["timestamp"] == message["data"]["created_at"]
        with pytest.raises(WebhookVerificationError):
            Webhook(world.secret).verify(body.replace(b"GOLD", b"gold"), dict(headers))
        assert not is_genuine(world.secret, headers, body.replace(b"GOLD", b"gold"))
    row = next(row for row in moved if row["seq"] == 2)
    [data] = [
        message["data"] for message in receiver.accepted
        if message["data"]["transaction_id"] == str(row["transaction_id"])
    ]  # fmt: skip
    assert data["balance"] == "2" and data["amount"] == "1" and data["seq"] == 2
    assert "cursor" not in data


async def test_alerts_are_raised_and_arrive_signed_and_in_order(
    world: World, receiver: Receiver
) -> None:
    await world.set_up(1)
    await world.move(3)
    for code, measure, direction in (("low", "balance", "below"), ("much", "outstanding", "above")):
        await world.sql.execute(
            "SELECT wallet.create_alert($1, $2, 'GOLD', p_direction => $3, p_threshold => 3)",
            code, measure, direction,
        )  # fmt: skip
    await world.sql.execute("SELECT wallet.update_subscription('shop', p_kinds => '{ALERT}')")
    tried: set[str] = set()

    async def answer(message: dict[str, Any]) -> web.Response:
        """The first try of each fails."""
        is_new = message["data"]["transaction_id"] not in tried
        tried.add(message["data"]["transaction_id"])
        return web.Response(status=500 if is_new else 204)

    receiver.answer = answer
    async with world.delivering(), world.delivering():
        for number, amount in enumerate((-1, 2, -2, 2)):  # 2, 4, 2, 4
            await world.sql.execute(
                "SELECT wallet.adjust($1, 'GOLD', $2, $3, 'why')",
                world.users[0], amount, f"move-{number}",
            )  # fmt: skip
        for _ in range(100):
            if len(receiver.accepted) == 4:
                break
            await world.hurry()
            await asyncio.sleep(0.1)
    raised = [
        (message["type"], data["reference"], data["user_id"], data["balance"])
        for message in receiver.accepted for data in [message["data"]]
    ]  # fmt: skip
    user = str(world.users[0])
    assert [each for each in raised if each[1] == "low"] == [
        ("alert.balance", "low", user, "2")
    ] * 2
    assert [each for each in raised if each[1] == "much"] == [
        ("alert.outstanding", "much", None, "4")
    ] * 2
    accepted = [message["data"] for message in receiver.accepted]
    for name in ("low", "much"):
        seqs = [data["seq"] for data in accepted if data["reference"] == name]
        assert seqs == sorted(set(seqs))
    assert all(is_genuine(world.secret, headers, body) for _, headers, body in receiver.tries)
    assert (
        receiver.tries[0][0]
        == f"evt_{json.loads(receiver.tries[0][2])['data']['transaction_id']}_1"
    )


async def test_what_fails_is_tried_again_and_others_are_not_held_up(
    world: World, receiver: Receiver
) -> None:
    await world.set_up()
    bad = str(world.users[0])

    async def answer(message: dict[str, Any]) -> web.Response:
        return web.Response(status=500 if message["data"]["user_id"] == bad else 200)

    receiver.answer = answer
    await world.move(5, world.users[0])
    await world.move(5, world.users[1])
    async with world.delivering():
        await receiver.until(5)
        rows = await world.until(lambda rows: len(rows) == 5 and rows[0]["tries"] == 1)
        assert [(row["tries"], row["status_code"]) for row in rows] == [(1, 500), *[(0, None)] * 4]
        delay = rows[0]["next_try_at"] - rows[0]["tried_at"]
        assert timedelta(seconds=5) <= delay < timedelta(seconds=5.6)
        # What comes later waits behind it; the others' go through.
        await world.move(2, world.users[0])
        await world.move(2, world.users[1])
        await receiver.until(7)
        assert len(receiver.tries) == 8
        receiver.answer = web_accept
        await world.hurry()
        await receiver.until(14)
    assert receiver.wallets()[bad, "GOLD"] == [1, 2, 3, 4, 5, 6, 7]
    assert await world.rows() == []
    first = [headers["webhook-id"] for _, headers, _ in receiver.tries]
    assert len(first) == 15 and len(set(first)) == 14


async def web_accept(message: dict[str, Any]) -> web.Response:
    return web.Response()


async def test_ten_tries_then_it_is_parked_and_can_be_sent_again(
    world: World, receiver: Receiver
) -> None:
    await world.set_up(1)
    receiver.answer = refuse
    await world.move(2)
    minutes = [5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]
    async with world.delivering():
        for number, pause in enumerate(minutes, 1):
            rows = await world.until(lambda rows: rows and rows[0]["tries"] == number)  # noqa: B023
            delay = (rows[0]["next_try_at"] - rows[0]["tried_at"]) / timedelta(minutes=pause)
            assert 1 <= delay <= 1.1
            await world.hurry()
        rows = await world.until(lambda rows: rows[0]["status"] == "parked")
        assert rows[0]["tries"] == 10 and rows[0]["next_try_at"] is None
        # Now it is the turn of the one behind it.
        await world.until(lambda rows: rows[1]["tries"] == 1)
        assert (await world.webhook())["parked"] == 1
        receiver.answer = web_accept
        await world.hurry()
        await receiver.until(1)
        [row] = await world.sql.fetch("SELECT * FROM wallet.resend_webhook_events('shop')")
        assert (row["waiting"], row["parked"]) == (1, 0)
        await receiver.until(2)
        assert [each["data"]["seq"] for each in receiver.accepted] == [2, 1]
        # One that has arrived is sent again too, when somebody asks for it.
        again = UUID(receiver.accepted[0]["data"]["transaction_id"])
        await world.sql.execute("SELECT wallet.resend_webhook_events('shop', $1)", again)
        await receiver.until(3)
    assert receiver.accepted[2] == receiver.accepted[0]
    assert await world.rows() == []


async def test_as_fast_as_possible_nothing_waits_for_what_failed(
    world: World, receiver: Receiver
) -> None:
    await world.set_up(1, is_ordered=False)

    async def answer(message: dict[str, Any]) -> web.Response:
        return web.Response(status=500 if message["data"]["seq"] == 1 else 200)

    receiver.answer = answer
    await world.move(10)
    async with world.delivering():
        await receiver.until(9)
        [row] = await world.until(lambda rows: len(rows) == 1)
    assert row["seq"] == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_receiver_that_asks_for_less_is_left_in_peace(
    world: World, receiver: Receiver, status: int
) -> None:
    await world.set_up(50)

    async def answer(message: dict[str, Any]) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": "600"})

    receiver.answer = answer
    for user in world.users:
        await world.move(4, user)
    async with world.delivering():
        rows = await world.until(lambda rows: len(rows) == 50 and rows[0]["tries"] > 0)
        await asyncio.sleep(1)
        # No more than were under way; the rest was never sent.
        tried = len(receiver.tries)
        assert tried <= deliver._CONNECTIONS
        webhook = await world.webhook()
        rest = webhook["rest_ends_at"] - datetime.now(UTC)
        assert timedelta(seconds=590) < rest < timedelta(seconds=601)
        assert webhook["failures"] == 1
        [row] = [row for row in rows if row["tries"] > 0][:1]
        assert row["next_try_at"] - row["tried_at"] == timedelta(seconds=600)
        # When it is over, one event shows whether it is well again.
        await world.hurry()
        await until(lambda: len(receiver.tries) > tried)
        await asyncio.sleep(0.5)
        assert len(receiver.tries) == tried + 1
        receiver.answer = web_accept
        while len(receiver.accepted) < 200:
            await world.hurry()
            await asyncio.sleep(0.02)
    assert (await world.webhook())["failures"] == 0


async def test_410_ends_it_and_nothing_is_lost(world: World, receiver: Receiver) -> None:
    await world.set_up(1)

    async def answer(message: dict[str, Any]) -> web.Response:
        return web.Response(status=410)

    receiver.answer = answer
    await world.move(3)
    async with world.delivering():
        for _ in range(500):
            if (await world.webhook())["status"] == "gone":
                break
            await asyncio.sleep(0.02)
        await world.move(3)
        await world.hurry()
        await asyncio.sleep(1)
        assert len(receiver.tries) == 1
        receiver.answer = web_accept
        await world.sql.execute("SELECT wallet.update_webhook('shop', p_status => 'active')")
        await receiver.until(6)
    assert list(receiver.wallets().values()) == [[1, 2, 3, 4, 5, 6]]


async def test_no_answer_in_time_is_a_failure_and_holds_nobody_up(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "TIMEOUT", 4.0)
    await world.set_up(2)
    slow = str(world.users[0])

    async def answer(message: dict[str, Any]) -> web.Response:
        if message["data"]["user_id"] == slow:
            await asyncio.sleep(6)
        return web.Response()

    receiver.answer = answer
    await world.move(2, world.users[0])
    await world.move(2, world.users[1])
    async with world.delivering():
        await receiver.until(2)
        # It is still under way when others of the webhook go on.
        began = time.monotonic()
        await world.move(2, world.users[1])
        await receiver.until(4)
        assert time.monotonic() - began < 3.5
        rows = await world.until(lambda rows: rows and rows[0]["tries"] == 1)
    assert rows[0]["error"] == "no answer within 4 s" and rows[0]["status_code"] is None
    assert len(rows) == 2 and rows[1]["tries"] == 0
    assert not receiver.overlaps


async def test_a_redirect_is_not_followed(world: World, receiver: Receiver) -> None:
    await world.set_up(1)

    async def answer(message: dict[str, Any]) -> web.Response:
        return web.Response(status=307, headers={"Location": receiver.url})

    receiver.answer = answer
    await world.move(1)
    async with world.delivering():
        [row] = await world.until(lambda rows: rows and rows[0]["tries"] == 1)
        await asyncio.sleep(0.3)
    assert row["status_code"] == 307 and len(receiver.tries) == 1


async def test_two_secrets_sign_until_the_old_one_ends(world: World, receiver: Receiver) -> None:
    await world.set_up(1)
    new = await world.sql.fetchval("SELECT secret FROM wallet.rotate_webhook_secret('shop')")
    assert new != world.secret
    async with world.delivering():
        await world.move(1)
        await receiver.until(1)
        await world.sql.execute(
            "UPDATE wallet_private.webhook SET old_secret_ends_at = clock_timestamp()"
        )
        await world.move(1)
        await receiver.until(2)
    (_, both, body), (_, one, other) = receiver.tries
    assert is_genuine(new, both, body) and is_genuine(world.secret, both, body)
    assert len(both["webhook-signature"].split(" ")) == 2
    assert is_genuine(new, one, other) and not is_genuine(world.secret, one, other)


PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::1", "2001:db8::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public(address: str) -> None:
    assert not deliver.may_ask(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_an_address_that_is_public(address: str) -> None:
    assert deliver.may_ask(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"])
async def test_who_is_not_in_public_is_not_even_connected_to(world: World, host: str) -> None:
    connections = []
    listener = await asyncio.start_server(lambda r, w: connections.append(w), ["127.0.0.1"], 0)
    port = listener.sockets[0].getsockname()[1]
    await world.set_up(1, url=f"https://{host}:{port}/hook")
    await world.move(1)
    async with world.delivering(webhook_targets="public"):
        [row] = await world.until(lambda rows: rows and rows[0]["tries"] == 1)
    assert "is not a public address" in row["error"]
    assert connections == []
    listener.close()


async def test_http_is_refused_in_public(world: World, receiver: Receiver) -> None:
    await world.set_up(1)
    await world.move(1)
    async with world.delivering(webhook_targets="public"):
        [row] = await world.until(lambda rows: rows and rows[0]["tries"] == 1)
    assert row["error"] == "the URL is not https" and receiver.tries == []


async def test_several_deliver_and_none_sends_what_another_one_does(
    world: World, receiver: Receiver
) -> None:
    await world.set_up(20)

    async def answer(message: dict[str, Any]) -> web.Response:
        await asyncio.sleep(random.uniform(0, 0.02))
        return web.Response()

    receiver.answer = answer
    processes = [await world.start() for _ in range(3)]
    try:
        await world.move(1500)
        await receiver.until(1500)
        await asyncio.sleep(1)
    finally:
        for process in processes:
            process.terminate()
            await asyncio.wait_for(process.wait(), 20)
    assert len(receiver.tries) == len({message_id for message_id, _, _ in receiver.tries}) == 1500
    for seqs in receiver.wallets().values():
        assert seqs == [*range(1, len(seqs) + 1)]


async def test_several_deliver_and_some_are_killed(world: World, receiver: Receiver) -> None:
    """Nothing is lost, and a wallet's come in order."""
    await world.set_up(20)
    rng = random.Random(7)

    async def answer(message: dict[str, Any]) -> web.Response:
        await asyncio.sleep(rng.uniform(0, 0.02))
        return web.Response(status=500 if rng.random() < 0.05 else 200)

    receiver.answer = answer
    processes = [await world.start() for _ in range(3)]
    writer = asyncio.create_task(world.move(1500))
    try:
        for _ in range(4):
            wanted = len(receiver.accepted) + 100
            async with asyncio.timeout(60):
                while len(receiver.accepted) < wanted:
                    # The server may carry out the last wish of one that is dead, and give it
                    # events then. So all leases are ended again and again.
                    await world.end_leases()
                    await asyncio.sleep(0.5)
            victim = rng.choice(processes)
            victim.send_signal(signal.SIGKILL)
            await victim.wait()
            # What it was at stays under way for the receiver; a lease is longer than that.
            await asyncio.sleep(0.1)
            processes[processes.index(victim)] = await world.start()
        await writer
        async with asyncio.timeout(60):
            while sum(map(len, receiver.wallets().values())) < 1500:
                await world.end_leases()
                await asyncio.sleep(0.5)
    finally:
        writer.cancel()
        for process in processes:
            process.terminate()
            await asyncio.wait_for(process.wait(), 20)
    assert sum(map(len, receiver.wallets().values())) == 1500
    for seqs in receiver.wallets().values():
        assert seqs == [*range(1, len(seqs) + 1)]


NODE = """
import { Webhook } from "standardwebhooks"
import { readFileSync } from "fs"
const { secret, body, headers } = JSON.parse(readFileSync(0, "utf8"))
const webhook = new Webhook(secret)
console.log(webhook.verify(body, headers).type)
try {
  webhook.verify(body + " ", headers)
} catch (error) {
  console.log(error.constructor.name)
}
"""


async def test_npms_standardwebhooks_verifies_it(
    world: World, receiver: Receiver, tmp_path: Path
) -> None:
    try:
        (tmp_path / "node_modules").symlink_to(event_tools())
    except Unavailable as reason:
        pytest.skip(str(reason))
    (tmp_path / "verify.mjs").write_text(NODE)
    await world.set_up(1)
    await world.move(1)
    async with world.delivering():
        await receiver.until(1)
    [(_, headers, body)] = receiver.tries
    given = {"secret": world.secret, "body": body.decode(), "headers": dict(headers)}
    process = await asyncio.create_subprocess_exec(
        "node", "verify.mjs", cwd=tmp_path,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await asyncio.wait_for(process.communicate(json.dumps(given).encode()), 60)
    assert out.decode().split() == ["transaction.topup", "WebhookVerificationError"]
