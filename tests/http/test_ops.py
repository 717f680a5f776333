"""ops/: each query finds in a real scrape what it asks for; each alert fires when it should."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
import yaml
from aiohttp.test_utils import TestClient

from gateway.settings import Settings
from tests.support import thirdparty
from tests.support.paths import ROOT
from tests.support.receiver import receiving

from .conftest import ready
from .test_metrics import read

OPS = ROOT / "ops"
GROUPS = yaml.safe_load((OPS / "alerts.yml").read_text())["groups"]
ALERTS = {rule["alert"]: rule["expr"] for group in GROUPS for rule in group["rules"]}
DASHBOARD = json.loads((OPS / "dashboard.json").read_text())
PANELS = {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in DASHBOARD["panels"]
    for target in panel.get("targets", ())
}

ADDED = {"instance", "job"}  # by Prometheus, to each series
WORDS = {
    "absent", "and", "by", "count", "histogram_quantile", "increase", "last_over_time", "max",
    "min", "on", "or", "rate", "sum", "time", "unless",
}  # fmt: skip


def slips(query: str, labels: Mapping[str, set[str]]) -> list[str]:
    """What a query names that is no word of the language, no metric, or no label of it."""
    grouped = {
        label
        for listed in re.findall(r"\b(?:by|on) \(([^)]*)\)", query)
        for label in re.split(r",\s*", listed)
    }
    query = re.sub(r"\b(by|on) \([^)]*\)|\[[^\]]*\]", "", query)
    found = [
        (name, matchers)
        for name, matchers in re.findall(r"([a-z_]\w*)(?:\{([^}]*)\})?", query)
        if name not in WORDS
    ]
    known = ADDED.union(*(labels.get(name, set()) for name, _ in found))
    slips = [f"by {label}" for label in grouped - known]
    for name, matchers in found:
        if name not in labels:
            slips.append(name)
            continue
        for label in re.findall(r'(\w+)(?:=~|!~|!=|=)"', matchers):
            if label not in labels[name] | ADDED:
                slips.append(f"{name} {label}")
    return slips if found else [query]


async def play(http: aiohttp.ClientSession, url: str, tag: str) -> None:
    """A little of everything that is counted."""

    async def post(path: str, body: Any, key: str = "", method: str = "POST") -> Any:
        headers = {"Idempotency-Key": key or str(uuid4())}
        answer = await http.request(method, f"{url}/v1{path}", json=body, headers=headers)
        return await answer.json()

    await post("/admin/assets", {"code": tag, "name": "Gold"})
    user = (await post("/admin/users", {"name": "Ann"}))["user_id"]
    gold = {"asset": tag, "amount": 10}
    for _ in range(2):  # a replay
        await post(f"/wallets/{user}/topup", gold, "once")
    await asyncio.gather(*(post(f"/wallets/{user}/spend", gold) for _ in range(4)))  # refusals
    request = gold | {"user_id": user, "kind": "TOPUP", "idempotency_key": str(uuid4())}
    await post("/batches", {"requests": [request]})
    await http.get(f"{url}/v1/assets", headers={"Authorization": "Bearer nobody"})


@asynccontextmanager
async def delivering(http: aiohttp.ClientSession, url: str, dsn: str) -> AsyncIterator[str]:
    """What moves is sent to a receiver; yields the URL of who sends it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    settings = {
        "DATABASE_URL": dsn, "PGWALLET_WEBHOOK_TARGETS": "any", "PGWALLET_DELIVER_PORT": port,
    }  # fmt: skip
    async with receiving() as receiver:
        await http.post(f"{url}/v1/subscriptions", json={"code": "shop"})
        webhook = {"url": receiver.url}
        await http.post(f"{url}/v1/subscriptions/shop/webhook", json=webhook)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pgwallet", "deliver", env=os.environ | settings
        )
        try:
            await ready(http, f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            await process.wait()


async def test_every_name_is_in_a_scrape(
    http: Any, gateway: TestClient, settings: Settings
) -> None:
    url = str(gateway.make_url("")).rstrip("/")
    async with delivering(http, url, settings.database_url) as deliverer:
        await play(http, url, "GOLD")
        scrape = ""
        for _ in range(300):
            scrape = await (await http.get(f"{deliverer}/metrics")).text()
            if "pgwallet_webhook_delay_seconds_count{" in scrape and "parked{" in scrape:
                break
            await asyncio.sleep(0.1)
    labels: dict[str, set[str]] = {}
    gateways = await (await http.get(f"{url}/metrics")).text()
    for name, found in [*read(gateways), *read(scrape)]:
        labels.setdefault(name, set()).update(name for name, _ in found)
    for name, query in (ALERTS | PANELS).items():
        assert not slips(query, labels), name


@pytest.mark.parametrize(
    "query",
    ['pgwallet_x{lable="1"}', "summ(pgwallet_x)", "sum by (gat) (pgwallet_x)", "pgwallet_y", "1"],
)
def test_a_slip_is_found(query: str) -> None:
    labels = {"pgwallet_x": {"gate"}}
    assert slips(query, labels)
    assert not slips('sum by (gate, instance) (rate(pgwallet_x{gate=~"a"}[5m])) > 0', labels)


def test_every_alert_is_explained() -> None:
    explained = re.findall(r"^\*\*(\w+)\*\*", (OPS / "README.md").read_text(), re.MULTILINE)
    assert explained == list(ALERTS)


@pytest.fixture(scope="module")
def prometheus() -> Path:
    try:
        return thirdparty.prometheus()
    except thirdparty.Unavailable as reason:
        pytest.skip(f"Prometheus: {reason}")


def test_every_alert_fires_when_it_should_and_not_before(prometheus: Path) -> None:
    file = Path(__file__).with_name("alerts_test.yml")
    tested = set(re.findall(r"alertname: (\w+)", file.read_text()))
    assert tested == set(ALERTS)
    for command in (("check", "rules", OPS / "alerts.yml"), ("test", "rules", file)):
        done = subprocess.run(
            [prometheus / "promtool", *command], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr


async def test_prometheus_answers_every_panel(
    prometheus: Path, serve: Any, http: Any, tmp_path: Path, database: Any
) -> None:
    _, url = serve("--workers", "2")
    await ready(http, url)
    async with delivering(http, url, database.dsn) as deliverer:
        await _ask_prometheus(prometheus, http, url, deliverer, tmp_path)


async def _ask_prometheus(
    prometheus: Path, http: Any, url: str, deliverer: str, tmp_path: Path
) -> None:
    await play(http, url, "GOLD")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    target = {
        "job_name": "pgwallet",
        "static_configs": [
            {"targets": [each.removeprefix("http://") for each in (url, deliverer)]}
        ],
    }
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(OPS / "alerts.yml")],
        "scrape_configs": [target],
    }
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
    server = await asyncio.create_subprocess_exec(
        prometheus / "prometheus",
        f"--config.file={tmp_path}/prometheus.yml",
        f"--storage.tsdb.path={tmp_path}/data",
        f"--web.listen-address={address}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        unanswered, end = dict(PANELS), time.monotonic() + 60
        while unanswered:
            assert time.monotonic() < end, f"no answer to {unanswered}"
            await play(http, url, "GOLD")
            await asyncio.sleep(0.5)
            with suppress(aiohttp.ClientConnectionError):
                for panel, query in list(unanswered.items()):
                    query = query.replace("$__rate_interval", "30s").replace("$instance", ".+")
                    answer = await http.get(
                        f"http://{address}/api/v1/query", params={"query": query}
                    )
                    result = await answer.json()
                    if answer.status == 503:  # it starts
                        break
                    assert result["status"] == "success", (panel, result)
                    if result["data"]["result"]:
                        del unanswered[panel]
        answer = await http.get(f"http://{address}/api/v1/rules")
        rules = (await answer.json())["data"]["groups"][0]["rules"]
        assert [rule["name"] for rule in rules] == list(ALERTS)
        assert [rule["name"] for rule in rules if rule.get("lastError")] == []
        assert [rule["name"] for rule in rules if rule["state"] == "firing"] == []
    finally:
        server.terminate()
        await server.wait()
