"""The real process: `pgwallet serve`, its signals, its workers."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from typing import Any

import aiohttp
import psutil
import pytest

from .conftest import end, ready

SLOW = """
CREATE OR REPLACE FUNCTION wallet.list_assets() RETURNS SETOF wallet.asset
LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1.5); RETURN; END $$
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_lets_requests_finish(
    serve: Any, http: Any, database: Any, number: signal.Signals
) -> None:
    process, url = serve()
    await ready(http, url)
    database.psql(SLOW)
    slow = asyncio.create_task(http.get(f"{url}/v1/assets"))
    await asyncio.sleep(0.3)
    process.send_signal(number)
    await asyncio.sleep(0.3)
    with pytest.raises(aiohttp.ClientConnectionError):
        async with aiohttp.ClientSession() as another:
            await another.get(f"{url}/health")
    process.send_signal(number)
    answer = await slow
    assert (answer.status, (await answer.json())["items"]) == (200, [])
    code, _, err = await end(process)
    assert code == 0
    assert "Traceback" not in err
    lines = [json.loads(line) for line in err.splitlines()]
    assert lines[0]["message"].endswith(f" on {url}")
    assert [line["status"] for line in lines if line.get("route") == "/v1/assets"] == [200]
    left = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'pgwallet'"
    assert not database.psql(f"{left} AND datname = current_database()").strip()


async def test_nohup_is_heeded(serve: Any, http: Any) -> None:
    process, url = serve(by=("nohup",))
    await ready(http, url)
    process.send_signal(signal.SIGHUP)
    await asyncio.sleep(0.5)
    assert (await http.get(f"{url}/health")).status == 200
    process.terminate()
    assert (await end(process))[0] == 0


async def test_requests_that_take_too_long_are_given_up(
    serve: Any, http: Any, database: Any
) -> None:
    process, url = serve(PGWALLET_SHUTDOWN_TIMEOUT="0.2")
    await ready(http, url)
    database.psql(SLOW.replace("1.5", "15"))
    slow = asyncio.create_task(http.get(f"{url}/v1/assets"))
    await asyncio.sleep(0.3)
    process.terminate()
    with pytest.raises(aiohttp.ClientError):
        await slow
    assert (await end(process))[0] == 0


def critical(err: str) -> str:
    """What the only line of the log says, of why there is nothing more."""
    [line] = err.splitlines()
    fields = json.loads(line)
    assert fields["level"] == "CRITICAL"
    message: str = fields["message"]
    return message


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"PGWALLET_JWT_SECRET": ""}, "PGWALLET_JWT_SECRET"),
        ({"PGWALLET_JWT_SECRET": "short"}, "PGWALLET_JWT_SECRET is shorter than 32 bytes"),
        ({"PGWALLET_PORT": "http"}, "PGWALLET_PORT"),
    ],
)
async def test_a_bad_setting_is_one_line(serve: Any, environ: dict[str, str], message: str) -> None:
    process, _ = serve(**environ)
    code, _, err = await end(process)
    assert code == 1
    assert message in critical(err)


async def test_a_database_that_does_not_fit_is_one_line(serve: Any, database: Any) -> None:
    database.psql("DROP FUNCTION wallet.spend")
    process, _ = serve()
    code, _, err = await end(process)
    assert code == 1
    assert critical(err).startswith("function wallet.spend(")


async def test_workers_share_the_port_and_the_metrics(serve: Any, http: Any) -> None:
    process, url = serve("--workers", "2")
    await ready(http, url)
    for _ in range(20):
        async with aiohttp.ClientSession() as one:
            assert (await one.get(f"{url}/health")).status == 200
    async with aiohttp.ClientSession() as one:
        text = await (await one.get(f"{url}/metrics")).text()
    [count] = [line for line in text.splitlines() if "_total" in line and 'route="/health"' in line]
    assert float(count.split()[-1]) >= 21
    process.terminate()
    code, _, err = await end(process)
    assert code == 0
    assert "Traceback" not in err


async def test_when_a_worker_ends_all_do(serve: Any, http: Any) -> None:
    process, url = serve("--workers", "2")
    await ready(http, url)
    psutil.Process(process.pid).children()[0].kill()
    assert (await end(process))[0] != 0
    with pytest.raises(aiohttp.ClientConnectionError):
        await http.get(f"{url}/health")


async def test_when_the_supervisor_is_killed_its_workers_end(serve: Any, http: Any) -> None:
    process, url = serve("--workers", "2")
    await ready(http, url)
    workers = psutil.Process(process.pid).children()
    process.kill()
    _, alive = await asyncio.to_thread(psutil.wait_procs, workers, 10)
    for worker in alive:
        worker.kill()
    assert not alive
    with pytest.raises(aiohttp.ClientConnectionError):
        await http.get(f"{url}/health")


