"""What the functions run finds its rows by an index, however many there are."""

import re
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest

from tests.support.explain import POPULATION, find, plans_of
from tests.support.servers import every_version

pytestmark = every_version

# The tables that grow with users.
GROWING = {
    "checkpoint_head",
    "credential",
    "hold",
    "hold_capture",
    "purchase",
    "reversal",
    "task_completion",
    "transfer",
    "user_account",
    "wallet",
}

# What is called often.
MOVEMENTS = [
    "adjust",
    "bonus",
    "buy_item",
    "capture_hold",
    "complete_task",
    "convert",
    "place_hold",
    "post_batch",
    "release_hold",
    "reverse",
    "sign_up",
    "spend",
    "topup",
]
OTHERS = [
    "expire_holds",
    "find_user",
    "get_balance",
    "get_balance_at",
    "get_credential",
    "get_token_state",
    "get_transaction",
    "get_user",
    "get_user_id",
    "list_balances",
    "list_holds",
    "list_transactions",
    "list_user_ids",
    "search_users",
    "set_user_status",
    "statement",
]

# Every statement of this function that names this table goes by this index.
INDEXES = [
    ("wallet_private.post", "wallet", "wallet_pkey"),
    ("wallet_private.post", "transfer", "transfer_key_idx"),
    ("wallet_private.post_pair", "wallet", "wallet_pkey"),
    ("wallet_private.move", "asset", "asset_code_key"),
    ("wallet_private.find_asset", "asset", "asset_code_key"),
    ("wallet_private.find_replay", "transfer", "transfer_key_idx"),
    ("wallet_private.clear_way", "transfer", "transfer_key_idx"),
    ("wallet_private.clear_way", "wallet", "wallet_pkey"),
    ("wallet_private.take_back", "transfer", "transfer_pkey"),
    ("wallet_private.take_back", "wallet", "wallet_pkey"),
    ("wallet_private.lock_wallet", "wallet", "wallet_pkey"),
    ("wallet_private.settle_supply", "supply", "supply_pkey"),
    ("wallet_private.find_legs", "transfer", "transfer_transaction_id_idx"),
    ("wallet_private.seq_at", "wallet", "wallet_pkey"),
    ("wallet_private.seq_at", "transfer", "transfer_pkey"),
    ("wallet_private.balance_at", "transfer", "transfer_pkey"),
    ("wallet_private.page_history", "transfer", "transfer_pkey"),
    ("wallet_private.find_user", "user_account", "user_account_pkey"),
    ("wallet_private.find_rate", "conversion_rate", "conversion_rate_current_idx"),
    ("wallet_private.find_hold", "hold", "hold_pkey"),
    ("wallet_private.expire_holds", "hold", "hold_open_idx"),
    ("wallet_private.record_capture", "hold", "hold_pkey"),
    ("wallet.expire_holds", "hold", "hold_expires_at_idx"),
    ("wallet.get_credential", "user_account", "user_account_email_idx"),
    ("wallet.get_token_state", "user_account", "user_account_pkey"),
    ("wallet.get_token_state", "user_account", "user_account_external_id_key"),
    ("wallet.get_user_id", "user_account", "user_account_external_id_key"),
    ("wallet.list_user_ids", "user_account", "user_account_external_id_key"),
    ("wallet.search_users", "user_account", "user_account_name_idx"),
    ("wallet.search_users", "user_account", "user_account_email_idx"),
    ("wallet.search_users", "user_account", "user_account_external_id_key"),
]


@pytest.fixture(scope="module")
def dsn(module_database) -> str:
    module_database.psql(POPULATION.read_text())
    return module_database.dsn


@pytest.fixture
async def connection(dsn) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


@pytest.mark.parametrize("name", MOVEMENTS + OTHERS)
async def test_no_table_that_grows_is_read_whole(connection, name):
    assert await read_whole(connection, name) == set()


@pytest.mark.parametrize("name", MOVEMENTS)
async def test_movements_go_by_the_wallet_and_the_key(connection, name):
    plans = [plan for _, plan in await plans_of(connection, f"wallet.{name}")]
    assert any(plan.startswith("Update on wallet ") for plan in plans)
    inserts = [plan for plan in plans if "Insert on transfer" in plan and "Conflict" in plan]
    assert inserts
    assert all("transfer_key_idx" in indexes_in(plan) for plan in inserts)


@pytest.mark.parametrize(("name", "table", "index"), INDEXES)
async def test_statement_goes_by_its_index(connection, name, table, index):
    assert await misses(connection, name, table, index) == []


@pytest.mark.parametrize(("name", "table", "index"), INDEXES)
async def test_a_missing_index_is_noticed(connection, name, table, index):
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(
        f"ALTER TABLE wallet_private.{table} DROP CONSTRAINT IF EXISTS {index} CASCADE;"
        f"DROP INDEX IF EXISTS wallet_private.{index}"
    )
    with suppress(asyncpg.InvalidColumnReferenceError):  # ON CONFLICT can't do without.
        assert await misses(connection, name, table, index)
    await transaction.rollback()


async def read_whole(connection: asyncpg.Connection, name: str) -> set[str]:
    """The growing tables that a function, or what it calls, reads from end to end."""
    plans = [plan for _, plan in await plans_of(connection, name)]
    assert plans
    in_order = r"Seq Scan on (\w+)"
    by_index = r"Scan(?: Backward)? using \w+ on (\w+).*\n(?! *Index Cond)"
    return GROWING & {
        table
        for plan in plans
        for pattern in (in_order, by_index)
        for table in re.findall(pattern, f"{plan}\n")
    }


async def misses(connection: asyncpg.Connection, name: str, table: str, index: str) -> list[str]:
    """The plans of a function's own statements on a table that don't use an index."""
    function = find(name)
    plans = [
        plan
        for statement, plan in await plans_of(connection, name)
        if statement.function is function and table in statement.tables
    ]
    assert plans
    return [plan for plan in plans if index not in indexes_in(plan)]


def indexes_in(plan: str) -> set[str]:
    pattern = r"(?:Scan(?: Backward)? using|Bitmap Index Scan on|Conflict Arbiter Indexes:) (\w+)"
    return set(re.findall(pattern, plan))
