"""The pictures in docs/images: of the demo that `make up` has. With UPDATE=1 they are made anew.

Two machines draw letters differently. So without UPDATE=1 a picture is only made, and has to be as
large as the committed one.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from gateway.app import create_app
from gateway.settings import Settings
from pgwallet.cli.seed import seed_demo
from tests.http.conftest import SECRET, make_token
from tests.support.browser import open_tab
from tests.support.paths import ROOT
from tests.support.servers import Database
from tests.support.thirdparty import Unavailable

IMAGES = ROOT / "docs" / "images"
SIZE = {"width": 1280, "height": 860}


async def overview(page: Page) -> None:
    await page.get_by_role("region", name="Day by day").get_by_label("Asset").select_option("GOLD")
    await expect(page.locator("figure")).to_have_count(6)


async def user(page: Page) -> None:
    await page.get_by_label("Find a user").fill("player-05")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Player-05")).to_be_visible()
    await page.locator(".movement summary").first.click()
    await expect(page.get_by_text("Idempotency key")).to_be_visible()


@pytest.mark.parametrize("show", [overview, user], ids=lambda show: show.__name__)
async def test_a_picture(
    show: Callable[[Page], Awaitable[None]],
    database: Database,
    aiohttp_client: Any,
    tmp_path: Path,
) -> None:
    await seed_demo(database.dsn, with_month=True)
    gateway = await aiohttp_client(
        create_app(Settings(database_url=database.dsn, jwt_secret=SECRET))
    )
    token = make_token("admin", "ada")
    try:
        async with open_tab(
            str(gateway.make_url("/health")), locale="en-GB", viewport=SIZE, color_scheme="light"
        ) as tab:
            page = tab.page
            await page.evaluate("t => sessionStorage.setItem('pgwallet.token', t)", token)
            await page.goto(str(gateway.make_url("/console")))
            await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
            await show(page)
            await expect(page.locator("[aria-busy=true]")).to_have_count(0)
            made = await page.screenshot()
    except Unavailable as reason:
        pytest.skip(str(reason))
    file = IMAGES / f"console-{show.__name__}.png"
    if os.environ.get("UPDATE"):
        IMAGES.mkdir(exist_ok=True)
        file.write_bytes(made)
    assert made[:24] == file.read_bytes()[:24]  # the width and the height
