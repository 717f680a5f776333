from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.http.conftest import Caller
from tests.http.test_dry_run import (  # noqa: F401
    catalogue,
    test_it_answers_as_the_movement_and_moves_nothing,
    test_it_refuses_as_the_movement,
    test_many_at_once_move_nothing,
    thing,
)


@pytest.mark.parametrize(
    "call",
    [
        "grant_batch('{code}', ARRAY[ROW('{user}', NULL, NULL, 1, NULL)::wallet.grant_request])",
        "set_conversion_rate('GOLD', '{code}', 1, 2)",
        "change_budget('{code}', 99)",
    ],
)
async def test_what_can_not_be_tried_is_refused(
    call: str, user: Caller, gold: str, connect_module: Any
) -> None:
    """No partition would take it back."""
    proxy, code = await connect_module(), f"C{uuid4().hex[:8].upper()}"
    await proxy.execute("SELECT wallet.create_asset($1, 'C')", code)
    await proxy.execute("SELECT wallet.create_campaign($1, $2, 10)", code, gold)
    with pytest.raises(asyncpg.PostgresError, match="not allowed here") as refusal:
        async with proxy.transaction():
            await proxy.execute("SET LOCAL pgwallet.trial = 'on'")
            await proxy.execute(f"SELECT wallet.{call.format(code=code, user=user.user_id)}")
    assert refusal.value.sqlstate == "WA502"
    [campaign] = [
        row for row in await proxy.fetch("SELECT * FROM wallet.list_campaigns()")
        if row["campaign"] == code
    ]  # fmt: skip
    assert (campaign["budget"], campaign["granted"]) == (10, 0)
    rates = await proxy.fetch("SELECT * FROM wallet.list_conversion_rates()")
    assert code not in {row["to_asset"] for row in rates}
