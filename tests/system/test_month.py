"""The demo's past: what `pgwallet up` shows from the first minute."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

from pgwallet.cli.month import DAYS, PLAYERS, history
from pgwallet.cli.seed import seed_demo


def test_new_demo_data_has_a_month_of_history_once(database):
    asyncio.run(seed_demo(database.dsn, with_month=True))
    days = """
        SELECT count(DISTINCT user_id), count(DISTINCT created_at::date),
            min(created_at) >= date_trunc('day', now(), 'UTC') - make_interval(days => {}),
            max(created_at) < now()
        FROM wallet.transaction WHERE details #> '{{result,is_imported}}' = 'true'
    """
    assert database.psql(days.format(DAYS)) == f"{PLAYERS}|{DAYS}|t|t"
    assert database.psql("SELECT * FROM wallet.verify()") == ""
    # README and the tutorial tell what these have.
    assert database.psql(
        "SELECT u.name, string_agg(b.asset || b.balance, ' ' ORDER BY b.asset)"
        " FROM wallet_private.user_account AS u, wallet.list_balances(u.user_id) AS b"
        " WHERE u.email LIKE '%@example.com' GROUP BY u.name ORDER BY u.name"
    ).splitlines() == [
        "Admin|DIAMOND0 GOLD0 POINTS0.00 SILVER0",
        "Alice|DIAMOND500 GOLD1000 POINTS5000.00 SILVER0",
        "Bob|DIAMOND0 GOLD500 POINTS0.00 SILVER0",
    ]
    leaders = "SELECT direction, count(*) FROM wallet.leaders('GOLD') GROUP BY 1 ORDER BY 1"
    assert database.psql(leaders) == "earned|20\nspent|20"
    count = database.psql("SELECT count(*) FROM wallet.transaction")
    asyncio.run(seed_demo(database.dsn, with_month=True))
    assert database.psql("SELECT count(*) FROM wallet.transaction") == count


def test_it_is_always_the_same_history():
    one, other = (list(history(datetime(2026, 1, day, tzinfo=UTC))) for day in (1, 2))
    later = [(*line[:6], line[6] - timedelta(days=1), *line[7:]) for line in other]
    assert later == one
    assert Counter(line[4] for line in one).keys() == {"TOPUP", "BONUS", "SPEND", "ADJUST"}
