"""Many users at once: import them, and credit them out of campaigns."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

import asyncpg
import click

from gateway.cli import sheets
from gateway.cli.shared import (
    REFUSED,
    call,
    function,
    json_option,
    print_json,
    print_rows,
    progress,
    run,
    server,
)
from gateway.cli.sheets import Sheet
from gateway.database import Row
from gateway.settings import Settings

SIZE = 1000  # lines of a call
_IDENTITIES = ("user_id", "external_id", "email")
_CAMPAIGN = ("campaign", "asset", "budget", "granted", "remaining", "users")
_SHOWN = 20  # refusals
_TRIES = 10  # of a call that waits for locks; each takes up to 20 s

_file = click.argument("file", type=click.File("rb"))
_check = click.option("--check", "is_check", is_flag=True, help="Only look at FILE; do nothing.")
_refused = click.option(
    "--refused", type=click.File("w", lazy=True), metavar="OUT", help="Write refused lines there."
)
_connections = click.option(
    "--connections",
    default=4,
    show_default=True,
    type=click.IntRange(1, 16),
    help="Calls at a time; with 1, strictly in the order of FILE.",
)


@dataclass
class _Tally:
    """What came of the lines so far."""

    lines: int = 0
    users: int = 0
    amount: Decimal = Decimal(0)
    replays: int = 0
    refused: list[Row] = field(default_factory=list)

    def add(self, lines: Sequence[sheets.Line], answer: Row) -> None:
        self.lines += len(lines)
        self.users += answer["users"]
        self.amount += Decimal(answer.get("amount", 0))
        self.replays += answer["replays"]
        self.refused += [
            {"line": lines[each.pop("ord") - 1].number, **each} for each in answer["refusals"]
        ]


@click.command()
@_file
@click.option("--asset", required=True, metavar="CODE", help="What to give, such as POINTS.")
@click.option("--campaign", required=True, metavar="CODE", help="What for, such as SPRING.")
@click.option("--budget", help="The most to give in all, for a new campaign.  [default: no limit]")
@click.option("--amount", help="For each; without it FILE has a column amount.")
@_check
@_refused
@_connections
@json_option
def grant(
    file: IO[bytes],
    asset: str,
    campaign: str,
    budget: str | None,
    amount: str | None,
    is_check: bool,
    refused: IO[str] | None,
    connections: int,
    is_json: bool,
) -> None:
    """Credit the users in FILE out of a campaign, each of them once.

    FILE is CSV, - is stdin. Its header has user_id, external_id or email, then amount (unless
    --amount is given) and reference, which may be left out. All lines are checked before anybody
    is credited. Then each user is credited or refused alone.

    However often it is run, from wherever, a campaign credits a user once, and never more than its
    budget in all. So when it was interrupted, run it again.

    \b
    Examples:
      pgwallet grant users.csv --asset POINTS --campaign SPRING --amount 10 --check
      pgwallet grant users.csv --asset POINTS --campaign SPRING --amount 10 --budget 50000
      pgwallet grant more.csv --asset POINTS --campaign SPRING --refused refused.csv
    """
    with server(Settings.from_env()) as dsn:
        scale = _scale(run(call(dsn, "list_assets")), asset)
        for option, text in (("--budget", budget), ("--amount", amount)):
            if text and (wrong := sheets.wrong_amount(text, scale)):
                raise click.BadParameter(wrong[0], param_hint=option)
        sheet = sheets.read(
            file,
            identities=_IDENTITIES,
            required=() if amount else ("amount",),
            optional=("reference",),
            scale=scale,
        )
        amounts = [Decimal(amount or line.cells["amount"] or 0) for line in sheet.lines]
        found = _find_campaign(dsn, campaign, asset, budget)
        plan = {
            "campaign": campaign,
            "asset": asset,
            "lines": len(sheet.lines),
            "total": f"{round(sum(amounts, Decimal(0)), scale):f}",
            "budget": found["budget"] if found else budget,
            "remaining": found["remaining"] if found else budget,
        }
        _say_plan(plan, is_json=is_json, is_check=is_check)
        if is_check:
            return
        if not found:
            _create_campaign(dsn, campaign, asset, budget)
        rows = [
            (*(line.cells.get(c) for c in _IDENTITIES), amount, line.cells.get("reference"))
            for line, amount in zip(sheet.lines, amounts, strict=True)
        ]
        tally = _do(dsn, "grant_batch", "grants", sheet, rows, connections, campaign=campaign)
        found = _find_campaign(dsn, campaign, asset, None) or {}
    result = {
        "campaign": campaign,
        "asset": asset,
        "users": tally.users,
        "amount": f"{round(tally.amount, scale):f}",
        "replays": tally.replays,
        "refused": len(tally.refused),
        "remaining": found.get("remaining"),
        "refusals": tally.refused,
    }
    said = (
        f"{campaign}: {tally.users:,} users credited with {result['amount']} {asset},"
        f" {tally.replays:,} had been before, {len(tally.refused):,} refused"
    )
    _end(said, result, sheet, tally, refused, is_json=is_json)


@click.command("import-users")
@_file
@_check
@_refused
@_connections
@json_option
def import_users(
    file: IO[bytes], is_check: bool, refused: IO[str] | None, connections: int, is_json: bool
) -> None:
    """Make the users in FILE, who are not there yet.

    FILE is CSV, - is stdin. Its header has external_id or email or both, and may have name and
    phone. All lines are checked before anybody is made. A user is known by the external id, or
    without one by the email address; who is there already is left as is. So when it was
    interrupted, run it again.

    \b
    Examples:
      pgwallet import-users users.csv --check
      pgwallet import-users users.csv --refused refused.csv
    """
    sheet = sheets.read(file, identities=("external_id", "email"), optional=("name", "phone"))
    if is_check:
        _say_plan({"lines": len(sheet.lines)}, is_json=is_json, is_check=True)
        return
    columns = ("external_id", "name", "email", "phone")
    rows = [tuple(line.cells.get(column) for column in columns) for line in sheet.lines]
    with server(Settings.from_env()) as dsn:
        tally = _do(dsn, "import_users", "users", sheet, rows, connections)
    result = {
        "users": tally.users,
        "replays": tally.replays,
        "refused": len(tally.refused),
        "refusals": tally.refused,
    }
    said = (
        f"{tally.users:,} users made, {tally.replays:,} had been before,"
        f" {len(tally.refused):,} refused"
    )
    _end(said, result, sheet, tally, refused, is_json=is_json)


@click.command()
@json_option
def campaigns(is_json: bool) -> None:
    """List the campaigns: what each may give, has given, and to how many users.

    \b
    Examples:
      pgwallet campaigns
      pgwallet campaigns --json
    """
    with server(Settings.from_env()) as dsn:
        rows = run(call(dsn, "list_campaigns"))
    if is_json:
        print_json(rows)
    else:
        print_rows(rows, _CAMPAIGN, numbers=4)


@click.command()
@click.argument("campaign")
@click.argument("amount")
@json_option
def budget(campaign: str, amount: str, is_json: bool) -> None:
    """Set the most that CAMPAIGN may give in all; an AMOUNT of none lifts the limit.

    \b
    Examples:
      pgwallet budget SPRING 60000
      pgwallet budget SPRING none
    """
    most = None if amount == "none" else amount
    if most and (wrong := sheets.wrong_amount(most, 8)):
        raise click.BadParameter(wrong[0], param_hint="AMOUNT")
    with server(Settings.from_env()) as dsn:
        value = most and Decimal(most)
        rows = run(call(dsn, "change_budget", campaign=campaign, budget=value))
    if is_json:
        print_json(rows[0])
    else:
        print_rows(rows, _CAMPAIGN, numbers=4)


def _scale(assets: list[Row], code: str) -> int:
    for asset in assets:
        if asset["asset"] == code:
            return int(asset["scale"])
    known = ", ".join(asset["asset"] for asset in assets)
    raise click.BadParameter(f"there is no asset {code}; there are {known}", param_hint="--asset")


def _find_campaign(dsn: str, code: str, asset: str, budget: str | None) -> Row | None:
    """The campaign, if there is one, and it is the one that is meant."""
    for found in run(call(dsn, "list_campaigns")):
        if found["campaign"] != code:
            continue
        if found["asset"] != asset:
            raise click.BadParameter(
                f"campaign {code} gives {found['asset']}", param_hint="--asset"
            )
        if budget and (found["budget"] is None or Decimal(found["budget"]) != Decimal(budget)):
            raise click.BadParameter(
                f"campaign {code} has a budget of {found['budget'] or 'no limit'};"
                f" `pgwallet budget {code} {budget}` changes it",
                param_hint="--budget",
            )
        return found
    return None


def _create_campaign(dsn: str, code: str, asset: str, budget: str | None) -> None:
    most = Decimal(budget) if budget else None
    try:
        run(call(dsn, "create_campaign", code=code, asset=asset, budget=most))
    except asyncpg.PostgresError as error:
        # Another run may have been quicker.
        if error.sqlstate != "WA304" or not _find_campaign(dsn, code, asset, budget):
            raise


def _say_plan(plan: Mapping[str, Any], *, is_json: bool, is_check: bool) -> None:
    """What is about to be done; when that is all that was asked for, as the answer."""
    if is_json:
        if is_check:
            print_json(plan)
        return
    said = f"{plan['lines']:,} users"
    if "total" in plan:
        said += f", {plan['total']} {plan['asset']} in all"
        left = plan["remaining"]
        said += f"; the budget has {left} left" if left else "; the budget has no limit"
    click.echo(said, err=not is_check)


def _do(
    dsn: str,
    name: str,
    argument: str,
    sheet: Sheet,
    rows: Sequence[tuple[Any, ...]],
    connections: int,
    **others: Any,
) -> _Tally:
    """Call a function with all rows, in parts."""
    tally = _Tally()

    async def do() -> None:
        parts = _parts(dsn, name, argument, rows, connections, others)
        with progress(name.replace("_", " "), len(rows), file=sys.stderr) as advance:
            async with aclosing(parts):
                async for start, answer in parts:
                    lines = sheet.lines[start : start + SIZE]
                    tally.add(lines, answer)
                    advance(len(lines))

    try:
        run(do())
    except BaseException:
        click.echo(
            f"stopped when {tally.lines:,} of {len(rows):,} lines were known to be done;"
            " run it again, and it does the rest",
            err=True,
        )
        raise
    tally.refused.sort(key=lambda each: each["line"])
    return tally


async def _parts(
    dsn: str,
    name: str,
    argument: str,
    rows: Sequence[tuple[Any, ...]],
    connections: int,
    others: Mapping[str, Any],
) -> AsyncGenerator[tuple[int, Row], None]:
    """The answers to the parts, each with the place of its first row, as they come."""
    starts = iter(range(0, len(rows), SIZE))
    pending: set[asyncio.Task[tuple[int, Row]]] = set()
    async with function(dsn, name, argument, *others) as called:

        async def ask(start: int) -> tuple[int, Row]:
            tries = 0
            while True:
                try:
                    [answer] = await called({argument: rows[start : start + SIZE], **others})
                    return start, answer
                except asyncpg.LockNotAvailableError:  # others are at it too
                    tries += 1
                    if tries == _TRIES:
                        raise

        try:
            while True:
                while len(pending) < connections and (start := next(starts, None)) is not None:
                    pending.add(asyncio.create_task(ask(start)))
                if not pending:
                    return
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield await task
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)


def _end(
    said: str,
    result: Mapping[str, Any],
    sheet: Sheet,
    tally: _Tally,
    refused: IO[str] | None,
    *,
    is_json: bool,
) -> None:
    """Print what came of it; end with REFUSED if some lines were refused."""
    if is_json:
        print_json(result)
    else:
        click.echo(said if tally.users else f"{said}: nothing was left to do")
        for each in tally.refused[:_SHOWN]:
            click.echo(
                f"{sheet.name}:{each['line']}: {each['code']} {each['message']}. {each['detail']}",
                err=True,
            )
        if len(tally.refused) > _SHOWN:
            more = f"and {len(tally.refused) - _SHOWN:,} more"
            click.echo(more + ("" if refused else "; --refused OUT lists all"), err=True)
    if refused:
        sheets.write_refused(refused, sheet, tally.refused)
    if tally.refused:
        sys.exit(REFUSED)
