"""/console in a real browser, on a real gateway and database: each task from log-in to result."""

import asyncio
import csv
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient
from playwright.async_api import Locator, Page, Route, expect

from gateway.accounts import hash_password
from gateway.settings import Settings
from tests.support import contract
from tests.support.browser import Tab, open_tab
from tests.support.thirdparty import Unavailable, axe

from .conftest import Caller, bring_over, make_token

PASSWORD = "correct horse"
TIMES = 16  # through all pages
Open = Callable[..., Any]


@pytest.fixture
def open_console(gateway: TestClient) -> Open:
    """async with open_console("#/users") as tab: as an admin. Then it holds what was asked."""

    @asynccontextmanager
    async def open_one(
        way: str = "", token: str | None = make_token("admin", "an admin"), **options: Any
    ) -> AsyncIterator[Tab]:
        origin = str(gateway.make_url("/"))
        try:
            async with open_tab(origin + "health", **({"locale": "en-GB"} | options)) as tab:
                if token:
                    await keep(tab.page, token)
                await tab.page.goto(f"{origin}console{way}")
                yield tab
        except Unavailable as reason:
            pytest.skip(str(reason))
        assert not tab.complaints
        for method, url in tab.requests:
            assert url.startswith(origin)
            if (path := urlsplit(url).path).startswith("/v1/"):
                assert contract.operation(method, path), f"{method} {path} is not documented"

    return open_one


@pytest.fixture
async def login(admin: Caller, connect_module: Any) -> Callable[..., Awaitable[str]]:
    """await login("admin") is the e-mail address of a new account with PASSWORD."""
    connection = await connect_module()

    async def make(role: str) -> str:
        email = f"{role}-{await connection.fetchval('SELECT gen_random_uuid()')}@example.com"
        made = await admin("POST", "/v1/admin/users", {"email": email, "role": role})
        user_id = (await made.json())["user_id"]
        await connection.execute(
            "SELECT wallet.set_password($1, $2)", user_id, hash_password(PASSWORD)
        )
        return email

    return make


async def keep(page: Page, token: str) -> None:
    """As if somebody had logged in with it in this tab."""
    await page.evaluate("token => sessionStorage.setItem('pgwallet.token', token)", token)


async def settle(page: Page) -> None:
    await expect(page.locator("main")).to_have_attribute("aria-busy", "false")


def shown(amount: str | Decimal, places: int) -> str:
    """A number as the console shows it: halves go up."""
    return f"{Decimal(amount).quantize(Decimal(10) ** -places, ROUND_HALF_UP):,}"


def dialog(page: Page) -> Locator:
    return page.locator("dialog")


async def transactions(admin: Caller, user: Caller, **query: str) -> list[dict[str, Any]]:
    answer = await admin("GET", f"/v1/wallets/{user.user_id}/transactions", params=query)
    return (await answer.json())["items"]


async def move(by: Caller, user: Caller, what: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await by("POST", f"/v1/wallets/{user.user_id}/{what}", body)
    assert answer.status == 201, await answer.text()
    return await answer.json()


# ---------------------------------------------------------------------------------------------
# The frame
# ---------------------------------------------------------------------------------------------


async def test_an_admin_logs_in_by_password_and_out(open_console: Open, login: Any) -> None:
    email = await login("admin")
    async with open_console(token=None) as tab:
        page = tab.page
        await page.get_by_label("E-mail").fill(email)
        await page.get_by_label("Password").fill("wrong")
        await page.get_by_role("button", name="Log in").click()
        refused = page.get_by_role("alert")
        await expect(refused).to_contain_text("not authenticated")
        await expect(refused).to_contain_text("The email address or the password is wrong.")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("heading", name="Overview")).to_be_visible()

        # The token is nowhere but in this tab, and log-out forgets it.
        await page.reload()
        await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        assert await page.evaluate("localStorage.length") == 0
        assert not await page.context.cookies()
        other = await page.context.new_page()
        await other.goto(page.url)
        await expect(other.get_by_role("button", name="Log in")).to_be_visible()
        await page.get_by_role("button", name="Log out").click()
        await expect(page.get_by_role("button", name="Log in")).to_be_visible()
        assert await page.evaluate("sessionStorage.length") == 0


async def test_an_admin_pastes_a_token_and_others_are_refused(
    open_console: Open, user: Caller, login: Any
) -> None:
    async with open_console("#/proof", token=None) as tab:
        page = tab.page
        await page.get_by_label("E-mail").fill(await login("user"))
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("alert")).to_contain_text("the role admin or support.")
        await page.get_by_text("Paste a token").click()
        for token in (user.token, "nonsense"):
            await page.get_by_label("Token").fill(token)
            await page.get_by_role("button", name="Use this token").click()
            await expect(page.get_by_role("alert")).to_be_visible()
            assert await page.evaluate("sessionStorage.length") == 0
        await page.get_by_label("Token").fill(make_token("admin", "Ada"))
        await page.get_by_role("button", name="Use this token").click()
        # The page that was asked for, and who asks.
        await expect(page.get_by_role("heading", name="Proof")).to_be_visible()
        await expect(page.get_by_text("admin · Ada")).to_be_visible()


async def test_a_session_that_ends_says_so_and_goes_on_where_it_was(open_console: Open) -> None:
    async with open_console("#/catalogue/items") as tab:
        page = tab.page
        await settle(page)
        await keep(page, make_token("admin", "x", exp=1))
        await page.get_by_role("link", name="Tasks").click()
        await expect(page.get_by_role("alert")).to_contain_text("not authenticated")
        await page.get_by_text("Paste a token").click()
        await page.get_by_label("Token").fill(make_token("admin", "x"))
        await page.get_by_role("button", name="Use this token").click()
        await expect(page.get_by_role("heading", name="Tasks", level=1)).to_be_visible()


async def test_nothing_inline_runs(gateway: TestClient, open_console: Open) -> None:
    answer = await gateway.get("/console")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert {"script-src 'self'", "style-src 'self'"} <= set(policy.split("; "))
    async with open_console() as tab:
        await settle(tab.page)
        ran = await tab.page.evaluate("""() => {
            const script = document.createElement("script");
            try { script.text = "window.ran = true"; } catch (error) { return error.name; }
            document.body.append(script);
            return Boolean(window.ran);
        }""")
        assert ran == "TypeError"  # a text is no trusted script
        tab.complaints.clear()  # which it complains of


# ---------------------------------------------------------------------------------------------
# A user
# ---------------------------------------------------------------------------------------------


async def test_a_user_is_found_by_every_id(open_console: Open, admin: Caller) -> None:
    given = {"external_id": "player/7 ?#", "name": "<b>Eve</b>", "email": "eve@example.com"}
    made = await (await admin("POST", "/v1/admin/users", given)).json()
    async with open_console("#/users") as tab:
        page = tab.page
        for text in (made["user_id"], given["external_id"], "EVE@example.com"):
            await page.keyboard.press("/")
            await page.keyboard.type(text)
            await page.keyboard.press("Enter")
            # What the user is called is a text, whatever is in it.
            await expect(page.get_by_role("heading", name="<b>Eve</b>")).to_be_visible()
            await expect(page.get_by_text(given["external_id"])).to_be_visible()
            await page.get_by_role("link", name="Users").click()
            await expect(page.get_by_role("heading", name="Users", level=1)).to_be_visible()
        await page.get_by_label("Name, e-mail, external id or user id", exact=True).fill("nobody")
        await page.get_by_role("button", name="Find").click()
        await expect(page.get_by_role("heading", name="Nobody", level=1)).to_be_visible()


async def test_users_are_found_by_what_comes_first(open_console: Open, admin: Caller) -> None:
    tag = uuid4().hex[:8]
    for name, external_id in (("Zoe", "1"), ("Zora", "10"), ("Zia", "11")):
        given = {"name": f"{name} {tag}", "external_id": f"{tag}-{external_id}"}
        await admin("POST", "/v1/admin/users", given)
    async with open_console("#/users") as tab:
        page = tab.page
        find = page.get_by_role("search").get_by_role("searchbox")
        await find.fill(f"{tag}-")
        await find.press("Enter")
        links = page.get_by_role("region", name="Users", exact=True).get_by_role("link")
        await expect(links).to_have_text([f"{name} {tag}" for name in ("Zia", "Zoe", "Zora")])
        await links.last.click()
        await expect(page.get_by_role("heading", name=f"Zora {tag}")).to_be_visible()
        # Who types the next search while a page is on its way goes on typing.
        typed = asyncio.Event()

        async def wait(route: Route) -> None:
            await typed.wait()
            await route.continue_()

        await page.route("**/v1/admin/users?*", wait)
        await find.fill(f"{tag}-1")
        await find.press("Enter")
        await find.fill(f"{tag}-11")
        typed.set()
        await expect(page.get_by_role("heading", name=f"Zoe {tag}")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name=f"Zia {tag}")).to_be_visible()
        # The only one whose name begins so, and the one who has a whole id.
        for text, name in ((f"zOE {tag[:4]}", "Zoe"), (f"{tag}-1", "Zoe"), (f"{tag}-11", "Zia")):
            await find.fill(text)
            await find.press("Enter")
            await expect(page.get_by_role("heading", name=f"{name} {tag}")).to_be_visible()


