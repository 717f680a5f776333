"""What clients of TigerBeetle do, in a process of their own: fill, spend, or say what was moved.

TigerBeetle's client makes a Python object of each transfer and of each result, which takes longer
than the server needs for them. Here a whole request is packed at once, and a whole answer too.
"""

import ctypes
import json
import random
import struct
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import tigerbeetle

MAX_BATCH = 8189  # transfers or accounts
FUNDS = 10**9
# id, unused, ledger, code, flags, timestamp
ACCOUNT = struct.Struct("<QQ 96x IHH 8x")
# id, debited account, credited account, amount, unused, ledger, code, flags, timestamp
TRANSFER = struct.Struct("<QQ QQ QQ QQ 48x IHH 8x")
RESULT = struct.Struct("<QII")  # timestamp, status, unused
ONE_KIND = 1, 1  # ledger, code
CREATED = 0xFFFFFFFF


def create(client: Any, operation: Any, events: bytes) -> None:
    """Raise unless each account, or transfer, was created."""

    class Results(ctypes.Structure):
        _fields_ = (("all", ctypes.c_ubyte * (len(events) // ACCOUNT.size * RESULT.size)),)

        def to_python(self) -> bytes:
            return bytes(self.all)  # what it points at goes

    whole = ctypes.c_ubyte * len(events)
    [results] = client._submit(operation, [whole.from_buffer_copy(events)], whole, Results)
    for _, status, _ in RESULT.iter_unpack(results):
        if status != CREATED:
            raise SystemExit(f"{operation.name}: status {status}")


def transfers(movements: Iterable[tuple[int, int, int]]) -> bytes:
    """Of (debited account, credited account, amount), with ids that rise with time."""
    high = (time.time_ns() // 1_000_000 << 16) | random.getrandbits(16)
    low = random.getrandbits(48) << 16
    return b"".join(
        TRANSFER.pack(low | number, high, debited, 0, credited, 0, amount, 0, *ONE_KIND, 0)
        for number, (debited, credited, amount) in enumerate(movements)
    )


def fill(client: Any, users: int) -> None:
    """Accounts 1 to `users`, each with its funds from the next account, the treasury's."""
    operation, treasury = tigerbeetle.Operation, users + 1
    may_not_owe = tigerbeetle.AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
    create(client, operation.CREATE_ACCOUNTS, ACCOUNT.pack(treasury, 0, *ONE_KIND, 0))
    for first in range(1, users + 1, MAX_BATCH):
        numbers = range(first, min(first + MAX_BATCH, users + 1))
        accounts = b"".join(ACCOUNT.pack(n, 0, *ONE_KIND, may_not_owe) for n in numbers)
        create(client, operation.CREATE_ACCOUNTS, accounts)
        funds = transfers((treasury, n, FUNDS) for n in numbers)
        create(client, operation.CREATE_TRANSFERS, funds)


def spend(
    sessions: Sequence[Any], users: int, last: int, clients: int, batch: int, seconds: float
) -> dict[str, Any]:
    """So many clients share the sessions; a batch is of as many users, of 1 to `last`."""

    def work(number: int) -> list[float]:
        session, took = sessions[number % len(sessions)], []
        while time.perf_counter() < until:
            first, step = random.randrange(last), 10 * random.randrange(max(1, last // 10)) + 7
            spends = ((first + n * step) % last + 1 for n in range(batch))
            events = transfers((user, users + 1, 1) for user in spends)
            began = time.perf_counter()
            create(session, tigerbeetle.Operation.CREATE_TRANSFERS, events)
            took.append(time.perf_counter() - began)
        return took

    worked, began = time.process_time(), time.perf_counter()
    until = began + seconds
    with ThreadPoolExecutor(clients) as pool:
        latencies = [each for took in pool.map(work, range(clients)) for each in took]
    seconds = time.perf_counter() - began
    cpu = (time.process_time() - worked) / seconds
    return {"seconds": seconds, "latencies": sorted(latencies), "cpu": cpu}


def main() -> None:
    """Fill a server, or spend as is given in JSON and say what came of it."""
    given = json.loads(sys.argv[1])
    address, users, sessions = given.pop("address"), given.pop("users"), given.pop("sessions", 1)
    with ExitStack() as stack:
        clients = [stack.enter_context(tigerbeetle.ClientSync(0, address)) for _ in range(sessions)]
        if not given:
            fill(clients[0], users)
        else:
            found = spend(clients, users, **given)
            found["credits"] = clients[0].lookup_accounts([users + 1])[0].credits_posted
            json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
