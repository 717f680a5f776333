"""import-history: what another wallet held, once, whatever happens; bad files change nothing."""

import json
import time
from functools import partial

import pytest

from tests.support.servers import every_version
from tests.system.test_bulk import Shop, shared, shop, wait_for

__all__ = ["shared", "shop"]

CSV = """\
external_id,asset,kind,amount,created_at,idempotency_key,reference,metadata
u0,POINTS,OPENING,100.00,2025-01-01,,,
u1,POINTS,TOPUP,5,2025-01-02T10:00:00+02:00,pay-1,order-1,"{""price"": 1.50}"
u0,POINTS,SPEND,30.50,2025-01-03T00:00:00Z,buy-1,sword,
u0,POINTS,ADJUST,-10,2025-01-03T00:00:00Z,fix-1,,
"""
JSON = """\
{"external_id": "u0", "asset": "POINTS", "kind": "OPENING", "amount": "100.00", "created_at": \
"2025-01-01"}
{"external_id": "u1", "asset": "POINTS", "kind": "TOPUP", "amount": 5, "created_at": \
"2025-01-02T08:00:00Z", "idempotency_key": "pay-1", "reference": "order-1", "metadata": \
{"price": 1.50}}

{"external_id": "u0", "asset": "POINTS", "kind": "SPEND", "amount": "30.50", "created_at": \
"2025-01-03T00:00:00Z", "idempotency_key": "buy-1", "reference": "sword", "metadata": null}
{"external_id": "u0", "asset": "POINTS", "kind": "ADJUST", "amount": -10, "created_at": \
"2025-01-03T00:00:00Z", "idempotency_key": "fix-1"}
"""
HEADER = "external_id,asset,kind,amount,created_at\n"
TRANSFERS = "count(*) FROM wallet_private.transfer"


def users(shop: Shop, count: int) -> None:
    shop.run("import-users", shop.file("external_id\n" + "".join(f"u{n}\n" for n in range(count))))


def history(shop: Shop, count: int, each: int) -> str:
    """A file by time, as an export has it: so many users, each with so many lines."""
    return shop.file(
        HEADER
        + "".join(
            f"u{user},POINTS,{'SPEND' if line % 2 else 'TOPUP'},1,2025-01-01T00:{line:02}:00Z\n"
            for line in range(each)
            for user in range(count)
        ),
        "history.csv",
    )


@every_version
@pytest.mark.parametrize("content", [CSV, JSON], ids=["csv", "json"])
def test_a_history_is_brought_over_once(shop, content):
    users(shop, 2)
    file = shop.file(content, "history")
    plan = shop.run("import-history", file, "--check")
    assert plan.stdout == (
        "4 lines of 2 users, who then have 64.50 POINTS; 0 lines have been brought over before\n"
    )
    assert shop.number(TRANSFERS) == 0
    done = shop.run("import-history", file)
    assert done.stdout == "4 lines of 2 users brought over, 0 had been before, 0 refused\n"
    again = json.loads(shop.run("import-history", file, "--json").stdout)
    assert (again["lines"], again["replays"]) == (0, 4)
    assert shop.database.psql(
        "SELECT kind, amount, balance_after, created_at AT TIME ZONE 'UTC', idempotency_key,"
        " reference, metadata FROM wallet.transaction ORDER BY created_at"
    ).splitlines() == [
        "ADJUST|100.00|100.00|2025-01-01 00:00:00|import:POINTS:1|opening balance|",
        'TOPUP|5.00|5.00|2025-01-02 08:00:00|pay-1|order-1|{"price": 1.50}',
        "SPEND|-30.50|69.50|2025-01-03 00:00:00|buy-1|sword|",
        "ADJUST|-10.00|59.50|2025-01-03 00:00:00.000001|fix-1||",
    ]
    assert shop.database.psql("SELECT * FROM wallet.verify()") == ""


def test_it_is_killed_again_and_again_and_goes_on(shop):
    users(shop, 500)
    file = history(shop, 500, 20)
    # Slow enough to be met at work: each part waits a moment before its end.
    shop.database.psql(
        "CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END $$;"
        "CREATE TRIGGER wait AFTER INSERT ON wallet_private.transfer "
        "FOR EACH STATEMENT EXECUTE FUNCTION public.wait();"
    )
    busy = "count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    for killed_at in (0, 2000):
        with shop.start("import-history", file, "--connections", "2") as process:
            is_met = f"((SELECT {TRANSFERS}) >= {killed_at} AND (SELECT {busy}) > 0)::integer"
            wait_for(partial(shop.number, is_met), process)
            process.kill()
            process.communicate()
    shop.database.psql("DROP TRIGGER wait ON wallet_private.transfer")
    deadline = time.monotonic() + 30
    while shop.number(busy) and time.monotonic() < deadline:
        time.sleep(0.05)
    before = shop.number(TRANSFERS)
    assert 0 < before < 10_000
    # Meanwhile its users move on.
    user = shop.database.psql("SELECT user_id FROM wallet_private.transfer LIMIT 1")
    shop.database.psql(f"SELECT wallet.bonus('{user}', 'POINTS', 7, 'new')")
    result = json.loads(shop.run("import-history", file, "--json").stdout)
    assert (result["lines"], result["replays"]) == (10_000 - before, before)
    assert shop.number(TRANSFERS) == 10_001
    assert shop.number("sum(balance)::integer FROM wallet_private.wallet") == 7
    assert shop.database.psql("SELECT * FROM wallet.verify()") == ""


