"""Server-sent events of one's own wallet: what is told, resumed, and asked of the database."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from aiohttp.test_utils import TestClient

from gateway import events
from gateway.app import LIVE_KEY as LIVE
from gateway.database import Pool
from tests.support.browser import open_tab
from tests.support.thirdparty import Unavailable, event_tools

from .conftest import Caller, make_token, problem

Event = tuple[str, str, Any]  # its name, its id, its data


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LIVE_PACE", 0.1)


class Listener:
    def __init__(self) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.is_over = asyncio.Event()

    async def next(self) -> Event:
        return await asyncio.wait_for(self.events.get(), 10)

    async def read(self, answer: Any) -> None:
        fields: dict[str, str] = {}
        async for line in answer.content:
            text = line.decode().rstrip("\n")
            if text:
                name, _, value = text.partition(": ")
                fields[name] = value
            elif "data" in fields:
                self.events.put_nowait((fields["event"], fields["id"], json.loads(fields["data"])))
                fields = {}
        self.is_over.set()


@asynccontextmanager
async def listening(caller: Caller, path: str = "me", **headers: str) -> AsyncIterator[Listener]:
    listener = Listener()
    given = {"Authorization": f"Bearer {caller.token}"} | headers
    url = caller.client.make_url(f"/v1/wallets/{path}/events")
    async with aiohttp.ClientSession() as http, http.get(url, headers=given) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "text/event-stream"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Request-ID"]
        task = asyncio.create_task(listener.read(answer))
        yield listener
        task.cancel()
        await asyncio.wait([task])


async def spend(user: Caller, amount: str = "1.50") -> Any:
    answer = await user("POST", "/v1/wallets/me/spend", {"asset": "GOLD", "amount": amount})
    assert answer.status == 201
    return await answer.json()


async def test_the_balances_and_then_what_moves(user: Caller) -> None:
    async with listening(user) as listener:
        name, event_id, data = await listener.next()
        assert (name, event_id) == ("balances", "GOLD:1")
        assert data == {
            "user_id": user.user_id,
            "balances": [{"asset": "GOLD", "balance": "100.00", "seq": 1}],
        }
        receipt = await spend(user)
        name, event_id, data = await listener.next()
        assert (name, event_id) == ("transaction", "GOLD:2")
        assert data["transaction_id"] == receipt["transaction_id"]
        assert (data["amount"], data["entry_type"], data["balance"]) == ("1.50", "DEBIT", "98.50")
        for seq in range(3, 8):
            await spend(user)
            assert (await listener.next())[1] == f"GOLD:{seq}"


async def test_who_has_nothing_yet_hears_of_the_first(new_user: Any, service: Caller) -> None:
    user = await new_user()
    async with listening(user) as listener:
        nothing = {"asset": "GOLD", "balance": "0.00", "seq": 0}
        assert (await listener.next())[2]["balances"] == [nothing]
        body = {"asset": "GOLD", "amount": 5}
        await service("POST", f"/v1/wallets/{user.user_id}/topup", body)
        name, event_id, data = await listener.next()
        assert (name, event_id, data["balance"]) == ("transaction", "GOLD:1", "5.00")


async def test_who_comes_back_has_missed_nothing(user: Caller) -> None:
    async with listening(user) as listener:
        _, last, _ = await listener.next()
    made = [(await spend(user))["transaction_id"] for _ in range(20)]
    async with listening(user, **{"Last-Event-ID": last}) as listener:
        heard = [await listener.next() for _ in made]
    assert [name for name, _, _ in heard] == ["transaction"] * 20
    assert [data["transaction_id"] for _, _, data in heard] == made
    async with listening(user, **{"Last-Event-ID": heard[11][1]}) as listener:
        rest = [await listener.next() for _ in range(8)]
    assert rest == heard[12:]


async def test_who_was_away_for_too_long_hears_of_the_gap(user: Caller) -> None:
    for _ in range(100):
        await spend(user, "0.01")
    async with listening(user, **{"Last-Event-ID": "GOLD:1"}) as listener:
        heard = await listener.next()
        assert heard[0] == "transaction"
    async with listening(user, **{"Last-Event-ID": "GOLD:0"}) as listener:
        assert (await listener.next()) == (
            "gap", "GOLD:101", {"asset": "GOLD", "balance": "99.00", "seq": 101}
        )  # fmt: skip
        await spend(user)
        assert (await listener.next())[0] == "transaction"


async def test_a_ledger_that_went_back_is_a_gap(user: Caller) -> None:
    """As after a restoration: the client knows more than there is."""
    async with listening(user, **{"Last-Event-ID": "GOLD:9"}) as listener:
        assert (await listener.next())[:2] == ("gap", "GOLD:1")


@pytest.mark.parametrize("last", ["", "nonsense", "GOLD:x", "GOLD:1,", ":1", "GOLD:-1"])
async def test_an_id_that_is_none_of_ours_begins_anew(user: Caller, last: str) -> None:
    async with listening(user, **{"Last-Event-ID": last}) as listener:
        assert (await listener.next())[0] == "balances"


async def test_who_may_listen_to_whom(
    gateway: TestClient, user: Caller, new_user: Any, service: Caller
) -> None:
    other = await new_user(1)
    path = f"/v1/wallets/{other.user_id}/events"
    assert await problem(await gateway.get(path)) == (401, "GW401")
    mine = {"Authorization": f"Bearer {user.token}"}
    assert await problem(await gateway.get(path, headers=mine)) == (404, "WA201")
    theirs = {"Authorization": f"Bearer {service.token}"}
    missing = f"/v1/wallets/{uuid4()}/events"
    assert await problem(await gateway.get(missing, headers=theirs)) == (404, "WA201")
    async with listening(service, str(other.user_id)) as listener:
        assert (await listener.next())[2]["user_id"] == other.user_id
    # As a browser's EventSource has to ask.
    answer = await gateway.get("/v1/wallets/me/events", params={"access_token": str(user.token)})
    assert answer.status == 200
    answer.close()
    # Nothing else takes a token from there.
    answer = await gateway.get("/v1/wallets/me", params={"access_token": str(user.token)})
    assert answer.status == 401


async def test_a_token_that_is_cut_off_ends_it(user: Caller, admin: Caller) -> None:
    async with listening(user) as listener:
        await listener.next()
        await admin("POST", f"/v1/admin/users/{user.user_id}/tokens/revoke", key=None)
        await asyncio.wait_for(listener.is_over.wait(), 5)


async def test_a_token_that_expires_ends_it(user: Caller) -> None:
    user.token = make_token("user", str(user.user_id), exp=int(time.time()) + 2)
    async with listening(user) as listener:
        await listener.next()
        await asyncio.wait_for(listener.is_over.wait(), 5)


async def test_who_is_slow_hears_each_once(user: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on its way to a client is not asked for again."""
    send = events.EventSourceResponse.send

    async def send_slowly(self: Any, *arguments: Any, **named: Any) -> None:
        await asyncio.sleep(0.25)
        await send(self, *arguments, **named)

    async with listening(user) as listener:
        await listener.next()
        monkeypatch.setattr(events.EventSourceResponse, "send", send_slowly)
        for _ in range(6):
            await spend(user)
        heard = [(await listener.next())[:2] for _ in range(6)]
        assert heard == [("transaction", f"GOLD:{seq}") for seq in range(2, 8)]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(listener.events.get(), 1)