async def test_a_day_of_work_leaks_nothing(
    open_console: Open, service: Caller, user: Caller
) -> None:
    """Through all pages again and again: the browser's memory stays as it was."""
    spent = await move(user, user, "spend", {"asset": "GOLD", "amount": 1})
    await move(service, user, "holds", {"asset": "GOLD", "amount": 3, "expires_in": 3600})
    one = f"#/users/{user.user_id}"
    ways = (
        "#/overview", "#/users", "#/users/nobody", one, "#/users/Ann",
        f"{one}/transactions/{spent['transaction_id']}", "#/catalogue/assets",
        "#/catalogue/conversion-rates", "#/catalogue/tasks", "#/catalogue/items", "#/record",
        "#/proof",
    )  # fmt: skip
    async with open_console("#/overview") as tab:
        page = tab.page
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Performance.enable")

        async def go_round(times: int) -> None:
            for way in ways * times:
                await page.evaluate("way => { location.hash = way; }", way)
                await page.locator(f'main[data-page="{way}"][aria-busy=false]').wait_for()
            await expect(page.locator("[aria-busy=true]")).to_have_count(0)

        async def measure() -> dict[str, float]:
            for _ in range(2):
                await devtools.send("HeapProfiler.collectGarbage")
            found = (await devtools.send("Performance.getMetrics"))["metrics"]
            return {each["name"]: each["value"] for each in found}

        await go_round(2)
        before = await measure()
        await go_round(TIMES)
        after = await measure()
        for name, more in (("Nodes", 100), ("JSEventListeners", 20), ("JSHeapUsedSize", 500_000)):
            assert after[name] <= before[name] + more, (name, before[name], after[name])


async def test_balances_and_movements(
    open_console: Open, admin: Caller, service: Caller, new_user: Any
) -> None:
    user = await new_user(1000)
    await move(service, user, "holds", {"asset": "GOLD", "amount": 50, "expires_in": 3600})
    for number in range(110):
        await move(
            service, user, "spend", {"asset": "GOLD", "amount": 1, "reference": f"n-{number}"}
        )
    [topup] = await transactions(admin, user, kind="TOPUP")
    async with open_console(f"#/users/{user.user_id}", timezone_id="Asia/Tokyo") as tab:
        page = tab.page
        await expect(page.get_by_text("50.00 held, 840.00 can be spent")).to_be_visible()
        movements = page.locator(".movement")
        await expect(movements).to_have_count(50)
        for seen in (100, 111):
            await page.get_by_role("button", name="Show older").click()
            await expect(movements).to_have_count(seen)
        await expect(page.get_by_role("button", name="Show older")).to_be_hidden()
        assert await movements.locator(".what").all_inner_texts() == [
            *(f"n-{number}" for number in reversed(range(110))), ""
        ]  # fmt: skip

        await page.get_by_label("Kind").select_option("TOPUP")
        await expect(movements).to_have_count(1)
        await expect(movements).to_contain_text("+1,000.00 GOLD")
        # His own time, and UTC on hover.
        moment = movements.locator("time").first
        assert await moment.get_attribute("title") == topup["created_at"].replace("T", " ").replace(
            "Z", " UTC"
        )
        hour = int(topup["created_at"][11:13])
        assert (await moment.inner_text())[:2] == f"{(hour + 9) % 24:02}"
        await movements.locator("summary").click()
        entries = page.get_by_role("region", name="Entries")
        await expect(entries.get_by_role("row")).to_have_count(3)
        await expect(entries).to_contain_text("TREASURY")
        await page.get_by_label("Kind").select_option("TASK")
        await expect(page.get_by_text("Nothing like this.")).to_be_visible()


async def test_what_a_user_holds_by_lots_and_limits(
    open_console: Open, admin: Caller, user: Caller
) -> None:
    code = f"MILES_{uuid4().hex[:6].upper()}"
    asset = {"code": code, "name": "Miles", "lot_order": "paid_first", "scale": 1}
    await admin("POST", "/v1/admin/assets", asset)
    await move(admin, user, "topup", {"asset": code, "amount": "7.5"})
    for days in (30, 2):
        expires_at = (datetime.now(UTC) + timedelta(days=days)).isoformat()
        await move(admin, user, "bonus", {"asset": code, "amount": days, "expires_at": expires_at})
    rule = {"asset": code, "direction": "debit", "rolling": 3600}
    for limit in (
        {"code": f"amount_{code}", "measure": "amount", "maximum": 20},
        {"code": f"count_{code}", "measure": "count", "maximum": 5},
    ):
        assert (await admin("POST", "/v1/admin/limits", rule | limit)).status == 201
    await move(user, user, "spend", {"asset": code, "amount": 3})
    hold = {"asset": code, "amount": 5, "expires_in": 3600}
    await move(admin, user, "holds", hold)
    lots = (await (await admin("GET", f"/v1/wallets/{user.user_id}/lots/{code}")).json())["items"]
    assert [lot["origin"] for lot in lots] == ["paid", "free", "free"]  # the order of use
    async with open_console(f"#/users/{user.user_id}") as tab:
        page = tab.page
        rows = page.get_by_role("region", name="Lots").get_by_role("table").get_by_role("row")
        await expect(rows).to_have_count(4)
        # What expires soonest comes first, and what never does last.
        for row, texts in zip(
            await rows.all(),
            (
                ("Left", "Held"), (f"2.0\u00a0{code}", "0.5", "free"),
                (f"30.0\u00a0{code}", "0.0", "free"), (f"4.5\u00a0{code}", "4.5", "paid", "never"),
            ),
            strict=True,
        ):  # fmt: skip
            for text in texts:
                await expect(row.get_by_text(text, exact=True)).to_be_visible()
        rows = page.get_by_role("region", name="Limits").get_by_role("table").get_by_role("row")
        amount, count = (f"{code}, {measure}" for measure in ("amount", "count"))
        cells = rows.filter(has_text=amount).get_by_role("cell")
        assert (await cells.all_inner_texts())[1:5] == [
            amount, f"8.0\u00a0{code}", f"20.0\u00a0{code}", f"12.0\u00a0{code}",
        ]  # fmt: skip
        cells = rows.filter(has_text=count).get_by_role("cell")
        assert (await cells.all_inner_texts())[1:5] == [count, "2", "5", "3"]
        await page.get_by_role("region", name="Lots").get_by_role("link").last.click()
        await expect(page.get_by_role("heading", name="Transaction", level=1)).to_be_visible()
        await expect(page.get_by_text(lots[0]["transaction_id"])).to_be_visible()


