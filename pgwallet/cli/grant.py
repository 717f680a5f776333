"""pgwallet grant: credit the users in a file out of a campaign."""

from decimal import Decimal
from typing import IO

import asyncpg
import click

from gateway.database import Row
from gateway.settings import Settings
from pgwallet.cli import sheets
from pgwallet.cli.bulk import (
    check_option,
    connections_option,
    do_in_parts,
    file_argument,
    refused_option,
    report,
    say_plan,
)
from pgwallet.cli.shared import call, json_option, run, server

_IDENTITIES = ("user_id", "external_id", "email")


@click.command()
@file_argument
@click.option("--asset", required=True, metavar="CODE", help="The asset to give, such as POINTS.")
@click.option("--campaign", required=True, metavar="CODE", help="The campaign, such as SPRING.")
@click.option("--budget", help="The most that a new campaign may give in all.  [default: no limit]")
@click.option("--amount", help="The amount for each user. Without it FILE has a column amount.")
@click.option(
    "--expires-in",
    type=click.IntRange(min=1),
    metavar="DAYS",
    help="How long a new campaign's grants live, in days.  [default: as the asset says]",
)
@check_option
@refused_option
@connections_option
@json_option
def grant(
    file: IO[bytes],
    asset: str,
    campaign: str,
    budget: str | None,
    amount: str | None,
    expires_in: int | None,
    is_check: bool,
    refused: IO[str] | None,
    connections: int,
    is_json: bool,
) -> None:
    """Credit each user in FILE once, out of a campaign.

    FILE is CSV; - is stdin. Its header has user_id, external_id or email, then amount (unless
    --amount is given), and may have reference. The command checks all lines before it credits
    anybody. Then it credits or refuses each user alone.

    A campaign credits each user once, and never more than its budget in all, however often and
    from wherever you run this. If it was interrupted, run it again.

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
        lives = None if expires_in is None else 86400 * expires_in
        found = _find_campaign(dsn, campaign, asset, budget, lives)
        plan = {
            "campaign": campaign,
            "asset": asset,
            "lines": len(sheet.lines),
            "total": f"{round(sum(amounts, Decimal(0)), scale):f}",
            "budget": found["budget"] if found else budget,
            "remaining": found["remaining"] if found else budget,
        }
        say_plan(plan, is_json=is_json, is_check=is_check)
        if is_check:
            return
        if not found:
            _create_campaign(dsn, campaign, asset, budget, lives)
        rows = [
            (*(line.cells.get(c) for c in _IDENTITIES), amount, line.cells.get("reference"))
            for line, amount in zip(sheet.lines, amounts, strict=True)
        ]
        tally = do_in_parts(
            dsn, "grant_batch", "grants", sheet, rows, connections, campaign=campaign
        )
        found = _find_campaign(dsn, campaign, asset) or {}
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
    report(said, result, sheet, tally, refused, is_json=is_json)


def _scale(assets: list[Row], code: str) -> int:
    for asset in assets:
        if asset["asset"] == code:
            return int(asset["scale"])
    known = ", ".join(asset["asset"] for asset in assets)
    raise click.BadParameter(f"there is no asset {code}; there are {known}", param_hint="--asset")


def _find_campaign(
    dsn: str, code: str, asset: str, budget: str | None = None, lives: int | None = None
) -> Row | None:
    """The campaign, if there is one. It must have this asset, and what else is given."""
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
        if lives and found["expires_in"] != lives:
            raise click.BadParameter(
                f"what campaign {code} gives lives {_days(found['expires_in'])}",
                param_hint="--expires-in",
            )
        return found
    return None


def _days(seconds: int | None) -> str:
    return "as long as the asset says" if seconds is None else f"{seconds / 86400:g} days"


def _create_campaign(
    dsn: str, code: str, asset: str, budget: str | None, lives: int | None
) -> None:
    most = Decimal(budget) if budget else None
    made = {"code": code, "asset": asset, "budget": most, "expires_in": lives}
    try:
        run(call(dsn, "create_campaign", **made))
    except asyncpg.PostgresError as error:
        # Another run may have created it first.
        if error.sqlstate != "WA304" or not _find_campaign(dsn, code, asset, budget, lives):
            raise
