"""Those beside pgwallet in the bench: what they are asked, what counts, what is said of them."""

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
import tigerbeetle
from click.testing import CliRunner

from bench import load, table
from bench.__main__ import main
from bench.cluster import BenchError
from bench.peers import KNOWN, PROMISES, Peer, promises
from bench.tigerbeetle import TigerBeetle, versions
from bench.tigerbeetle_client import ACCOUNT, ONE_KIND, transfers

REQUEST = """\
# name: A peer
# durability: none
# a comment
POST /pay/{{number}}
X-Key: {{key}}

{"who": "{{user}}", "why": "\u00e9"}
"""
USERS = 3


class Payments(ThreadingHTTPServer):
    """Takes each payment, or refuses all; answers by length and in chunks by turns, or ends."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.paid: list[tuple[str, str, bytes]] = []
        self.status, self.ends = 201, False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Payments

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.paid.append((self.path, self.headers["X-Key"], body))
        self.send_response(self.server.status)
        if self.server.ends:
            self.send_header("Connection", "close")
        if len(self.server.paid) % 2:
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"paid")
        else:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"2\r\npa\r\n")
            self.wfile.write(b"2\r\nid\r\n0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def payments() -> Iterator[Payments]:
    with Payments() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield server
        server.shutdown()


def peer(server: Payments, folder: Path, request: str = REQUEST) -> Peer:
    (folder / "pay.http").write_text(request)
    return Peer.parse(f"http://127.0.0.1:{server.server_port}", folder / "pay.http")


def test_a_load_on_a_peer_counts_what_it_answers(payments, tmp_path):
    other = peer(payments, tmp_path)
    other.check()
    found = load.closed(other.target(USERS), 4, 0.3)
    assert len(found.answers) == len(found.good) > 10
    # The last answer of each connection comes when the time is over.
    assert 0 <= len(payments.paid) - 1 - len(found.good) <= 4
    assert len({key for _, key, _ in payments.paid}) == len(payments.paid)
    for path, key, body in payments.paid[1:]:
        assert UUID(key)
        [number] = re.fullmatch(r"/pay/([123])", path).groups()
        assert body.decode() == f'{{"who": "{load.user_id(number)}", "why": "\u00e9"}}'


def test_what_a_peer_refuses_is_an_error(payments, tmp_path):
    payments.status = 409
    other = peer(payments, tmp_path)
    with pytest.raises(BenchError, match="A peer answers 409: paid"):
        other.check()
    found = load.closed(other.target(USERS), 2, 0.1)
    assert not found.good
    assert found.bad.keys() == {409}


def test_a_peer_has_to_keep_its_connections(payments, tmp_path):
    payments.ends = True
    with pytest.raises(BenchError, match="A peer ends the connection"):
        peer(payments, tmp_path).check()


def test_a_peer_that_is_not_there_is_named(payments, tmp_path):
    other = Peer("127.0.0.1", 1, "GET /", {})
    with pytest.raises(BenchError, match=r"127\.0\.0\.1:1 does not answer: Connection"):
        other.check()


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:1", "http://127.0.0.1:1/v1", "127.0.0.1:1", "http://127.0.0.1:x"]
)
def test_an_address_is_a_host_and_a_port(tmp_path, url):
    with pytest.raises(BenchError, match="is not like http://"):
        Peer.parse(url, tmp_path / "none.http")


def test_a_promise_of_another_name_is_refused(payments, tmp_path):
    with pytest.raises(BenchError, match="speed is none of name, durability, keys"):
        peer(payments, tmp_path, f"# speed: high\n{REQUEST}")


def test_each_in_the_table_says_what_it_promises(payments, tmp_path):
    lines = promises(["pgledger"], peer(payments, tmp_path))
    assert [line[0] for line in lines[1:]] == [
        *(each for each in KNOWN if each != "pgledger"),
        "A peer",
    ]
    assert lines[-1] == ("A peer", "none", "not said", "not said", "not said")
    assert all(len(line) == 1 + len(PROMISES) for line in lines)
    assert "not said" in table.promises(lines)


@pytest.mark.parametrize("request_", ["", "# name: A peer\n", "/pay", "POST /pay HTTP/1.1"])
def test_a_request_begins_with_method_and_path(payments, tmp_path, request_):
    with pytest.raises(BenchError, match="does not begin like POST /path"):
        peer(payments, tmp_path, request_)


@pytest.mark.parametrize("option", ["--peer-http=http://127.0.0.1:1", f"--peer-request={__file__}"])
def test_an_address_and_a_request_go_together(option):
    result = CliRunner().invoke(main, [option])
    assert result.exit_code == 2
    assert "--peer-http and --peer-request go together" in result.output


def test_tigerbeetle_gets_what_its_client_would_send():
    size = ACCOUNT.size
    sent = transfers([(1, 2, 3), (4, 5, 6)])
    first, second = (
        tigerbeetle.bindings.CTransfer.from_buffer_copy(sent[at : at + size]).to_python()
        for at in (0, size)
    )
    assert (first.debit_account_id, first.credit_account_id, first.amount) == (1, 2, 3)
    assert (second.debit_account_id, second.credit_account_id, second.amount) == (4, 5, 6)
    assert second.id == first.id + 1
    assert (first.ledger, first.code, first.flags, first.timestamp) == (*ONE_KIND, 0, 0)
    packed = ACCOUNT.pack(7, 0, *ONE_KIND, 2)
    account = tigerbeetle.bindings.CAccount.from_buffer_copy(packed).to_python()
    assert (account.id, account.ledger, account.code, account.credits_posted) == (7, *ONE_KIND, 0)
    assert account.flags == tigerbeetle.AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS


def program(folder: Path, text: str) -> Path:
    file = folder / "program"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_another_program_is_no_tigerbeetle(tmp_path):
    with pytest.raises(BenchError, match="is no server of TigerBeetle"):
        versions(program(tmp_path, "echo something else"))


@pytest.mark.parametrize(
    ("fails", "said"), [("format", "can't make its file"), ("start", "did not start")]
)
def test_a_server_that_fails_is_heard(tmp_path, fails, said):
    binary = program(tmp_path, f'[ "$1" = {fails} ] && echo no room && exit 1 || touch "$5"')
    with ExitStack() as stack, pytest.raises(BenchError, match=f"{said}:\nno room"):
        TigerBeetle(binary, SimpleNamespace(home=tmp_path, users=1), stack)