async def test_a_statement_is_saved_as_the_command_line_prints_it(
    open_console: Open, admin: Caller, user: Caller, settings: Settings, tmp_path: Path
) -> None:
    await admin("POST", "/v1/admin/assets", {"code": "DUST", "name": "Dust", "scale": 8})
    for amount, reference in (("999999999999999.12345678", 'a "b", c'), ("0.00000001", "=1+1")):
        body = {"asset": "DUST", "amount": amount, "reference": reference}
        await move(admin, user, "bonus", body)
    await move(admin, user, "holds", {"asset": "DUST", "amount": 1, "expires_in": 60})
    crowd = (move(user, user, "spend", {"asset": "DUST", "amount": "0.1"}) for _ in range(200))
    await asyncio.gather(*crowd)
    async with open_console(f"#/users/{user.user_id}", locale="de-DE") as tab:
        page = tab.page
        async with page.expect_download() as saving:
            await page.get_by_role("button", name="Statement of DUST").press("Enter")
        saved = await saving.value
        assert saved.suggested_filename == f"statement-{user.user_id}-DUST.csv"
        await saved.save_as(tmp_path / "saved.csv")
        await expect(page.get_by_role("status")).to_contain_text("202 lines")
    command = (sys.executable, "-m", "pgwallet", "statement", user.user_id or "")
    environ = os.environ | {"DATABASE_URL": settings.database_url}
    process = await asyncio.create_subprocess_exec(
        *command, "--asset", "DUST", "--format", "csv", env=environ, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    lines, wanted = (
        list(csv.reader(text.splitlines()))
        for text in ((tmp_path / "saved.csv").read_text(), printed.decode())
    )
    assert len(lines) == 203
    # The gateway writes a moment as 2026-01-31T08:00:00Z.
    for line in (*lines[1:], *wanted[1:]):
        line[0] = datetime.fromisoformat(line[0]).isoformat()
    assert lines == wanted


async def test_a_purchase_is_refunded_in_part_and_then_whole(
    open_console: Open, admin: Caller, user: Caller
) -> None:
    spent = await move(user, user, "spend", {"asset": "GOLD", "amount": "40"})
    async with open_console(f"#/users/{user.user_id}") as tab:
        page = tab.page
        await page.locator(".movement summary").first.click()
        await page.get_by_role("button", name="Refund").click()
        await dialog(page).get_by_label("Amount").fill("15.50")
        # No reason, no refund.
        await expect(dialog(page).get_by_role("button", name="Refund 15.50")).to_be_disabled()
        await dialog(page).get_by_label("Reason").fill("it was late")
        await expect(dialog(page)).to_contain_text("Balance: 60.00 GOLD → 75.50 GOLD")
        assert not await transactions(admin, user, kind="REVERSAL")
        await dialog(page).get_by_role("button", name="Refund 15.50").click()
        await expect(page.get_by_role("status")).to_contain_text("The balance is 75.50 GOLD.")

        first = page.locator(".movement").first
        await expect(first).to_contain_text("REVERSAL")
        await first.locator("summary").click()
        await expect(first).to_contain_text("it was late")
        await first.get_by_role("link", name=spent["transaction_id"]).click()
        await expect(page.get_by_role("heading", name="Transaction", level=1)).to_be_visible()
        await expect(page.get_by_text("15.50 GOLD by")).to_be_visible()
        await page.get_by_role("button", name="Refund").click()
        await expect(dialog(page)).to_contain_text("24.50 GOLD is left of 40.00 GOLD.")
        await dialog(page).get_by_label("Reason").fill("all of it")
        await dialog(page).get_by_role("button", name="Refund 24.50").click()
        await expect(page.get_by_role("status")).to_contain_text("The balance is 100.00 GOLD.")
        await expect(page.get_by_role("button", name="Refund")).to_have_count(0)
    assert [row["amount"] for row in await transactions(admin, user, kind="REVERSAL")] == [
        "24.50", "15.50",
    ]  # fmt: skip


async def test_a_double_click_refunds_once(open_console: Open, admin: Caller, user: Caller) -> None:
    await move(user, user, "spend", {"asset": "GOLD", "amount": 40})
    async with open_console(f"#/users/{user.user_id}") as tab:
        page = tab.page
        await page.locator(".movement summary").first.click()
        await page.get_by_role("button", name="Refund").click()
        await dialog(page).get_by_label("Amount").fill("10")
        await dialog(page).get_by_label("Reason").fill("twice")
        await dialog(page).get_by_role("button", name="Refund 10").dblclick()
        await expect(page.get_by_role("status")).to_contain_text("The balance is 70.00 GOLD.")
    assert len(await transactions(admin, user, kind="REVERSAL")) == 1
    assert len([url for _, url in tab.requests if url.endswith("/reverse")]) == 1


async def test_what_was_lost_on_the_way_back_is_done_once(
    open_console: Open, admin: Caller, user: Caller
) -> None:
    await move(user, user, "spend", {"asset": "GOLD", "amount": 40})
    lost = []

    async def lose(route: Route) -> None:
        if lost:
            return await route.continue_()
        lost.append(await route.fetch())
        return await route.abort()

    async with open_console(f"#/users/{user.user_id}") as tab:
        page = tab.page
        await page.route("**/reverse", lose)
        await page.locator(".movement summary").first.click()
        await page.get_by_role("button", name="Refund").click()
        await dialog(page).get_by_label("Amount").fill("10")
        await dialog(page).get_by_label("Reason").fill("lost")
        await dialog(page).get_by_role("button", name="Refund 10").click()
        await expect(page.get_by_role("alert")).to_contain_text("not done twice")
        await dialog(page).get_by_role("button", name="Refund 10").click()
        await expect(page.get_by_role("status")).to_contain_text("The balance is 70.00 GOLD.")
        assert lost[0].status == 201
        tab.complaints.clear()  # of the answer that was lost
    assert len(await transactions(admin, user, kind="REVERSAL")) == 1


async def test_what_is_refused_shows_why(open_console: Open, admin: Caller, user: Caller) -> None:
    await move(user, user, "spend", {"asset": "GOLD", "amount": "99"})
    async with open_console(f"#/users/{user.user_id}") as tab:
        page = tab.page
        await page.locator(".movement summary").last.click()
        await page.get_by_role("button", name="Take back").click()
        await dialog(page).get_by_label("Reason").fill("chargeback")
        await expect(dialog(page)).to_contain_text("It would be refused.")
        await dialog(page).get_by_role("button", name="Take back 100.00").click()
        refused = page.get_by_role("alert")
        await expect(refused).to_contain_text("the balance is too low")
        await expect(refused).to_contain_text("WA401 · request ")
        answer = await admin(
            "POST",
            f"/v1/wallets/{user.user_id}/transactions/"
            f"{(await transactions(admin, user, kind='TOPUP'))[0]['transaction_id']}/reverse",
            {"reason": "chargeback"},
        )
        for name in ("title", "detail", "hint"):
            await expect(refused).to_contain_text((await answer.json())[name])
        # The same dialog goes on: what was refused is as if it had not been sent.
        await dialog(page).get_by_label("If the user has spent it").select_option("clamp")
        await expect(dialog(page)).to_contain_text("Balance: 1.00 GOLD → 0.00 GOLD")
        await expect(dialog(page)).to_contain_text("The user has spent the other 99.00 GOLD.")
        await dialog(page).get_by_role("button", name="Take back 100.00").click()
        await expect(page.get_by_role("status")).to_contain_text("1.00 GOLD was taken back.")
    assert (await transactions(admin, user))[0]["balance"] == "0.00"


async def test_a_conversion_is_taken_back(
    open_console: Open, admin: Caller, service: Caller, user: Caller
) -> None:
    await admin("POST", "/v1/admin/assets", {"code": "GEM", "name": "Gem"})
    rate = {"from_amount": 50, "to_amount": 1}
    await admin("PUT", "/v1/admin/conversion-rates/GOLD/GEM", rate)
    body = {"from_asset": "GOLD", "to_asset": "GEM", "amount": 100}
    await move(user, user, "convert", body)
    async with open_console(f"#/users/{user.user_id}") as tab:
        page = tab.page
        await page.locator(".movement summary").first.click()
        await page.get_by_role("button", name="Take back").click()
        await dialog(page).get_by_label("Reason").fill("a mistake")
        await expect(dialog(page)).to_contain_text("Balance: 0.00 GOLD → 100.00 GOLD")
        await expect(dialog(page)).to_contain_text("Balance: 2 GEM → 0 GEM")
        await dialog(page).get_by_label("Amount").fill("50")
        await expect(dialog(page)).to_contain_text("Balance: 2 GEM → 1 GEM")
        await dialog(page).get_by_role("button", name="Take back 50").click()
        await expect(page.get_by_role("status")).to_contain_text("The balance is 50.00 GOLD.")
    assert {(row["asset"], row["balance"]) for row in (await transactions(admin, user))[:2]} == {
        ("GOLD", "50.00"), ("GEM", "1"),
    }  # fmt: skip


async def test_a_grant(open_console: Open, admin: Caller, user: Caller) -> None:
    async with open_console(f"#/users/{user.user_id}", color_scheme="dark") as tab:
        page = tab.page
        await page.get_by_role("button", name="Grant").click()
        await dialog(page).get_by_label("Asset").select_option("GOLD")
        await dialog(page).get_by_label("Amount").fill("1,000")
        await expect(dialog(page)).to_contain_text("no thousands separators")
        await expect(dialog(page).get_by_role("button", name="Grant")).to_be_disabled()
        await dialog(page).get_by_label("Amount").fill("1000")
        await dialog(page).get_by_label("Reason").fill("an apology")
        await dialog(page).get_by_label("Reference").fill("ticket-9")
        await expect(dialog(page)).to_contain_text("Balance: 100.00 GOLD → 1,100.00 GOLD")
        await dialog(page).get_by_role("button", name="Grant 1,000").dblclick()
        await expect(page.get_by_role("status")).to_contain_text("The balance is 1,100.00 GOLD.")
    [bonus] = await transactions(admin, user, kind="BONUS")
    assert (bonus["metadata"], bonus["reference"]) == ({"reason": "an apology"}, "ticket-9")


async def test_a_spend_for_the_user(open_console: Open, admin: Caller, user: Caller) -> None:
    async with open_console(f"#/users/{user.user_id}") as tab:
        page = tab.page
        await page.get_by_role("button", name="Spend").click()
        await dialog(page).get_by_label("Asset").select_option("GOLD")
        await dialog(page).get_by_label("Reason").fill("bought by phone")
        await dialog(page).get_by_label("Amount").fill("101")
        await expect(dialog(page)).to_contain_text("the balance is too low")
        await dialog(page).get_by_label("Amount").fill("30")
        await expect(dialog(page)).to_contain_text("Balance: 100.00 GOLD → 70.00 GOLD")
        await dialog(page).get_by_role("button", name="Spend 30").dblclick()
        await expect(page.get_by_role("status")).to_contain_text("The balance is 70.00 GOLD.")
    [spend] = await transactions(admin, user, kind="SPEND")
    assert (spend["amount"], spend["metadata"]) == ("30.00", {"reason": "bought by phone"})


async def test_support_sees_all_and_grants_within_the_limit(
    open_console: Open, login: Any, admin: Caller, user: Caller
) -> None:
    async with open_console(f"#/users/{user.user_id}", token=None) as tab:
        page = tab.page
        await page.get_by_label("E-mail").fill(await login("support"))
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Log in").click()
        await page.get_by_role("button", name="Grant").click()
        await expect(page.get_by_role("button", name="Freeze")).to_have_count(0)
        await dialog(page).get_by_label("Asset").select_option("GOLD")
        await dialog(page).get_by_label("Amount").fill("101")
        await dialog(page).get_by_label("Reason").fill("an apology")
        await expect(dialog(page)).to_contain_text("may move at most 100 GOLD at once")
        await dialog(page).get_by_label("Amount").fill("100")
        await expect(dialog(page)).to_contain_text("Balance: 100.00 GOLD → 200.00 GOLD")
        await dialog(page).get_by_role("button", name="Grant 100").click()
        await expect(page.get_by_role("status")).to_contain_text("The balance is 200.00 GOLD.")
        for way in ("Overview", "Proof", "Record", "Campaigns", "Items"):
            await page.get_by_role("link", name=way).click()
            await expect(page.get_by_role("heading", name=way, level=1)).to_be_visible()
        await settle(page)
        await expect(page.get_by_role("button", name="Create item")).to_have_count(0)
    [bonus] = await transactions(admin, user, kind="BONUS")
    assert bonus["amount"] == "100.00"


async def test_a_hold_is_released(
    open_console: Open, admin: Caller, service: Caller, user: Caller
) -> None:
    hold = await move(service, user, "holds", {"asset": "GOLD", "amount": 30, "expires_in": 60})
    async with open_console(f"#/users/{user.user_id}") as tab:
        page = tab.page
        await page.get_by_role("button", name="Release").click()
        await dialog(page).get_by_label("Reason").fill("the match was cancelled")
        await dialog(page).get_by_role("button", name="Release 30.00").click()
        await expect(page.get_by_text("No open hold.")).to_be_visible()
    [found] = (await (await admin("GET", f"/v1/wallets/{user.user_id}/holds")).json())["items"]
    assert (found["hold_id"], found["status"]) == (hold["hold_id"], "released")


async def test_an_account_is_frozen_and_reopened(
    open_console: Open, user: Caller, connect_module: Any
) -> None:
    async with open_console(f"#/users/{user.user_id}") as tab:
        page = tab.page
        for button, status in (("Freeze", "frozen"), ("Reopen", "active")):
            await page.get_by_role("button", name=button).click()
            await expect(dialog(page)).to_contain_text(f"→ {status}")
            await dialog(page).get_by_label("Reason").fill(f"because {status}")
            await dialog(page).get_by_role("button", name=f"{button} the account").click()
            await expect(page.locator(".title .badge").first).to_have_text(status)
    operator = await connect_module()
    found = await operator.fetch(
        "SELECT actor, details ->> 'reason' FROM wallet.operator_action WHERE subject = $1"
        " AND name = 'set_user_status' ORDER BY action_id", user.user_id,
    )  # fmt: skip
    assert [tuple(row) for row in found] == [
        ("an admin", "because frozen"), ("an admin", "because active"),
    ]  # fmt: skip


async def test_tokens_are_revoked(open_console: Open, user: Caller, connect_module: Any) -> None:
    async with open_console(f"#/users/{user.user_id}") as tab:
        await tab.page.get_by_role("button", name="Revoke tokens").click()
        await expect(dialog(tab.page)).to_contain_text("ends within a minute")
        await dialog(tab.page).get_by_label("Reason").fill("a lost phone")
        await dialog(tab.page).get_by_role("button", name="Revoke the tokens").click()
        await expect(tab.page.get_by_role("status")).to_contain_text("The tokens are revoked.")
    revoked = "SELECT tokens_revoked_at IS NOT NULL FROM wallet.get_token_state($1)"
    assert await (await connect_module()).fetchval(revoked, user.user_id)


async def test_amounts_stay_exact_in_the_viewers_locale(
    open_console: Open, admin: Caller, user: Caller
) -> None:
    await admin("POST", "/v1/admin/assets", {"code": "DUST", "name": "Dust", "scale": 8})
    body = {"asset": "DUST", "amount": "999999999999999.12345678"}
    await move(admin, user, "bonus", body)
    async with open_console(f"#/users/{user.user_id}", locale="de-DE") as tab:
        page = tab.page
        await expect(page.get_by_text("999.999.999.999.999,12345678").first).to_be_visible()
        await page.get_by_role("button", name="Grant").click()
        await dialog(page).get_by_label("Asset").select_option("DUST")
        await dialog(page).get_by_label("Amount").fill("0.1")  # a thousands separator, here
        await expect(dialog(page)).to_contain_text("1234,5")
        await dialog(page).get_by_label("Amount").fill("0,00000001")
        await dialog(page).get_by_label("Reason").fill("exact")
        await expect(dialog(page)).to_contain_text("999.999.999.999.999,12345679")
        await dialog(page).get_by_role("button", name="Grant 0,00000001").click()
        await expect(page.get_by_role("status")).to_contain_text("999,12345679")
    assert (await transactions(admin, user))[0]["balance"] == "999999999999999.12345679"


# ---------------------------------------------------------------------------------------------
# The catalogue, the treasury, the proof
# ---------------------------------------------------------------------------------------------


async def test_the_catalogue_is_filled_and_changed(
    open_console: Open, admin: Caller, gold: str
) -> None:
    changes: list[Any] = []

    def note(sent: Any) -> None:
        if sent.method == "PATCH":
            changes.append({k: v for k, v in sent.post_data_json.items() if k != "reason"})

    async with open_console("#/catalogue/assets") as tab:
        page = tab.page
        page.on("request", note)

        async def create(name: str, one: str, **fields: str) -> None:
            await page.get_by_role("link", name=name).click()
            await expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
            await page.get_by_role("button", name=f"Create {one}").click()
            await fill(fields | {"Reason": f"a new {one}"})
            await dialog(page).get_by_role("button", name=f"Create {one}").dblclick()
            await expect(dialog(page)).to_have_count(0)

        async def fill(fields: dict[str, str]) -> None:
            for label, value in fields.items():
                field = dialog(page).get_by_label(label.replace("_", " "), exact=True)
                if await field.evaluate("field => field.tagName") == "SELECT":
                    await field.select_option(value)
                else:
                    await field.fill(value)

        async def change(name: str, shown: str, **fields: str) -> None:
            await page.get_by_role("button", name=name).click()
            await fill(fields | {"Reason": "it was wrong"})
            await expect(dialog(page)).to_contain_text(shown)
            await dialog(page).get_by_role("button", name="Change it").click()
            await expect(dialog(page)).to_have_count(0)

        await create("Assets", "asset", Code="RUBY", Name="Ruby", Supply="5000")
        await change("Change Ruby", "Name: Ruby → Red ruby", Name="Red ruby")
        await change("Change cap of Red ruby", "Supply: 5,000 → none", Supply="")
        await create("Rates", "rate", From_asset="GOLD", To_asset="RUBY",
                     From_amount="100", To_amount="1")  # fmt: skip
        await change("Change GOLD to RUBY", "From amount: 100.00 → 250", From_amount="250")
        await create("Tasks", "task", Code="boss", Name="Beat the boss", Asset="RUBY", Reward="2")
        await change("Change Beat the boss", "Max completions: none → 3", Max_completions="3")
        await create("Items", "item", Code="ring", Name="Ring", Asset="RUBY", Price="7", Stock="9")
        await change("Change Ring", "Stock: 9 → -1", Stock="-1")

        await create("Limits", "limit", Code="purse", Asset="RUBY", Measure="balance", Maximum="99")
        await change("Change purse", "Maximum: 99 → 50", Maximum="50")
        await create("Limits", "limit", Code="shopping", Asset="RUBY", Measure="count", Maximum="3",
                     Direction="debit", Kinds="SPEND, PURCHASE", Rolling="3600")  # fmt: skip
        await expect(page.get_by_role("row", name="shopping")).to_contain_text("SPEND, PURCHASE")
        await create("Campaigns", "campaign", Code="SPRING", Asset="RUBY", Budget="500")
        await change("Change budget of SPRING", "Budget: 500 → none", Budget="")

        # What the wallet refuses, it says in its own words.
        await page.get_by_role("link", name="Items").click()
        await page.get_by_role("button", name="Create item").click()
        await fill(
            {"Reason": "refused", "Code": "ring", "Name": "Ring", "Asset": "RUBY", "Price": "0.5"}
        )
        await dialog(page).get_by_role("button", name="Create item").click()
        await expect(page.get_by_role("alert")).to_contain_text("an amount has too many decimals")

    async def listed(path: str, **wanted: Any) -> bool:
        items = (await (await admin("GET", path)).json())["items"]
        return len([row for row in items if wanted.items() <= row.items()]) == 1

    assert await listed("/v1/assets", asset="RUBY", name="Red ruby", supply=None)
    assert await listed("/v1/conversion-rates", to_asset="RUBY", from_amount="250.00")
    assert await listed("/v1/tasks", code="boss", reward="2", max_completions=3)
    assert await listed("/v1/items", code="ring", price="7", stock=None)
    assert await listed("/v1/limits", code="purse", maximum="50")
    shopping = {"code": "shopping", "kinds": ["SPEND", "PURCHASE"], "rolling": 3600}
    assert await listed("/v1/limits", **shopping)
    assert await listed("/v1/campaigns", campaign="SPRING", budget=None)
    # Of a change, only what differs was sent.
    assert changes == [
        {"name": "Red ruby"}, {"max_completions": 3}, {"stock": -1}, {"maximum": "50"},
    ]  # fmt: skip
    for name, reason in (("set_conversion_rate", "it was wrong"), ("create_limit", "a new limit")):
        done = await admin("GET", "/v1/admin/actions", params={"name": name, "limit": "1"})
        assert (await done.json())["items"][0]["details"]["reason"] == reason


async def test_a_rate_is_tried_before_it_is_saved(
    open_console: Open, admin: Caller, gold: str
) -> None:
    await admin("POST", "/v1/admin/assets", {"code": "PEARL", "name": "Pearl"})
    rate = {"from_amount": 50, "to_amount": 1}
    await admin("PUT", "/v1/admin/conversion-rates/GOLD/PEARL", rate)
    async with open_console("#/catalogue/conversion-rates") as tab:
        page = tab.page
        await page.get_by_role("button", name="Create rate").click()
        await dialog(page).get_by_label("From asset").select_option("PEARL")
        await dialog(page).get_by_label("To asset").select_option("GOLD")
        await dialog(page).get_by_label("From amount").fill("1")
        await dialog(page).get_by_label("To amount").fill("60")
        await dialog(page).get_by_label("Reason").fill("a sale")
        await expect(dialog(page)).to_contain_text("It would be refused.")
        await expect(page.get_by_role("alert")).to_contain_text("would let a round trip gain")
        await expect(page.get_by_role("alert")).to_contain_text("PEARL")
        await dialog(page).get_by_label("To amount").fill("40")
        await expect(dialog(page)).to_contain_text("To amount: 40")
        await dialog(page).get_by_role("button", name="Create rate").click()
        await expect(page.get_by_role("row", name="PEARL 40.00 GOLD")).to_be_visible()


# ---------------------------------------------------------------------------------------------
# Campaigns
# ---------------------------------------------------------------------------------------------


@pytest.fixture
async def campaign(admin: Caller, gold: str) -> str:
    """A campaign that may give 1,000 GOLD."""
    code = f"C{uuid4().hex[:8]}"
    body = {"code": code, "asset": gold, "budget": 1000}
    assert (await admin("POST", "/v1/admin/campaigns", body)).status == 201
    return code


async def choose(page: Page, *lines: str, reason: str = "spring") -> None:
    """A file of these lines is tried."""
    text = "\n".join(lines).encode()
    file = {"name": "users.csv", "mimeType": "text/csv", "buffer": text}
    await page.get_by_label("File of users (CSV)").set_input_files(files=[file])
    await page.get_by_label("Reason").fill(reason)
    await page.get_by_role("button", name="See what would happen").click()


async def test_a_file_of_users_is_given_what_it_says_once(
    open_console: Open, admin: Caller, new_user: Any, campaign: str, settings: Settings,
    tmp_path: Path,
) -> None:  # fmt: skip
    ann, bob = await new_user(), await new_user()
    file = (
        "user_id,amount,reference", f"{ann.user_id},10,first", f"{bob.user_id},2.5,",
        "00000000-0000-4000-8000-000000000000,1,", f"{bob.user_id.upper()[:-1]}g,1,",
    )  # fmt: skip
    async with open_console("#/catalogue/campaigns", locale="de-DE") as tab:
        page = tab.page
        await page.get_by_role("link", name=campaign).click()
        await expect(page.get_by_text("Choose a file.")).to_be_visible()
        await choose(page, *file)
        await expect(page.get_by_role("alert")).to_contain_text("Line 5")
        await expect(page.get_by_role("alert")).to_contain_text("is no user id")

        await choose(page, *file[:4], "", f" {bob.user_id} , 7,x")
        await expect(page.get_by_role("alert")).to_contain_text(
            "Line 6: names the same user_id as line 3"
        )
        await choose(page, *file[:4])
        effect = page.locator(".effect")
        await expect(effect).to_contain_text("2 users would get 12,50\u00a0GOLD in all.")
        await expect(effect).to_contain_text("1 line would be refused.")
        why = page.get_by_role("region", name="Refused lines").get_by_role("row").nth(1)
        for text in ("4", "00000000-0000-4000-8000-000000000000", "user not found", "WA201"):
            await expect(why).to_contain_text(text)
        assert not await transactions(admin, ann)
        await page.get_by_role("button", name="Give 12,50").dblclick()
        await expect(page.get_by_role("status").last).to_contain_text(
            "2 users got 12,50\u00a0GOLD, 0 had been paid before, 1 refused"
        )
        await expect(page.get_by_text("12,50\u00a0GOLD to 2 users")).to_be_visible()
        async with page.expect_download() as saving:
            await page.get_by_role("button", name="Save the refused lines").click()
        await (await saving.value).save_as(tmp_path / "refused.csv")

        # The same file again, here or with the command line, pays nobody.
        await choose(page, *file[:4], reason="once more")
        await expect(effect).to_contain_text("2 users had it before")
        await expect(effect).to_contain_text("There is nothing left to give.")
    [_, refused] = csv.reader((tmp_path / "refused.csv").read_text().splitlines())
    assert (refused[0], refused[3:5]) == (file[3].split(",")[0], ["4", "WA201"])
    (tmp_path / "users.csv").write_text("\n".join(file[:3]))
    command = (sys.executable, "-m", "pgwallet", "grant", str(tmp_path / "users.csv"), "--json")
    process = await asyncio.create_subprocess_exec(
        *command, "--asset", "GOLD", "--campaign", campaign, stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"DATABASE_URL": settings.database_url},
    )  # fmt: skip
    printed, _ = await process.communicate()
    assert (json.loads(printed)["users"], json.loads(printed)["replays"]) == (0, 2)
    [given] = await transactions(admin, ann)
    assert (given["kind"], given["amount"], given["reference"]) == ("BONUS", "10.00", "first")
    assert given["metadata"] == {"reason": "spring"}


