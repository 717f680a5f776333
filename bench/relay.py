"""A long wire to the server: what comes from either side is handed on after a delay.

It runs in a process of its own. The delay is the same for all, so one queue keeps the order. Loops
of asyncio wait whole milliseconds; select knows microseconds.
"""

import selectors
import socket
import sys
import time
from collections import deque
from contextlib import suppress
from select import select
from typing import Any

AT_ONCE = 65_536  # bytes


def relay(listener: socket.socket, server: str, delay: float) -> None:
    """Between everybody who connects and the server, for ever."""
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    on_the_way: deque[tuple[float, socket.socket, bytes]] = deque()
    while True:
        wait = max(0, on_the_way[0][0] - time.monotonic()) if on_the_way else None
        for key, _ in selector.select(0) if select([selector], [], [], wait)[0] else ():
            source: Any = key.fileobj
            if source is listener:
                near, far = listener.accept()[0], socket.socket(socket.AF_UNIX)
                near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                far.connect(server)
                selector.register(near, selectors.EVENT_READ, far)
                selector.register(far, selectors.EVENT_READ, near)
                continue
            try:
                data = source.recv(AT_ONCE)
            except ConnectionError:
                data = b""
            if not data:  # its end, which comes to the other side after the delay too
                selector.unregister(source)
            on_the_way.append((time.monotonic() + delay, key.data, data))
        now = time.monotonic()
        while on_the_way and on_the_way[0][0] <= now:
            _, target, data = on_the_way.popleft()
            with suppress(OSError):  # it has gone meanwhile
                if data:
                    target.sendall(data)
                else:
                    target.shutdown(socket.SHUT_WR)


def main() -> None:
    server, delay = sys.argv[1:]
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        print(listener.getsockname()[1], flush=True)
        relay(listener, server, float(delay))


if __name__ == "__main__":
    main()