async def test_hundreds_of_listeners_cost_one_query_a_second(
    gateway: TestClient, new_user: Any, connect_module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LIVE_PACE", 1.0)
    queries = 0
    query = Pool._query

    async def count(self: Pool, *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return await query(self, *arguments)

    monkeypatch.setattr(Pool, "_query", count)
    database = await connect_module()
    users = [await new_user(10) for _ in range(10)]
    async with AsyncExitStack() as stack:
        listeners = [await stack.enter_async_context(listening(users[n % 10])) for n in range(300)]
        for listener in listeners:
            assert (await listener.next())[0] == "balances"
        before, began = queries, time.monotonic()
        for seq in range(5):
            for user in users:
                await database.execute(
                    "SELECT wallet.spend($1, 'GOLD', 1, $2)", user.user_id, str(uuid4())
                )
            for listener in listeners:
                assert (await listener.next())[1] == f"GOLD:{seq + 2}"
        assert queries - before <= time.monotonic() - began + 1


async def heard(page: Any, number: int) -> None:
    for _ in range(600):
        if await page.evaluate("heard.length") == number:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await page.evaluate("heard"))


async def test_a_browser_listens_and_comes_back(user: Caller, gateway: TestClient) -> None:
    """Chromium's own EventSource, through a gateway that stops once."""
    url = str(gateway.make_url("/v1/wallets/me/events").with_query(access_token=user.token))
    try:
        async with open_tab(str(gateway.make_url("/docs"))) as tab:
            page = tab.page
            await page.evaluate(f"""() => {{
                window.heard = [];
                window.source = new EventSource({json.dumps(url)});
                for (const name of ["balances", "transaction", "gap"])
                    source.addEventListener(name, (event) => heard.push([name, event.lastEventId]));
            }}""")
            await heard(page, 1)
            await spend(user)
            await heard(page, 2)
            gateway.app[LIVE]._end(gateway.app[LIVE]._readers)  # all streams end
            await spend(user)
            await heard(page, 3)
            assert await page.evaluate("heard") == [
                ["balances", "GOLD:1"], ["transaction", "GOLD:2"], ["transaction", "GOLD:3"]
            ]  # fmt: skip
            await page.evaluate("source.close()")
    except Unavailable as reason:
        pytest.skip(str(reason))


NODE = """
import { EventSource } from "eventsource"
const [url, token] = process.argv.slice(2)
const source = new EventSource(url, {
  fetch: (input, init) =>
    fetch(input, {...init, headers: {...init.headers, Authorization: `Bearer ${token}`}}),
})
for (const name of ["balances", "transaction", "gap"])
  source.addEventListener(name, (event) => console.log(name, event.lastEventId))
"""


async def test_npms_eventsource_listens_and_comes_back(
    user: Caller, gateway: TestClient, tmp_path: Path
) -> None:
    try:
        (tmp_path / "node_modules").symlink_to(event_tools())
    except Unavailable as reason:
        pytest.skip(str(reason))
    (tmp_path / "listen.mjs").write_text(NODE)
    url = str(gateway.make_url("/v1/wallets/me/events"))
    process = await asyncio.create_subprocess_exec(
        "node", "listen.mjs", url, str(user.token), cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout

    async def line() -> str:
        assert process.stdout
        return (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()

    try:
        assert await line() == "balances GOLD:1"
        await spend(user)
        assert await line() == "transaction GOLD:2"
        gateway.app[LIVE]._end(gateway.app[LIVE]._readers)  # all streams end
        await spend(user)
        assert await line() == "transaction GOLD:3"
    finally:
        process.kill()
        await process.wait()