async def test_an_upload_goes_on_where_it_was(
    open_console: Open, connect_module: Any, campaign: str
) -> None:
    """After a tab that was closed, and after an answer that was lost."""
    database = await connect_module()
    names = [f"{campaign}-{number}" for number in range(1001)]
    for part in (names[:1000], names[1000:]):
        await database.execute(
            "SELECT wallet.import_users(array_agg(row(n, NULL, NULL, NULL)::wallet.user_request))"
            " FROM unnest($1::text[]) AS n", part,
        )  # fmt: skip
    sent = []

    async def lose(route: Route) -> None:
        """The second part does not arrive. When it comes again, its answer does not."""
        if "dry_run" not in route.request.url:
            sent.append(route.request.url)
            if len(sent) == 4:
                await route.fetch()
            if len(sent) in (2, 4):
                return await route.abort()
        return await route.continue_()

    given = "SELECT count(*), sum(amount) FROM wallet_private.transfer WHERE idempotency_key = $1"
    key = f"campaign:{campaign}"
    for would, is_last in (
        ("1,001 users would get 250.25", False),
        ("1 user would get 0.25", True),
    ):
        async with open_console(f"#/catalogue/campaigns/{campaign}") as tab:
            page = tab.page
            await page.route("**/grants*", lose)
            await page.get_by_label("Amount for each").fill("0.25")
            await choose(page, "external_id", *names)
            await expect(page.locator(".effect")).to_contain_text(would)
            await page.get_by_role("button", name="Give ").click()
            await expect(page.get_by_role("alert")).to_contain_text("not done twice")
            await expect(page.get_by_text("stopped behind 1,000 lines")).to_be_visible()
            bar = page.get_by_role("progressbar", name="Given")
            assert await bar.evaluate("bar => bar.position") == pytest.approx(1000 / 1001)
            if is_last:
                assert (await database.fetchval(given, key)) == 1001
                await page.get_by_role("button", name="Go on").click()
                await expect(page.get_by_text("Done.")).to_be_visible()
                await expect(page.get_by_text("250.25\u00a0GOLD to 1,001 users")).to_be_visible()
            else:
                assert (await database.fetchval(given, key)) == 1000
            tab.complaints.clear()  # of the answers that were lost
    assert tuple(await database.fetchrow(given, key)) == (1001, Decimal("250.25"))
    assert len(sent) == 5


