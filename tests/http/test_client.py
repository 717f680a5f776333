"""The Python client: what is lost on the way is sent again, and moves something once."""

import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import suppress
from decimal import Decimal
from uuid import UUID, uuid4

import aiohttp
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from gateway.routes import ROUTES
from gateway.types import BatchItem, GrantRequest
from pgwallet.client import NoAnswer, Problem, Wallet

from .conftest import Caller, make_token

HEADERS_END = b"\r\n\r\n"


class Cutter:
    """A proxy that cuts the connection when the first `cuts` answers come: they are lost."""

    def __init__(self, port: int) -> None:
        self.port, self.cuts, self.answers = port, 0, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there = await asyncio.open_connection("127.0.0.1", self.port)
        with suppress(ConnectionError):
            await asyncio.gather(self._ask(reader, there), self._answer(there_reader, writer))
        there.close()
        writer.close()

    async def _ask(self, reader: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            there.write(data)
        there.close()

    async def _answer(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await there.read(65536):
            self.answers += 1
            if self.answers <= self.cuts:
                writer.transport.abort()
                return
            writer.write(data)
        writer.close()


@pytest.fixture
async def cutter(gateway: TestClient) -> AsyncIterator[Cutter]:
    cutter = Cutter(gateway.port)
    server = await asyncio.start_server(cutter.serve, "127.0.0.1", 0)
    cutter.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield cutter
    server.close()


@pytest.fixture
async def wallet(gateway: TestClient) -> AsyncIterator[Wallet]:
    async with Wallet(str(gateway.make_url("/")), make_token("service", "a shop")) as wallet:
        yield wallet


@pytest.fixture
async def answering(aiohttp_server):
    """A client of a server that gives these answers in turn, and what that was asked."""
    servers = []

    async def start(*answers: web.Response, **options) -> tuple[Wallet, list[web.Request]]:
        asked: list[web.Request] = []

        async def answer(request: web.Request) -> web.Response:
            asked.append(request)
            return answers[len(asked) - 1]

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        server = await aiohttp_server(app)
        servers.append(
            await Wallet(str(server.make_url("/shop/")), "token", **options).__aenter__()
        )
        return servers[-1], asked

    yield start
    for each in servers:
        await each.__aexit__()


def busy(status: int = 503, **headers: str) -> web.Response:
    return web.Response(status=status, text="<html>busy", headers=headers)


def test_every_route_has_its_method():
    names = {getattr(route.around, "__name__", route.function) for route in ROUTES}
    methods = {
        name: method
        for name, method in vars(Wallet).items()
        if inspect.iscoroutinefunction(method) and not name.startswith("_")
    }
    assert names == methods.keys() - {"send_once"}
    for route in ROUTES:
        method = methods[getattr(route.around, "__name__", route.function)]
        fields = {
            field.name: field.required
            for struct in (route.body, route.query)
            if struct is not None
            for field in msgspec.structs.fields(struct)
        }
        empty = inspect.Parameter.empty
        for name, parameter in inspect.signature(method).parameters.items():
            if name not in ("self", "more", "key"):
                assert (parameter.default is empty) == fields.get(name, True), (method, name)


async def test_it_moves_and_reads(wallet, user, gold):
    user_id = UUID(user.user_id)
    receipt = await wallet.topup(user_id, gold, Decimal("2.50"), reference="order 1")
    assert (receipt.kind, receipt.amount, receipt.balance) == ("TOPUP", "2.50", "102.50")
    assert (receipt.user_id, receipt.reference) == (user_id, "order 1")
    spent = await wallet.spend(user_id, gold, 2, metadata={"level": 3}, key='a "key" \\ of mine')
    again = await wallet.spend(user_id, gold, 2, metadata={"level": 3}, key='a "key" \\ of mine')
    assert spent == again
    one = await wallet.get_transaction(user_id, spent.transaction_id)
    assert one.idempotency_key == 'a "key" \\ of mine'
    before = await wallet.get_balance(user_id, gold, at=receipt.created_at)
    assert before.balance == "102.50"
    page = await wallet.list_transactions(user_id, asset=gold, limit=1)
    assert [each.kind for each in page.items] == ["SPEND"]
    page = await wallet.list_transactions(user_id, asset=gold, limit=1, cursor=page.next_cursor)
    assert [each.kind for each in page.items] == ["TOPUP"]
    hold = await wallet.place_hold(user_id, gold, 10, 60)
    captured = await wallet.capture_hold(user_id, hold.hold_id, amount=4)
    assert captured.remaining == "6.00"
    assert (await wallet.release_hold(user_id, hold.hold_id)).status == "released"
    batch = await wallet.post_batch(
        [BatchItem(user_id, "SPEND", gold, "1", str(uuid4())) for _ in range(2)]
    )
    assert [each.code for each in batch.items] == [None, None]


async def test_a_batch_may_be_large(wallet, user, gold):
    user_id, more = UUID(user.user_id), {"reference": "x" * 255, "metadata": {"note": "y" * 500}}
    batch = [BatchItem(user_id, "BONUS", gold, 1, f"{n} {uuid4()}", **more) for n in range(8192)]
    results = await wallet.post_batch(batch)
    assert [each.balance for each in results.items] == [f"{100 + n}.00" for n in range(1, 8193)]
    for wrong in ([], [*batch, batch[0]]):
        with pytest.raises(Problem) as caught:
            await wallet.post_batch(wrong)
        assert caught.value.code == "GW422"


async def test_a_problem_is_an_exception(wallet, user, gold):
    with pytest.raises(Problem) as caught:
        await wallet.spend(user.user_id, gold, 1000, key="too much")
    problem = caught.value
    assert (problem.code, problem.status, problem.key) == ("WA401", 409, "too much")
    assert "is missing" in problem.detail and problem.hint and len(problem.request_id) == 32
    assert str(problem).count("WA401") == 1
    with pytest.raises(Problem) as caught:
        await wallet.get_balance("../../admin", gold)
    assert caught.value.code == "GW422"
    wallet.token = None
    with pytest.raises(Problem) as caught:
        await wallet.list_assets()
    assert (caught.value.code, caught.value.key) == ("GW401", None)


async def test_an_argument_that_is_unknown_is_refused(wallet, user):
    with pytest.raises(TypeError, match="takes no assset"):
        await wallet.list_transactions(user.user_id, assset="GOLD")


async def test_what_was_lost_on_the_way_back_pays_once(cutter, user, gold, wallet):
    cutter.cuts = 3
    async with Wallet(cutter.url, make_token("service", "a shop")) as far:
        receipt = await far.topup(user.user_id, gold, 5)
        assert cutter.answers == 4
        assert receipt.balance == "105.00"
        cutter.cuts = 7
        await far.post_batch([BatchItem(UUID(user.user_id), "SPEND", gold, 1, "one of a batch")])
        assert cutter.answers == 8
    assert (await wallet.get_balance(user.user_id, gold)).balance == "104.00"


async def test_without_an_answer_the_key_is_told(cutter, user, gold, wallet):
    cutter.cuts = 1000
    async with Wallet(cutter.url, make_token("service", "a shop"), patience=0.5) as far:
        with pytest.raises(NoAnswer) as caught:
            await far.topup(user.user_id, gold, 5)
    assert cutter.answers >= 1
    receipt = await wallet.topup(user.user_id, gold, 5, key=caught.value.key)
    assert receipt.balance == "105.00"


async def test_what_has_no_key_is_not_sent_twice(cutter, admin):
    cutter.cuts = 1
    async with Wallet(cutter.url, make_token("admin", "an admin")) as far:
        with pytest.raises(NoAnswer):
            await far.create_user(name="Ann")
    assert cutter.answers == 1


async def test_what_did_not_arrive_is_sent_again(gateway: TestClient, unused_tcp_port, admin):
    """Nobody listens at first; then the gateway does."""
    cutter = Cutter(gateway.port)
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with Wallet(url, make_token("admin", "an admin")) as far:
        asked = asyncio.create_task(far.create_user(name="Ann"))
        await asyncio.sleep(0.3)
        server = await asyncio.start_server(cutter.serve, "127.0.0.1", unused_tcp_port)
        assert (await asked).name == "Ann"
        server.close()


async def test_it_waits_as_long_as_it_is_told(answering):
    done = web.json_response({"items": []})
    wallet, asked = await answering(busy(429, **{"Retry-After": "1"}), busy(502), done)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert (await wallet.list_assets()).items == []
    assert [request.path for request in asked] == ["/shop/v1/assets"] * 3
    assert loop.time() - began >= 1

    wallet, asked = await answering(busy(**{"Retry-After": "60"}), patience=5)
    with pytest.raises(Problem) as caught:
        await wallet.list_assets()
    assert (caught.value.status, caught.value.code, len(asked)) == (503, "503", 1)


async def test_it_keeps_its_key(answering):
    wallet, asked = await answering(busy(), busy(504), busy(502), busy(500))
    with pytest.raises(Problem) as caught:
        await wallet.spend("me", "GOLD", 1)
    assert {request.headers["Idempotency-Key"] for request in asked} == {f'"{caught.value.key}"'}
    assert len(asked) == 4


async def test_a_session_that_was_given_stays_open(gateway: TestClient, user: Caller):
    async with aiohttp.ClientSession() as session:
        url = str(gateway.make_url("/"))
        async with Wallet(url, user.token, session=session) as wallet:
            assert (await wallet.list_balances("me")).user_id == UUID(user.user_id)
        assert not session.closed


async def test_campaigns_and_proofs(gateway, user, gold):
    """A null that is asked for is sent, and so is a name that Python keeps for itself."""
    token = make_token("admin", "an admin")
    async with Wallet(str(gateway.make_url("/")), token) as wallet:
        made = await wallet.create_campaign(f"C{uuid4().hex}", gold, budget=10, reason="a test")
        user_id = UUID(user.user_id)
        grants = [GrantRequest("7.50", user_id=user_id), GrantRequest(1, external_id="nobody")]
        tried = await wallet.grant_batch(made.campaign, grants, dry_run=True)
        given = await wallet.grant_batch(made.campaign, grants, reason="a test")
        assert tried == given
        assert (given.users, given.amount, [r.code for r in given.refusals]) == (
            1,
            "7.50",
            ["WA201"],
        )
        assert (await wallet.grant_batch(made.campaign, grants[:1], reason="again")).replays == 1
        changed = await wallet.change_budget(made.campaign, None, reason="more to give")
        assert (changed.budget, changed.granted, changed.users) == (None, "7.50", 1)

        first = await wallet.verify_page(limit=1)
        assert (first.users, first.findings) == (1, [])
        rest = await wallet.verify_page(from_=first.next_user_id)
        assert rest.next_user_id is None
        kept = await wallet.checkpoint()
        assert (await wallet.list_checkpoints(limit=1)).items == [kept]
        assert not (await wallet.verify_checkpoint(kept.checkpoint_id, kept.root)).items
        assert not (await wallet.verify_page(since=kept.checkpoint_id)).findings
        with pytest.raises(Problem, match="checkpoint not found"):
            await wallet.verify_page(since=kept.checkpoint_id + 1)
        [wrong] = (await wallet.verify_checkpoint(kept.checkpoint_id, "00" * 32)).items
        assert wrong.found == kept.root
