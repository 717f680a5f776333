"""The Postman collection, run from top to bottom on the demo by Postman's own runner."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from gateway.app import create_app
from gateway.settings import Settings
from pgwallet.cli.seed import seed_demo
from pgwallet.postman import LEFT_OUT, collection
from tests.support.contract import DOCUMENT
from tests.support.thirdparty import Unavailable, newman


@pytest.fixture
async def gateway(aiohttp_client: Any, settings: Settings) -> TestClient:
    """The gateway on a database with the demo seed."""
    await seed_demo(settings.database_url)
    return await aiohttp_client(create_app(settings))


async def test_every_request_is_answered_as_it_expects(gateway: TestClient, tmp_path: Path) -> None:
    try:
        program = newman()
    except Unavailable as reason:
        pytest.skip(str(reason))
    (tmp_path / "collection.json").write_text(json.dumps(collection()))
    process = await asyncio.create_subprocess_exec(
        "node", program, "run", "collection.json", "--iteration-count", "2",
        "--env-var", f"base_url={str(gateway.make_url('/')).rstrip('/')}",
        "--reporters", "json", "--reporter-json-export", "report.json",
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 120)
    assert (tmp_path / "report.json").exists(), output
    run = json.loads((tmp_path / "report.json").read_text())["run"]
    failures = [(each["source"]["name"], each["error"]["message"]) for each in run["failures"]]
    assert not failures
    operations = sum(len(methods) for methods in DOCUMENT["paths"].values()) - len(LEFT_OUT)
    for each in ("requests", "assertions"):
        assert run["stats"][each] == {"total": 2 * operations, "pending": 0, "failed": 0}