async def test_a_budget_says_before_what_it_lacks(
    open_console: Open, admin: Caller, new_user: Any, campaign: str
) -> None:
    ann, bob = await new_user(), await new_user()
    async with open_console(f"#/catalogue/campaigns/{campaign}") as tab:
        page = tab.page
        file = ("user_id,amount", f"{ann.user_id},900", f"{bob.user_id},200")
        await choose(page, *file)
        refused = page.get_by_role("region", name="Refused lines")
        await expect(refused).to_contain_text("the budget is used up")
        await expect(refused).to_contain_text("The campaign has 100.00 left, 200 is needed.")
        await page.get_by_role("button", name="Give 900.00").click()
        await expect(page.get_by_text("900.00\u00a0GOLD to 1 user", exact=True)).to_be_visible()

        await page.get_by_role("button", name="Change budget").click()
        await dialog(page).get_by_label("Budget").fill("800")
        await dialog(page).get_by_label("Reason").fill("less")
        await expect(dialog(page)).to_contain_text("It would be refused.")
        await expect(page.get_by_role("alert")).to_contain_text("more than that is granted")
        await dialog(page).get_by_label("Budget").fill("1100")
        await expect(dialog(page)).to_contain_text("Budget: 1,000.00 → 1,100")
        await dialog(page).get_by_role("button", name="Change it").dblclick()
        await expect(dialog(page)).to_have_count(0)
        await expect(page.get_by_text("1,100.00\u00a0GOLD", exact=True)).to_be_visible()
        await choose(page, *file)
        await expect(page.locator(".effect")).to_contain_text("1 user would get 200.00")
        await page.get_by_role("button", name="Give 200.00").click()
        await expect(page.get_by_text("1,100.00\u00a0GOLD to 2 users")).to_be_visible()
    assert [row["amount"] for row in await transactions(admin, bob)] == ["200.00"]


