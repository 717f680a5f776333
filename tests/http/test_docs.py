"""/docs in a real browser: what it shows can be tried, and nothing comes from elsewhere."""

from urllib.parse import urlsplit

import pytest
from aiohttp.test_utils import TestClient
from playwright.async_api import Locator, Page, expect

from tests.support.browser import open_tab
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
        async with open_tab(origin + "docs") as tab:
            page = tab.page
            await page.click("button.authorize")
            await page.fill(".auth-container input", user.token or "")
            await page.click(".auth-btn-wrapper button.authorize")
            await page.click(".auth-btn-wrapper button.btn-done")

            await try_out(page, READ)
            await page.fill(f"{READ} tr[data-param-name=user_id] input", "me")
            answer = await execute(page, READ, 200)
            await expect(answer).to_contain_text('"balance": "100.00"')

            await try_out(page, SPEND)
            await try_out(page, CONVERT)
            await page.fill(f"{SPEND} tr[data-param-name=user_id] input", "me")
            # Each route has another key, until one is typed.
            keys = [await page.input_value(f"{route} {KEY}") for route in (SPEND, CONVERT)]
            assert all(keys) and len({*keys, example}) == 3
            await page.fill(f"{SPEND} {KEY}", "from-docs")
            answer = await execute(page, SPEND, 201)
            await expect(answer).to_contain_text('"balance": "90.00"')
            await expect(answer).not_to_contain_text("idempotent-replayed")
            answer = await execute(page, SPEND, 201)
            await expect(answer).to_contain_text('"balance": "90.00"')
            await expect(answer).to_contain_text("idempotent-replayed: true")
    except Unavailable as reason:
        pytest.skip(str(reason))
    assert not tab.complaints
    assert len([url for _, url in tab.requests if urlsplit(url).path.endswith("/spend")]) == 2
    assert not [url for _, url in tab.requests if not url.startswith((origin, "data:"))]


async def try_out(page: Page, operation: str) -> None:
    await page.click(f"{operation} .opblock-summary-control")
    await page.click(f"{operation} .try-out__btn")


async def execute(page: Page, operation: str, status: int) -> Locator:
    """What the page shows of the answer: headers and body."""
    answer = page.locator(f"{operation} .live-responses-table")
    if await answer.count():  # the last one's
        await page.click(f"{operation} .btn-clear")
        await expect(answer).to_have_count(0)
    await page.click(f"{operation} .execute")
    await expect(answer.locator("tbody").first).to_contain_text(f"{status}")
    return answer