def test_two_at_once_bring_it_over_once(shop):
    users(shop, 300)
    file = history(shop, 300, 10)
    processes = [shop.start("import-history", file, "--json") for _ in range(2)]
    results = []
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        results.append(json.loads(out))
    assert sum(result["lines"] for result in results) == 3000
    assert all(result["lines"] + result["replays"] == 3000 for result in results)
    assert shop.number(TRANSFERS) == 3000
    assert shop.database.psql("SELECT * FROM wallet.verify()") == ""


BAD = {
    "header": ("external_id,asset,amount,created_at\n", "1: the header has no kind"),
    "unknown column": (HEADER.replace("kind", "kind,seq"), "1: the header has 'seq'"),
    "no kind": (HEADER + "u0,POINTS,,1,2025-01-01\n", "2: has no kind"),
    "amount": (HEADER + "u0,POINTS,TOPUP,x,2025-01-01\n", "2: 'x' is no amount"),
    "time": (HEADER + "u0,POINTS,TOPUP,1,1 Jan\n", "2: '1 Jan' is no time such as 2026-01-31T"),
    "metadata": (
        "external_id,asset,kind,amount,created_at,metadata\nu0,POINTS,TOPUP,1,2025-01-01,x\n",
        "2: metadata is no JSON object",
    ),
    "two names": (
        "external_id,email,asset,kind,amount,created_at\n"
        "u0,,POINTS,TOPUP,1,2025-01-01\n,u0@example.com,POINTS,TOPUP,1,2025-01-01\n",
        "3: has no external_id, as the lines before it have",
    ),
    "float": (JSON.replace('"30.50"', "30.50"), "4: amount is no string and no integer"),
    "no object": ('{"external_id": "u0"\n', "1: "),
    "unknown name": (JSON.replace('"kind"', '"art"'), "1: has 'art'; names can be user_id,"),
    "unknown user": (
        CSV + "nobody,POINTS,TOPUP,1,2025-01-01,,,\n",
        "6: WA201 user not found. There is no user nobody.",
    ),
    "below zero": (
        CSV + "u1,POINTS,SPEND,5.01,2025-02-01,,,\n",
        "6: WA401 the balance is too low. 5.01 POINTS is needed, 5.00 is available",
    ),
    "order": (CSV + "u1,POINTS,SPEND,1,2025-01-01,,,\n", "6: WA118 a line is out of order"),
    "future": (CSV + "u1,POINTS,SPEND,1,2100-01-01,,,\n", "6: WA109 a value is out of range"),
    "key": (CSV + "u1,POINTS,SPEND,1,2025-02-01,pay-1,,\n", "6: WA301 the idempotency key"),
    "past": (
        HEADER + "rich,POINTS,TOPUP,1,2025-01-01\n",
        "2: WA351 the wallet has a history already. Its transfer 1 is not this line",
    ),
    "cap": (
        HEADER + "u0,GEM,TOPUP,6,2025-01-01\nu1,GEM,TOPUP,5,2025-01-01\n",
        "nothing was done, as 11 GEM is needed and 10 is left of its cap of 10",
    ),
}


@pytest.fixture(scope="module")
def small(shared: Shop) -> Shop:
    users(shared, 2)
    shared.database.psql(
        "SELECT wallet.create_asset('GEM', 'Gem', 0, 10);"
        "SELECT wallet.bonus((wallet.create_user('rich')).user_id, 'POINTS', 5, 'first')"
    )
    return shared


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_before_anything_is_done(small, case):
    content, says = BAD[case]
    file = small.file(content, "bad")
    done = small.run("import-history", file, status=1 if case == "cap" else 2)
    assert done.stdout == ""
    assert "nothing was done, as" in done.stderr
    assert says in done.stderr
    assert small.number(TRANSFERS) == 1


def test_only_the_owner_brings_history_over(small):
    file = small.file(CSV, "history.csv")
    small.database.psql("CREATE ROLE clerk LOGIN PASSWORD 'x' IN ROLE wallet_operator")
    try:
        done = small.run(
            "import-history", file, status=1,
            env={"DATABASE_URL": small.database.dsn.replace("postgres@", "clerk:x@")},
        )  # fmt: skip
    finally:
        small.database.psql("DROP ROLE clerk")
    assert 'permission denied to set role "wallet_owner"' in done.stderr
    assert small.number(TRANSFERS) == 1