BAD_FILES = {
    b"\xff\xfe": "is not UTF-8",
    b"": "there is no header",
    b"name,amount\nx,1": "columns can be user_id, external_id, email, amount, reference",
    b"email,email,amount\n": "a column twice",
    b"amount\n1": "none of user_id, external_id, email",
    b"email\na@b": "the header has no amount",
    b"email,amount\na@b": "Line 2: has 1 columns, not 2",
    b'email,amount\n"a@b"x,1': "Line 2: has a quotation mark where none belongs",
    b'external_id,amount\n"a\n""b""",1\nc,1e3': "Line 4: 1e3 is no amount",
    b"email,amount\r\na@b,1\r\n\r\nA@B,2\r\n": "Line 4: names the same email as line 2",
    b"email,amount\n": "nobody behind the header",
}


async def test_a_bad_file_is_not_sent(open_console: Open, campaign: str) -> None:
    async with open_console(f"#/catalogue/campaigns/{campaign}") as tab:
        page = tab.page
        await page.get_by_label("Reason").fill("spring")
        for text, complaint in BAD_FILES.items():
            file = {"name": "users.csv", "mimeType": "text/csv", "buffer": text}
            await page.get_by_label("File of users (CSV)").set_input_files(files=[file])
            await page.get_by_role("button", name="See what would happen").click()
            await expect(page.get_by_role("alert")).to_contain_text("Nothing was sent")
            await expect(page.get_by_role("alert")).to_contain_text(complaint)
    assert not [url for _, url in tab.requests if "/grants" in url]


async def test_the_overview_shows_the_treasury_now_and_then(
    open_console: Open, admin: Caller, user: Caller
) -> None:
    [row] = [
        row
        for row in (await (await admin("GET", "/v1/admin/treasury")).json())["items"]
        if row["asset"] == "GOLD"
    ]
    async with open_console() as tab:
        tile = tab.page.get_by_role("article").filter(has_text="GOLD")
        await expect(tile).to_contain_text(shown(row["outstanding"], 2))
        await expect(tab.page.get_by_text("V00")).to_be_visible()
        await tab.page.get_by_label("As it was at").fill("2020-01-01T12:00:00")
        await expect(tile.locator(".big")).to_have_text("0.00")


async def test_the_overview_shows_an_asset_day_by_day(
    open_console: Open, admin: Caller, service: Caller, user: Caller
) -> None:
    """The pictures say what the table says, and that is what the API says."""
    await move(user, user, "spend", {"asset": "GOLD", "amount": 40})
    code = f"QUIET_{uuid4().hex[:6].upper()}"
    await admin("POST", "/v1/admin/assets", {"code": code, "name": "Quiet"})
    async with open_console() as tab:
        page = tab.page
        days = page.get_by_role("region", name="Day by day")
        await days.get_by_label("Asset").select_option("GOLD")
        await days.get_by_label("Time").select_option("7 days")
        await days.get_by_text("The figures").click()
        rows = days.get_by_role("row")
        for period, count in (("30 days", 31), ("7 days", 8)):
            await days.get_by_label("Time").select_option(period)
            await expect(rows).to_have_count(count)
        answer = await admin("GET", "/v1/economy", params={"asset": "GOLD"})
        today = (await answer.json())["items"][-1]
        cells = await rows.nth(1).get_by_role("cell").all_inner_texts()
        amounts = [shown(today[name], 2) for name in ("issued", "removed", "outstanding")]
        counts = [f"{today[name]:,}" for name in ("transfers", "movers", "new_users")]
        assert cells[:7] == [today["day"], *amounts, *counts]
        answer = await admin("GET", "/v1/economy/distribution", params={"asset": "GOLD"})
        spread = (await answer.json())["items"][-1]
        assert cells[7:] == [
            f"{spread['holders']:,}", shown(spread['average'], 4),
            shown(spread['median'], 4), spread["gini"],
            f"{shown(100 * Decimal(spread['top_share']), 1)}%",
        ]  # fmt: skip
        spent = f"{today['day']}: SPEND {shown(today['removed_by_kind']['SPEND'], 2)}\u00a0GOLD"
        await expect(days.locator("rect title").filter(has_text="SPEND")).to_have_text([spent])
        issued = shown(today["issued"], 2).rstrip("0").rstrip(".")
        await expect(days.get_by_role("img").first).to_have_accessible_name(
            re.compile(f"users got {issued} and used")
        )
        await days.get_by_label("Asset").select_option(code)
        await expect(days).to_contain_text("Nothing has moved in these days.")


async def test_the_overview_shows_who_leads_and_who_earned_oddly_much(
    open_console: Open, admin: Caller, new_user: Any, connect_module: Any
) -> None:
    code = f"ODD_{uuid4().hex[:6].upper()}"
    await admin("POST", "/v1/admin/assets", {"code": code, "name": "Odd"})
    users = [await new_user(1) for _ in range(3)]
    gifts = [
        (user.user_id, "BONUS", gift) for user, gift in zip(users, (2000, 199, 200), strict=True)
    ]
    await bring_over(await connect_module(), code, *gifts, (users[0].user_id, "SPEND", 7))
    async with open_console() as tab:
        page = tab.page
        days = page.get_by_role("region", name="Day by day")
        await days.get_by_label("Asset").select_option(code)
        earned, spent = (
            page.get_by_role("region", name=f"Top {who}") for who in ("earners", "spenders")
        )
        rows = earned.get_by_role("row")
        await expect(rows).to_have_count(4)
        cells = [await row.get_by_role("cell").all_inner_texts() for row in (await rows.all())[1:]]
        assert [row[1:] for row in cells] == [
            ["2,000", "10.0 x"], ["200", "1.0 x"], ["199", "1.0 x"],
        ]  # fmt: skip
        await expect(days.locator(".badge.warn")).to_have_text(["10.0 x"])
        await expect(days.get_by_text("3 users; half of them earned at most 200")).to_be_visible()
        await expect(spent.get_by_role("row")).to_have_count(2)
        await earned.get_by_role("link").first.click()
        await expect(page.locator("main")).to_have_attribute(
            "data-page", f"#/users/{users[0].user_id}"
        )


async def test_the_overview_says_what_is_behind_and_when_the_last_checkpoint_was(
    open_console: Open, admin: Caller, user: Caller
) -> None:
    code = f"late_{uuid4().hex[:6]}"
    await admin("POST", "/v1/subscriptions", {"code": code})
    await move(user, user, "spend", {"asset": "GOLD", "amount": 1})
    async with open_console() as tab:
        health = tab.page.get_by_role("region", name="Health")
        await expect(health).to_contain_text(f"{code}: 1 events behind, since")
        made = await (await admin("POST", "/v1/admin/checkpoints", {"reason": "a test"})).json()
        await tab.page.reload()
        moment = health.locator(f'time[datetime="{made["created_at"]}"]')
        await expect(moment).to_be_visible()
    await admin("DELETE", f"/v1/subscriptions/{code}")


async def test_the_record_tells_who_did_what(
    open_console: Open, admin: Caller, user: Caller, gateway: TestClient
) -> None:
    """Filtered, page by page, and in the address."""
    eve = f"eve {uuid4()}"
    as_eve = Caller(gateway, make_token("admin", eve))
    for number in range(52):
        body = {"status": "active", "reason": f"reason {number}"}
        await as_eve("POST", f"/v1/admin/users/{user.user_id}/status", body)
    await as_eve("POST", f"/v1/admin/users/{user.user_id}/tokens/revoke")
    params = {"by": eve, "limit": "3"}
    done = (await (await admin("GET", "/v1/admin/actions", params=params)).json())["items"]
    async with open_console(timezone_id="Asia/Tokyo") as tab:
        page = tab.page
        await page.get_by_role("link", name="Record").click()
        await expect(page.locator("main")).to_have_attribute("data-page", "#/record")
        await page.get_by_label("What was done").fill("set_user_status")
        await page.get_by_label("Who did it").fill(eve)
        await page.keyboard.press("Enter")
        actions = page.get_by_role("region", name="What operators did").locator(".action")
        await expect(actions).to_have_count(50)
        await page.get_by_role("button", name="Show older").click()
        await expect(actions).to_have_count(52)
        await expect(page.get_by_role("button", name="Show older")).to_be_hidden()
        assert await actions.locator(".badge").all_inner_texts() == ["set_user_status"] * 52

        # What is behind it is folded, and opens by keyboard too.
        await expect(page.get_by_text("reason 51", exact=True)).to_be_hidden()
        await actions.first.locator("summary").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("reason 51", exact=True)).to_be_visible()
        await expect(actions.first.locator("pre")).to_contain_text('"status": "active"')

        # His own time: the record begins with the second in which the last but one was done.
        moment = datetime.fromisoformat(done[1]["created_at"]).astimezone(ZoneInfo("Asia/Tokyo"))
        written = moment.strftime("%Y-%m-%dT%H:%M:%S")
        await page.get_by_label("Since").fill(written)
        await page.get_by_role("button", name="Show", exact=True).click()
        await expect(page.locator("main")).to_have_attribute("data-page", re.compile("since="))
        await page.reload()
        await expect(page.get_by_label("Since")).to_have_value(
            re.compile(written.removesuffix(":00"))
        )
        await expect(actions.first.locator("time").first).to_have_attribute(
            "datetime", done[1]["created_at"]
        )
        for label in ("Since", "What was done"):
            await page.get_by_label(label).fill("")
        await page.get_by_label("Until").fill("2020-01-01T00:00:00")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Nothing like this.")).to_be_visible()

        # From the user's page and back.
        await page.evaluate("way => { location.hash = way; }", f"#/users/{user.user_id}")
        await page.get_by_role("link", name="The record").click()
        await expect(actions.first.locator(".badge")).to_have_text("revoke_tokens")
        await actions.first.locator("summary").click()
        await actions.first.get_by_role("link", name=user.user_id).click()
        await expect(page.get_by_role("heading", name="Ann")).to_be_visible()


