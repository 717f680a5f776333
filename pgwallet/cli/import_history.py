"""pgwallet import-history: bring over what another wallet held."""

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

import asyncpg
import click
import msgspec

from gateway.settings import Settings
from pgwallet.cli import sheets
from pgwallet.cli.bulk import Tally, check_option, connections_option, file_argument, report
from pgwallet.cli.shared import call, json_option, print_json, progress, run, server
from pgwallet.cli.sheets import BadSheet, Line, Sheet

_IDENTITIES = ("user_id", "external_id", "email")
_SIZE = 2000  # lines of a call; more if one user has more
_TRIES = 10  # of a call that waits for locks
_BUSY = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)
CALL = """
SELECT r.users, r.lines, r.replays, r.issued, r.refusals
FROM wallet_private.import_history(
    p_lines => $1::wallet_private.history_line[], p_is_check => $2
) AS r"""


@dataclass
class _Part:
    """All lines of some users, and what they say."""

    lines: list[Line] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass
class _Outcome(Tally):
    """What the lines so far have done, or with --check would do."""

    brought: int = 0
    issued: Counter[str] = field(default_factory=Counter)

    def take(self, part: _Part, answer: asyncpg.Record) -> None:
        refusals = [dict(each) for each in answer["refusals"]]
        self.add(
            part.lines,
            {"users": answer["users"], "replays": answer["replays"], "refusals": refusals},
        )
        self.brought += answer["lines"]
        issued = msgspec.json.decode(answer["issued"], type=dict[str, Decimal])
        self.issued.update(issued)

    @property
    def amounts(self) -> dict[str, str]:
        return {asset: str(amount) for asset, amount in sorted(self.issued.items())}


@click.command("import-history")
@file_argument
@check_option
@connections_option
@json_option
def import_history(file: IO[bytes], is_check: bool, connections: int, is_json: bool) -> None:
    """Bring what another wallet held into wallets that have no transfer yet.

    FILE is CSV or JSON Lines; - is stdin. A line has user_id, external_id or email, then asset,
    kind, amount and created_at, and may have idempotency_key, reference and metadata. kind is
    TOPUP, BONUS, SPEND, ADJUST, or OPENING for what was there before the first known movement. An
    amount is positive, but ADJUST may be negative. A wallet's lines are sorted by time.

    The command checks all lines before it brings any over. It runs as wallet_owner. If it was
    interrupted, run it again.

    \b
    Examples:
      pgwallet import-history history.csv --check
      pgwallet import-history history.jsonl
    """
    sheet = sheets.read(
        file,
        identities=_IDENTITIES,
        required=("asset", "kind", "amount", "created_at"),
        optional=("idempotency_key", "reference", "metadata"),
        scale=None,
        is_json=True,
    )
    parts = _parts(sheet)
    with server(Settings.from_env()) as dsn:
        plan = _do(dsn, "check history", parts, connections, is_check=True)
        wrongs = [
            (each["line"], f"{each['code']} {each['message']}. {each['detail']}")
            for each in plan.refused
        ]
        if wrongs:
            raise BadSheet(sheet.name, wrongs)
        _check_caps(dsn, plan)
        if is_check:
            _say_plan(plan, is_json=is_json)
            return
        done = _do(dsn, "import history", parts, connections, is_check=False)
    result = {
        "users": done.users,
        "lines": done.brought,
        "issued": done.amounts,
        "replays": done.replays,
        "refused": len(done.refused),
        "refusals": done.refused,
    }
    said = (
        f"{done.brought:,} lines of {done.users:,} users brought over, {done.replays:,} had been"
        f" before, {len(done.refused):,} refused"
    )
    report(said, result, sheet, done, None, is_json=is_json)


def _say_plan(plan: _Outcome, *, is_json: bool) -> None:
    if is_json:
        print_json(
            {
                "users": plan.users,
                "lines": plan.brought,
                "issued": plan.amounts,
                "replays": plan.replays,
            }
        )
        return
    amounts = ", ".join(f"{amount} {asset}" for asset, amount in plan.amounts.items())
    click.echo(
        f"{plan.brought:,} lines of {plan.users:,} users, who then have {amounts or 'nothing'};"
        f" {plan.replays:,} lines have been brought over before"
    )


