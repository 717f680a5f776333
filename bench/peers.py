"""What those in the table promise, and one that speaks HTTP and is known by its address alone."""

import re
import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from itertools import takewhile
from pathlib import Path

from bench.cluster import BenchError
from bench.load import Target

PROMISES = ("durability", "keys", "chain", "double entry")
SYNCED = "synced before the answer"
KNOWN: dict[str, tuple[str, ...]] = {
    "pgwallet": (
        SYNCED,
        "a user's, for ever: the first receipt again, another request is refused",
        "of hashes, for each wallet; verify() checks it",
        "a transfer names both sides",
    ),
    "floor": (SYNCED, "a repeat is an error", "a hash of nothing but the one before", "no"),
    "seeds' way": (SYNCED, "a table of them: the first answer again", "no", "two entries"),
    "pgledger": (SYNCED, "no", "no", "two entries"),
    "TigerBeetle": (
        f"{SYNCED}, by one replica",
        "a transfer's id, for ever: another transfer with it is refused",
        "of its log, which callers can't check",
        "a transfer names both sides",
    ),
}
ADDRESS = re.compile(r"http://(?P<host>[^/:]+)(:(?P<port>\d{1,5}))?/?")
SAID = re.compile(r"#\s*([^:]+):\s*(.*)")
REQUEST = re.compile(r"[A-Z]+ /\S*")


@dataclass(frozen=True)
class Peer:
    """An implementation that runs already, the request that spends there, and what it promises."""

    host: str
    port: int
    template: str
    said: Mapping[str, str]

    @classmethod
    def parse(cls, url: str, file: Path) -> "Peer":
        """The file is a request; comments before it may say the peer's name and promises."""
        if not (address := ADDRESS.fullmatch(url)):
            raise BenchError(f"{url} is not like http://127.0.0.1:8080; the file has the path")
        lines = file.read_text().lstrip().splitlines()
        comments = list(takewhile(lambda line: line.startswith("#"), lines))
        said = {found[1].strip(): found[2] for found in map(SAID.match, comments) if found}
        if unknown := said.keys() - {"name", *PROMISES}:
            raise BenchError(f"{file}: {min(unknown)} is none of name, {', '.join(PROMISES)}")
        request = lines[len(comments) :]
        if not (request and REQUEST.fullmatch(request[0])):
            raise BenchError(f"{file} does not begin like POST /path")
        return cls(address["host"], int(address["port"] or 80), "\n".join(request), said)

    @property
    def name(self) -> str:
        return self.said.get("name", f"{self.host}:{self.port}")

    def target(self, users: int) -> Target:
        return Target(self.host, self.port, self.template, users)

    def check(self) -> None:
        """Raise unless it takes the request and keeps the connection."""
        try:
            with socket.create_connection((self.host, self.port), timeout=10) as connection:
                connection.sendall(next(self.target(1).requests()))
                answer = HTTPResponse(connection)
                answer.begin()
                text = answer.read(500).decode(errors="replace")
        except (OSError, HTTPException) as error:
            raise BenchError(f"{self.name} does not answer: {error!r}") from None
        if not 200 <= answer.status < 300:
            raise BenchError(f"{self.name} answers {answer.status}: {text}")
        if answer.will_close:
            raise BenchError(f"{self.name} ends the connection after its answer")


def promises(left_out: Collection[str], peer: Peer | None) -> list[tuple[str, ...]]:
    """A line for each; the first says what the columns are."""
    known = {name: said for name, said in KNOWN.items() if name not in left_out}
    if peer:
        known[peer.name] = tuple(peer.said.get(each, "not said") for each in PROMISES)
    return [("what is promised", *PROMISES), *((name, *said) for name, said in known.items())]