async def test_two_operators_do_what_one_may_not(
    open_console: Open, admin: Caller, gateway: TestClient, user: Caller
) -> None:
    code = f"SEAL_{uuid4().hex[:6].upper()}"
    await admin("POST", "/v1/admin/assets", {"code": code, "name": "Seals"})
    task = {"code": f"t_{code}", "name": f"Find {code}", "asset": code, "reward": 1}
    await admin("POST", "/v1/admin/tasks", task)
    ada, bob = f"ada {code}", f"bob {code}"
    async with open_console("#/record", token=make_token("admin", ada)) as tab:
        page = tab.page
        for function in ("bonus", "update_task"):
            await page.get_by_role("button", name="Set a threshold").click()
            await dialog(page).get_by_label("Function").select_option(function)
            await dialog(page).get_by_label("Asset").select_option(code)
            await dialog(page).get_by_label("Most").fill("50")
            await dialog(page).get_by_label("Reason").fill("from now on")
            await dialog(page).get_by_role("button", name="Set it").click()
            await expect(dialog(page)).to_have_count(0)
        limit = (
            page.get_by_role("region", name="Thresholds").get_by_role("row").filter(has_text=code)
        )
        await expect(limit).to_have_count(2)

        # A grant that is too large for one, seen before it is sent.
        await page.evaluate("way => { location.hash = way; }", f"#/users/{user.user_id}")
        await page.get_by_role("button", name="Grant", exact=True).click()
        await dialog(page).get_by_label("Asset").select_option(code)
        await dialog(page).get_by_label("Reason").fill("the outage")
        await dialog(page).get_by_label("Amount").fill("50")
        await expect(dialog(page).get_by_role("button", name="Grant 50")).to_be_enabled()
        await dialog(page).get_by_label("Amount").fill("51")
        await expect(dialog(page)).to_contain_text(f"bonus of 51 {code} is above the threshold")
        await expect(dialog(page)).to_contain_text(f"Balance: 0\u00a0{code} → 51\u00a0{code}")
        await dialog(page).get_by_role("button", name="Propose it").click()
        await expect(page.get_by_role("status")).to_contain_text("It is proposed.")

        # A reward that is, which no dry run tells: the refusal does.
        await page.evaluate("() => { location.hash = '#/catalogue/tasks'; }")
        await page.get_by_role("button", name=f"Change Find {code}").click()
        await dialog(page).get_by_label("Reward").fill("51")
        await dialog(page).get_by_label("Reason").fill("a festival")
        await dialog(page).get_by_role("button", name="Change it").click()
        await expect(dialog(page)).to_contain_text("Nothing yet")
        await dialog(page).get_by_role("button", name="Propose it").click()
        await expect(page.get_by_role("status")).to_contain_text("It is proposed.")

        # Nobody approves the own one, and lifts no threshold alone.
        await page.evaluate("() => { location.hash = '#/record'; }")
        mine = page.get_by_role("region", name="Proposals").locator(".action").filter(has_text=ada)
        await expect(mine).to_have_count(2)
        await mine.first.locator("summary").click()
        await expect(mine.first.get_by_role("button", name="Take it back")).to_be_visible()
        await expect(mine.first.get_by_role("button", name="Approve")).to_have_count(0)
        await page.get_by_role("button", name=f"Change bonus of {code}").click()
        await dialog(page).get_by_label("Most").fill("")
        await dialog(page).get_by_label("Reason").fill("no need")
        await dialog(page).get_by_role("button", name="Set it").click()
        await expect(dialog(page)).to_contain_text("It would lift the threshold")
        await expect(dialog(page).get_by_role("button", name="Propose it")).to_be_enabled()

    async with open_console("#/record", token=make_token("admin", bob)) as tab:
        page = tab.page
        theirs = (
            page.get_by_role("region", name="Proposals").locator(".action").filter(has_text=ada)
        )
        grant = theirs.filter(has_text="the outage")
        await grant.locator("summary").click()
        await grant.get_by_role("button", name="Approve").click()
        await dialog(page).get_by_label("Reason").fill("as agreed")
        await expect(dialog(page)).to_contain_text("What will happen")
        await dialog(page).get_by_role("button", name="Approve").click()
        await expect(page.get_by_role("status")).to_contain_text("It is approved and done.")
        await expect(theirs).to_have_count(1)
        reward = theirs.filter(has_text="a festival")
        await reward.locator("summary").click()
        await reward.get_by_role("button", name="Reject").click()
        await dialog(page).get_by_label("Reason").fill("too much")
        await dialog(page).get_by_role("button", name="Reject").click()
        await expect(theirs).to_have_count(0)
        await page.get_by_label("Status").select_option("rejected")
        await theirs.locator("summary").click()
        await expect(theirs).to_contain_text("too much")
    [granted] = await transactions(admin, user, asset=code)
    assert (granted["kind"], granted["amount"]) == ("BONUS", "51")
    tasks = (await (await admin("GET", "/v1/tasks")).json())["items"]
    assert [row["reward"] for row in tasks if row["asset"] == code] == ["1"]


async def test_the_books_are_checked(open_console: Open, user: Caller, connect_module: Any) -> None:
    connection = await connect_module()
    async with open_console("#/proof") as tab:
        page = tab.page
        await page.get_by_role("button", name="Check the books").click()
        await expect(page.get_by_text("The books are right.")).to_be_visible()
        forge = """UPDATE wallet_private.wallet SET balance = balance + $2 WHERE user_id = $1
            AND asset_id = (SELECT asset_id FROM wallet_private.asset WHERE code = 'GOLD')"""
        await connection.execute(forge, user.user_id, 5)
        try:
            async with page.expect_response("**/v1/admin/verifications"):
                await page.get_by_role("button", name="Check the books").click()
            await expect(page.get_by_text(re.compile("faults? (was|were) found"))).to_be_visible()
            row = page.get_by_role("row").filter(has_text=user.user_id or "").first
            await expect(row).to_contain_text("105")
            await row.get_by_role("link").click()
            await expect(page.get_by_role("heading", name="Ann")).to_be_visible()
            # The overview tells when that was, and what was found.
            await page.get_by_role("link", name="Overview").click()
            await expect(page.get_by_text(re.compile("Books last checked"))).to_be_visible()
            await expect(page.get_by_text(re.compile("users, [0-9]+ faults?"))).to_be_visible()
        finally:
            await connection.execute(forge, user.user_id, -5)


async def test_the_check_goes_on_where_it_was(
    open_console: Open, user: Caller, connect_module: Any
) -> None:
    """Page by page, with a bar: a page whose answer is lost is asked for again."""
    database = await connect_module()
    await database.execute(
        "SELECT wallet.import_users(array_agg(row($1 || n, NULL, NULL, NULL)::wallet.user_request))"
        " FROM generate_series(1, 500) AS n", f"{uuid4()} ",
    )  # fmt: skip
    count = await database.fetchval("SELECT count(*) FROM wallet_private.user_account")
    asked = []

    async def lose(route: Route) -> None:
        asked.append(route.request.url)
        await (route.abort() if len(asked) in (1, 3) else route.continue_())

    async with open_console("#/proof") as tab:
        page = tab.page
        await page.route("**/verify/page?*", lose)
        bar = page.get_by_role("progressbar", name="Checked")
        await page.get_by_role("button", name="Check the books").click()
        await expect(page.get_by_role("alert")).to_contain_text("no answer")
        assert await bar.evaluate("bar => bar.position") == 0
        await page.get_by_role("button", name="Go on").click()
        await expect(page.get_by_role("alert")).to_contain_text("no answer")
        assert 0 < await bar.evaluate("bar => bar.position") < 1
        await page.get_by_role("button", name="Stop").click()
        await expect(page.get_by_text("It was stopped.")).to_be_visible()
        await expect(page.get_by_text("The books are right.")).to_have_count(0)
        await page.get_by_role("button", name="Check the books").click()
        await expect(page.get_by_text("The books are right.")).to_be_visible()
        await expect(page.get_by_text(f"{count:,} users were checked")).to_be_visible()
        tab.complaints.clear()  # of the answers that were lost


