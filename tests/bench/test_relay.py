"""The wire of the bench: everything comes, in order, not before its time, to whom it is for."""

import socket
import socketserver
import subprocess
import sys
import threading
import time

import pytest

DELAY = 0.02  # seconds, in each direction


class Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(line)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory):
    path = str(tmp_path_factory.mktemp("relay") / "server")
    command = [sys.executable, "-m", "bench.relay", path, str(DELAY)]
    with (
        socketserver.ThreadingUnixStreamServer(path, Echo) as server,
        subprocess.Popen(command, stdout=subprocess.PIPE) as relay,
    ):
        threading.Thread(target=server.serve_forever).start()
        try:
            yield int(relay.stdout.readline())
        finally:
            relay.kill()
            server.shutdown()


def test_each_piece_takes_a_round_trip_and_keeps_its_place(port: int):
    with socket.create_connection(("127.0.0.1", port)) as client:
        answers = client.makefile("rb")
        for number in range(5):
            began = time.monotonic()
            sent = [b"%d %d\n" % (number, piece) for piece in range(50)]
            for piece in sent:
                client.send(piece)
            received = [answers.readline()]
            assert time.monotonic() - began >= 2 * DELAY
            received += [answers.readline() for _ in sent[1:]]
            assert received == sent


def test_clients_get_their_own_answers_at_the_same_time(port: int):
    began = time.monotonic()
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    for number, client in enumerate(clients):
        client.send(b"%d\n" % number)
    for number, client in enumerate(clients):
        assert client.makefile("rb").readline() == b"%d\n" % number
        client.close()
    assert time.monotonic() - began < len(clients) * 2 * DELAY


def test_an_end_comes_after_what_was_said_before(port: int):
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.send(b"last words\n")
        client.shutdown(socket.SHUT_WR)
        assert client.makefile("rb").read() == b"last words\n"
