"""Old bodies go on after the migration. Whatever function they call then is there.

If one is not, the old gateway gets 42883. It then compares all functions with its own, finds that
answers have got more columns, and serves nothing until it is replaced. With more columns a body
ends with another error, which is a 500 of this one call.
"""

import pytest

from pgwallet.migrate import migrate
from tests.support import plpgsql_check
from tests.upgrade.releases import RELEASES, Release

BODIES = """
SELECT
    format('%s.%s', p.pronamespace::regnamespace, p.proname) AS name,
    pg_get_functiondef(p.oid) AS source
FROM pg_proc AS p INNER JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace IN ('wallet'::regnamespace, 'wallet_private'::regnamespace)
    AND l.lanname = 'plpgsql' AND p.prorettype <> 'trigger'::regtype
"""
ERRORS = """
SELECT c.sqlstate FROM pg_proc AS p
CROSS JOIN LATERAL plpgsql_check.plpgsql_check_function_tb(p.oid, fatal_errors => false) AS c
WHERE p.pronamespace = 'old'::regnamespace AND c.level = 'error'
"""
TOPUP = """
SELECT wallet.create_asset('GOLD', 'Gold');
SELECT wallet.topup((wallet.create_user('player-1')).user_id, 'GOLD', 1, 'key-1')
"""
MORE_COLUMNS = {
    "wallet.get_balance_at": ["42846"],
    "wallet.get_transaction": ["42846"],
    "wallet.list_balances": ["42804"],
    "wallet_private.post_together": ["42846", "55000"],  # and the record it would have filled
}


@pytest.mark.parametrize("version", [*RELEASES][-1:])
async def test_old_bodies_find_what_they_call(version, servers, tmp_path):
    database = plpgsql_check.create(servers, is_migrated=False)
    await migrate(database.dsn, root=Release(version, tmp_path).db)
    database.psql(TOPUP)
    connection = await database.connect()
    try:
        bodies = await connection.fetch(BODIES)
        assert len(bodies) > 50
        await migrate(database.dsn)
        await connection.execute("LOAD 'plpgsql'; SET check_function_bodies = off")
        errors = {}
        for name, source in bodies:
            await connection.execute("CREATE SCHEMA old")
            await connection.execute(source.replace(f" {name}(", " old.body(", 1))
            if found := [sqlstate for (sqlstate,) in await connection.fetch(ERRORS)]:
                errors[name] = found
            await connection.execute("DROP SCHEMA old CASCADE")
        assert errors == MORE_COLUMNS
    finally:
        await connection.close()
        database.drop()
