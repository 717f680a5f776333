"""How an answer is written: as HTTP has it, to each kind of client."""

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from .conftest import make_token

TOKEN = f"Host: x\r\nAuthorization: Bearer {make_token('admin', 'x')}\r\n"


async def ask(gateway: TestClient, text: str) -> tuple[str, dict[str, str], bytes, bool]:
    """The status line, the headers, the body, and whether the connection stays open."""
    reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
    writer.write(text.encode())
    status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
    headers = dict(line.split(": ", 1) for line in lines)
    size = 0 if text.startswith("HEAD") else int(headers["Content-Length"])
    body, is_open = await reader.readexactly(size), False
    try:
        body += await asyncio.wait_for(reader.read(1), 0.5)
    except TimeoutError:
        is_open = True
    writer.close()
    return status, headers, body, is_open


@pytest.mark.parametrize(
    ("version", "wish", "said", "stays"),
    [
        ("1.1", "", None, True),
        ("1.1", "Connection: close\r\n", "close", False),
        ("1.0", "", None, False),
        ("1.0", "Connection: keep-alive\r\n", "keep-alive", True),
    ],
)
async def test_a_connection_stays_as_long_as_its_client_wants(
    gateway: TestClient, version: str, wish: str, said: Any, stays: bool
) -> None:
    text = f"GET /v1/assets HTTP/{version}\r\n{TOKEN}{wish}\r\n"
    status, headers, body, is_open = await ask(gateway, text)
    assert status == f"HTTP/{version} 200 OK"
    assert headers.get("Connection") == said
    assert len(body) == int(headers["Content-Length"]) > 0
    assert is_open == stays


@pytest.mark.parametrize("path", ["/v1/assets", "/health"])
async def test_head_is_answered_without_the_body(gateway: TestClient, path: str) -> None:
    of_get = await ask(gateway, f"GET {path} HTTP/1.1\r\n{TOKEN}\r\n")
    status, headers, body, is_open = await ask(gateway, f"HEAD {path} HTTP/1.1\r\n{TOKEN}\r\n")
    assert status == of_get[0] == "HTTP/1.1 200 OK"
    assert headers["Content-Length"] == of_get[1]["Content-Length"]
    assert (body, is_open) == (b"", True)


async def test_a_long_answer_comes_whole(gateway: TestClient) -> None:
    text = f"GET /openapi.json HTTP/1.1\r\n{TOKEN}\r\n"
    _, headers, body, _ = await ask(gateway, text)
    assert len(body) == int(headers["Content-Length"]) > 2**16