def _parts(sheet: Sheet) -> list[_Part]:
    """The lines in parts; all lines of a user are in one. Raises BadSheet."""
    users: dict[str, _Part] = {}
    complaints: list[tuple[int, str]] = []
    named_by = ""
    for line in sheet.lines:
        identity = next(c for c in _IDENTITIES if line.cells.get(c))
        named_by = named_by or identity
        if identity != named_by:
            complaints.append((line.number, f"has no {named_by}, as the lines before it have"))
            continue
        try:
            row = _row(line)
        except ValueError as error:
            complaints.append((line.number, str(error)))
            continue
        name = line.cells[identity] or ""
        user = users.setdefault(name if identity == "external_id" else name.lower(), _Part())
        user.lines.append(line)
        user.rows.append(row)
    if complaints:
        raise BadSheet(sheet.name, complaints)
    parts: list[_Part] = []
    for user in users.values():
        if not parts or len(parts[-1].lines) + len(user.lines) > _SIZE:
            parts.append(_Part())
        parts[-1].lines += user.lines
        parts[-1].rows += user.rows
    return parts


def _row(line: Line) -> tuple[Any, ...]:
    """A wallet_private.history_line. Raises ValueError if a cell can't be read."""
    cells = line.cells
    user_id, amount, metadata = cells.get("user_id"), cells["amount"] or "", cells.get("metadata")
    unsigned = amount.removeprefix("-")
    if wrongs := sheets.wrong_amount(unsigned, 20):
        raise ValueError(wrongs[0])
    if metadata is not None:
        try:
            is_object = isinstance(msgspec.json.decode(metadata), dict)
        except msgspec.DecodeError:
            is_object = False
        if not is_object or "\\u0000" in metadata:
            raise ValueError("metadata is no JSON object")
    return (
        UUID(user_id) if user_id else None,
        cells.get("external_id"),
        cells.get("email"),
        cells["asset"],
        cells["kind"],
        Decimal(amount),
        _instant(cells["created_at"] or ""),
        cells.get("idempotency_key"),
        cells.get("reference"),
        metadata,
    )


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:60]!r} is no time such as 2026-01-31T12:00:00Z") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _check_caps(dsn: str, plan: _Outcome) -> None:
    for each in run(call(dsn, "treasury")):
        needed, left = plan.issued.get(each["asset"], 0), each["remaining"]
        if left is not None and needed > Decimal(left):
            raise click.ClickException(
                f"nothing was done, as {needed} {each['asset']} is needed and {left} is left of"
                f" its cap of {each['supply']}; wallet.change_supply can raise it"
            )


def _do(
    dsn: str, label: str, parts: Sequence[_Part], connections: int, *, is_check: bool
) -> _Outcome:
    """Calls the function with all parts."""
    outcome = _Outcome()
    total = sum(len(part.lines) for part in parts)

    async def do_all() -> None:
        waiting = iter(parts)
        with progress(label, total, file=sys.stderr) as advance:

            async def work() -> None:
                connection = await asyncpg.connect(dsn, server_settings={"role": "wallet_owner"})
                try:
                    for part in waiting:
                        outcome.take(part, await _ask(connection, part, is_check=is_check))
                        advance(len(part.lines))
                finally:
                    await connection.close()

            tasks = [asyncio.create_task(work()) for _ in range(min(connections, len(parts)))]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    try:
        run(do_all())
    except BaseException:
        if not is_check:
            click.echo(
                f"stopped when {outcome.lines:,} of {total:,} lines were done;"
                " run it again to do the rest",
                err=True,
            )
        raise
    outcome.refused.sort(key=lambda each: each["line"])
    return outcome


async def _ask(connection: Any, part: _Part, *, is_check: bool) -> asyncpg.Record:
    tries = 0
    while True:
        try:
            return await connection.fetchrow(CALL, part.rows, is_check)
        except _BUSY:
            tries += 1
            if tries == _TRIES:
                raise
