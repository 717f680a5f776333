"""/docs in a real browser: what it shows can be tried, and nothing comes from elsewhere."""

import json

import pytest
from aiohttp.test_utils import TestClient

from tests.support.browser import Page, open_page
from tests.support.contract import DOCUMENT
from tests.support.thirdparty import Unavailable

from .conftest import Caller

READ, SPEND = "#operations-Wallets-list_balances", "#operations-Movements-spend"
CONVERT = "#operations-Movements-convert"
KEY = "tr[data-param-name=Idempotency-Key] input"


async def test_a_route_is_tried_with_a_pasted_token(gateway: TestClient, user: Caller) -> None:
    origin = str(gateway.make_url("/"))
    example = DOCUMENT["components"]["parameters"]["Idempotency-Key"]["example"]
    try:
        async with open_page(origin + "docs") as page:
            await authorize(page, user.token)
            await try_out(page, READ)
            await page.type(f"{READ} tr[data-param-name=user_id] input", "me")
            answer = await execute(page, READ, 200)
            assert '"balance": "100.00"' in answer

            await try_out(page, SPEND)
            await try_out(page, CONVERT)
            await page.type(f"{SPEND} tr[data-param-name=user_id] input", "me")
            # Each route has another key, until one is typed.
            keys = [await page.value(f"{route} {KEY}") for route in (SPEND, CONVERT)]
            assert all(keys) and len({*keys, example}) == 3
            await page.type(f"{SPEND} {KEY}", "from-docs")
            answer = await execute(page, SPEND, 201)
            assert '"balance": "90.00"' in answer and "idempotent-replayed" not in answer
            answer = await execute(page, SPEND, 201)
            assert '"balance": "90.00"' in answer and "idempotent-replayed: true" in answer
    except Unavailable as reason:
        pytest.skip(str(reason))
    assert not page.complaints
    assert len([url for url in page.requests if url.endswith("/spend")]) == 2
    assert not [url for url in page.requests if not url.startswith((origin, "data:"))]


async def authorize(page: Page, token: str) -> None:
    await page.click("button.authorize")
    await page.type(".auth-container input", token)
    await page.click(".auth-btn-wrapper button.authorize")
    await page.click(".auth-btn-wrapper button.btn-done")


async def try_out(page: Page, operation: str) -> None:
    await page.click(f"{operation} .opblock-summary-control")
    await page.click(f"{operation} .try-out__btn")


async def execute(page: Page, operation: str, status: int) -> str:
    """What the page shows of the answer: headers and body."""
    shown = f"document.querySelector({json.dumps(operation)}).querySelector('{{}}')".format
    answer = shown(".live-responses-table")
    if await page.run(f"Boolean({answer})"):  # the last one's
        await page.click(f"{operation} .btn-clear")
        await page.until(f"!{answer}")
    await page.click(f"{operation} .execute")
    await page.until(answer)
    assert (await page.run(f"{answer}.querySelector('tbody').innerText")).startswith(f"{status}")
    return await page.run(f"{answer}.innerText")