async def test_another_s_child_may_end(serve: Any, http: Any) -> None:
    started = time.monotonic()
    by = ("sh", "-c", 'sleep 5 & exec "$@"', "sh")
    process, url = serve("--workers", "2", by=by)
    await ready(http, url)
    await asyncio.sleep(started + 6 - time.monotonic())
    assert (await http.get(f"{url}/health")).status == 200
    process.terminate()
    assert (await end(process))[0] == 0


async def test_what_is_no_http_is_refused_and_not_quoted(serve: Any, http: Any) -> None:
    process, url = serve()
    await ready(http, url)
    broken = [
        b"GET /health HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + b"secret" * 2000,
        b"GET /v1/admin/users?query=secret\xff HTTP/1.1\r\nHost: x",
        b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nsecret",
    ]
    for request in broken:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(request + b"\r\n\r\n")
        assert b" 400 " in await reader.readline()
        writer.close()
    cut = b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
    _, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(cut)
    await asyncio.sleep(0.2)
    writer.transport.abort()
    await asyncio.sleep(0.2)
    process.terminate()
    _, _, err = await end(process)
    assert "secret" not in err
    assert "ERROR" not in err


async def test_a_request_s_line_is_there_though_nothing_follows(serve: Any, http: Any) -> None:
    process, url = serve()
    await ready(http, url)
    headers = {"X-Request-ID": "the-last-one"}
    assert (await http.get(f"{url}/health", headers=headers)).status == 200
    line = ""
    while "the-last-one" not in line:
        line = await asyncio.wait_for(asyncio.to_thread(process.stderr.readline), 10)
    fields = json.loads(line)
    assert (fields["logger"], fields["route"]) == ("pgwallet.access", "/health")
    process.terminate()
    await end(process)


MUTE = """
import asyncio, logging, os, sys
from gateway import logs
logs.set_up()
os.close(2)
async def main():
    for _ in range(2):
        logging.getLogger("pgwallet.access").info({"status": 200})
        logging.getLogger("pgwallet.database").warning("no service")
        await asyncio.sleep(0.05)
    print("it goes on")
asyncio.run(main())
"""


async def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MUTE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert (process.returncode, out) == (0, b"it goes on\n")


LOGGED = """
import logging, threading, warnings
from gateway import logs
logs.set_up()
logging.getLogger("pgwallet.access").info(
    {"status": 200, "method": "GET", "route": "/x", "ms": 1.5, "code": None}
)
warnings.warn("a warning")
logging.getLogger("another").error("of a library\\nin two lines")
def fail(): raise ValueError("a failure")
thread = threading.Thread(target=fail)
thread.start(); thread.join()
fail()
"""


async def test_whatever_is_logged_is_json_off_a_terminal() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LOGGED, stderr=asyncio.subprocess.PIPE
    )
    _, err = await process.communicate()
    lines = [json.loads(line) for line in err.decode().splitlines()]
    assert [line["level"] for line in lines] == ["INFO", "WARNING", "ERROR", "CRITICAL", "CRITICAL"]
    assert "a warning" in lines[1]["message"]
    assert lines[2]["message"] == "of a library\nin two lines"
    for line in lines[3:]:
        assert "ValueError: a failure" in line["exception"]


async def test_on_a_terminal_it_is_for_people(serve: Any, http: Any) -> None:
    ours, theirs = os.openpty()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", LOGGED, stderr=theirs)
    await process.wait()
    text = os.read(ours, 1 << 16).decode().replace("\r\n", "\n")
    assert re.search(r"^\d\d:\d\d:\d\d INFO    access   200 GET /x 1.5 ms$", text, re.MULTILINE)
    assert text.count("Traceback (most recent call last):\n  File ") == 2
    assert not re.search(r"^\{", text, re.MULTILINE)

    process, url = serve(stderr=theirs)
    os.close(theirs)
    await ready(http, url)
    process.terminate()
    await end(process)
    text = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert re.search(rf"\d INFO    pgwallet pgwallet [\d.]+ on {url}\r\n", text)
    assert re.search(r"\d INFO    access   200 GET /health [\d.]+ ms \w+\r\n", text)
    assert "{" not in text


async def test_on_a_terminal_a_bad_setting_is_for_people(serve: Any) -> None:
    ours, theirs = os.openpty()
    process, _ = serve(stderr=theirs, PGWALLET_PORT="http")
    os.close(theirs)
    assert (await end(process))[0] == 1
    text = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert text.startswith("Error: ") and "PGWALLET_PORT" in text