async def test_a_root_that_was_kept_finds_history_that_was_rewritten(
    open_console: Open, user: Caller, connect_module: Any, tmp_path: Path
) -> None:
    database = await connect_module()
    forge = """UPDATE wallet_private.transfer SET hash = $2
        WHERE user_id = $1 AND seq = 1 AND hash = $3 RETURNING 1"""
    head = "SELECT hash FROM wallet_private.transfer WHERE user_id = $1"
    async with open_console("#/proof") as tab:
        page = tab.page
        await page.get_by_role("button", name="Make a checkpoint").click()
        await dialog(page).get_by_label("Reason").fill("end of the month")
        await dialog(page).get_by_role("button", name="Make it").dblclick()
        await expect(page.get_by_text(re.compile("Checkpoint [0-9]+ is made"))).to_be_visible()
        made = page.get_by_role("article", name="Checkpoint").first
        async with page.expect_download() as saving:
            await made.get_by_role("button", name="Save").click()
        await (await saving.value).save_as(tmp_path / "root.json")
        text = (tmp_path / "root.json").read_text()
        root, number = json.loads(text)["root"], json.loads(text)["checkpoint_id"]
        found = await database.fetchrow("SELECT * FROM wallet.list_checkpoints()")
        assert (found["root"], found["checkpoint_id"]) == (root, number)
        recorded = "SELECT count(*) FROM wallet.list_actions('checkpoint') AS a"
        recorded += " WHERE a.details ->> 'reason' = 'end of the month'"
        assert await database.fetchval(recorded) == 1, "a double click makes one"

        # All that was printed may be pasted, or the root alone.
        compared = page.get_by_role("region", name="A root that was kept")
        await compared.get_by_role("textbox", name="Root").fill(text)
        await expect(compared.get_by_role("textbox", name="Root")).to_have_value(root)
        await expect(compared.get_by_role("textbox", name="Checkpoint")).to_have_value(str(number))
        await compared.get_by_role("button", name="Compare").click()
        await expect(compared).to_contain_text(f"History is as it was at checkpoint {number}.")
        await compared.get_by_role("textbox", name="Root").fill("00" * 32)
        await compared.get_by_role("button", name="Compare").click()
        await expect(compared).to_contain_text("1 fault was found.")
        await expect(compared.get_by_role("region", name="Faults")).to_contain_text(root)

        true = await database.fetchval(head, user.user_id)
        await database.execute("ALTER TABLE wallet_private.transfer DISABLE TRIGGER USER")
        assert await database.fetch(forge, user.user_id, bytes(32), true)
        try:
            await compared.get_by_role("textbox", name="Root").fill(root.upper())
            await compared.get_by_role("button", name="Compare").click()
            fault = compared.get_by_role("row").filter(has_text="history is as it was")
            await expect(fault).to_contain_text(true.hex())
            await expect(compared).to_contain_text("1 fault was found.")
            await fault.get_by_role("link", name=user.user_id).click()
            await expect(page.get_by_role("heading", name="Ann")).to_be_visible()
        finally:
            assert await database.fetch(forge, user.user_id, true, bytes(32))
            await database.execute("ALTER TABLE wallet_private.transfer ENABLE TRIGGER USER")


# ---------------------------------------------------------------------------------------------
# For everyone
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nobody_is_kept_out(
    scheme: str, open_console: Open, admin: Caller, service: Caller, user: Caller, new_user: Any,
    campaign: str,
) -> None:  # fmt: skip
    """What axe-core finds, and pages that scroll to the side: on each page, narrow and wide."""
    try:
        script = axe().read_text()
    except Unavailable as reason:
        pytest.skip(str(reason))
    asset = {"code": "CAPPED", "name": "Capped", "supply": 1000, "lot_order": "free_first"}
    await admin("POST", "/v1/admin/assets", asset)
    limit = {"code": "capped", "asset": "CAPPED", "measure": "balance", "maximum": 9}
    await admin("POST", "/v1/admin/limits", limit)
    await move(admin, user, "bonus", {"asset": "CAPPED", "amount": 5})
    await admin("PUT", "/v1/admin/conversion-rates/GOLD/CAPPED", {"from_amount": 1, "to_amount": 1})
    await admin("POST", "/v1/admin/checkpoints", {})
    spent = await move(user, user, "spend", {"asset": "GOLD", "amount": 1, "reference": "x" * 200})
    await move(service, user, "holds", {"asset": "GOLD", "amount": 3, "expires_in": 3600})
    await admin("PUT", "/v1/admin/thresholds/adjust/CAPPED", {"most": 9})
    given = {"user_id": user.user_id, "asset": "CAPPED", "amount": 9, "reference": "x" * 200}
    call = {"function": "adjust", "arguments": given, "reason": "y" * 200}
    assert (await admin("POST", "/v1/admin/proposals", call)).status == 201

    async def look(page: Page, what: str) -> None:
        found = await page.evaluate(
            f"async () => {{ {script}; return (await axe.run()).violations; }}"
        )
        serious = [each for each in found if each["impact"] in ("serious", "critical")]
        assert not serious, f"{what}: {json.dumps(serious, indent=1)}"
        for width in (360, 3840):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, what
        await page.set_viewport_size({"width": 1280, "height": 900})

    async with open_console(token=None, color_scheme=scheme) as tab:
        await expect(tab.page.get_by_role("button", name="Log in")).to_be_visible()
        await look(tab.page, "log-in")
    one = f"#/users/{user.user_id}"
    async with open_console(color_scheme=scheme) as tab:
        page = tab.page
        for way in (
            "#/overview", "#/users", "#/users/nobody", one,
            f"{one}/transactions/{spent['transaction_id']}", "#/catalogue/assets",
            "#/catalogue/conversion-rates", "#/catalogue/tasks", "#/catalogue/items",
            "#/catalogue/limits", "#/catalogue/campaigns", f"#/catalogue/campaigns/{campaign}",
            "#/catalogue/campaigns/none", "#/record", "#/proof",
        ):  # fmt: skip
            await page.evaluate("way => { location.hash = way; }", way)
            await expect(page.locator("main")).to_have_attribute("data-page", way)
            await settle(page)
            await expect(page.locator("[aria-busy=true]")).to_have_count(0)
            await look(page, way)
        await page.get_by_role("button", name="Check the books").click()
        await expect(page.get_by_text("The books are right.")).to_be_visible()
        await look(page, "the verdict")
        await page.get_by_role("textbox", name="Root").fill("00" * 32)
        await page.get_by_role("textbox", name="Checkpoint").fill("1")
        await page.get_by_role("button", name="Compare").click()
        await expect(page.get_by_text("1 fault was found.")).to_be_visible()
        await look(page, "faults")
        way = f"#/catalogue/campaigns/{campaign}"
        await page.evaluate("way => { location.hash = way; }", way)
        await expect(page.locator("main")).to_have_attribute("data-page", way)
        await choose(page, "external_id,amount", "y" * 300 + ",1")
        await look(page, "a bad file")
        other = (await new_user()).user_id
        await choose(page, "user_id,email,amount", f"{other},,1", f",{'z' * 200}@z.example,1")
        await expect(page.get_by_role("button", name="Give 1")).to_be_visible()
        await look(page, "what would be given")
        await page.get_by_role("button", name="Give 1").click()
        await expect(page.get_by_text("Done.")).to_be_visible()
        await look(page, "what was given")
        await page.evaluate("way => { location.hash = way; }", "#/record")
        await page.get_by_label("Status").select_option("all")
        for region in ("Proposals", "What operators did"):
            summary = page.get_by_role("region", name=region).locator(".action summary")
            await summary.first.click()
        await look(page, "a proposal and an action")
        await page.evaluate("way => { location.hash = way; }", one)
        await expect(page.locator("main")).to_have_attribute("data-page", one)
        await page.locator(".movement summary").first.click()
        await page.get_by_role("button", name="Refund").click()
        await expect(dialog(page)).to_be_visible()
        await look(page, "a change")
        await dialog(page).get_by_label("Amount").fill("7")
        await dialog(page).get_by_label("Reason").fill("too much")
        await dialog(page).get_by_role("button", name="Refund 7").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await look(page, "a refusal")


async def test_the_keyboard_is_enough(open_console: Open, admin: Caller, user: Caller) -> None:
    async with open_console() as tab:
        page, press = tab.page, tab.page.keyboard.press
        await settle(page)

        async def tab_to(target: Locator) -> None:
            for _ in range(60):
                if await target.evaluate("element => element === document.activeElement"):
                    return
                await press("Tab")
            raise AssertionError(f"Tab never comes to {target}")

        await press("/")
        await page.keyboard.type(user.user_id or "")
        await press("Enter")
        await expect(page.get_by_role("heading", name="Ann")).to_be_visible()
        await tab_to(page.locator(".movement summary").first)
        await press("Enter")
        back = page.get_by_role("button", name="Take back")
        await back.wait_for()
        await tab_to(back)
        await press("Enter")
        await tab_to(dialog(page).get_by_label("Reason"))
        await page.keyboard.type("by keyboard")
        await expect(dialog(page)).to_contain_text("Balance: 100.00 GOLD → 0.00 GOLD")
        await press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("The balance is 0.00 GOLD.")
    assert (await transactions(admin, user))[0]["kind"] == "REVERSAL"
