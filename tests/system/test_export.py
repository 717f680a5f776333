"""Events in files: killed at any moment and run again, each is there once."""

import csv
import fcntl
import itertools
import json
import os
import random
import subprocess
import sys
import time

import pyarrow.parquet
import pytest

from tests.support.paths import ROOT

MOVE = """
SELECT wallet.create_asset('GOLD', 'Gold', 2);
SELECT count(*) FROM generate_series(1, 20) AS n, wallet.create_user('user-' || n);
SELECT wallet.create_subscription('warehouse', p_start => 'beginning');
"""
MORE = """
SELECT count(*) FROM generate_series(1, {count}) AS n
INNER JOIN wallet_private.user_account AS u ON u.external_id = 'user-' || (1 + n % 20)
CROSS JOIN LATERAL wallet.topup(
    u.user_id, 'GOLD', 1.25, '{key}-' || n, 'a "quoted", reference', '{{"line": "a\\nb,c"}}'
)
"""
LEDGER = "SELECT user_id, seq, balance_after FROM wallet_private.transfer"
FORMATS = ("jsonl", "csv", "parquet")


@pytest.fixture
def wallet(database):
    database.psql(MOVE)
    return database


def move(database, count, key):
    database.psql(MORE.format(count=count, key=key))


def start(database, form, output):
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "pgwallet", "export", "--subscription", "warehouse"),
            *("--format", form, "--output", str(output)),
        ],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database.dsn},
        text=True,
        stderr=subprocess.PIPE,
    )


def export(database, form, output, status=0):
    process = start(database, form, output)
    _, said = process.communicate(timeout=120)
    assert process.returncode == status, said
    return said


def events(form, output):
    """Each event's user, seq and balance, in the order of the file."""
    if form == "jsonl":
        rows = [json.loads(line) for line in output.read_text().splitlines()]
    elif form == "csv":
        with open(output, newline="") as file:
            rows = list(csv.DictReader(file))
    else:
        parts = sorted(output.glob("part-*.parquet"))
        rows = [row for part in parts for row in pyarrow.parquet.read_table(part).to_pylist()]
    return [(row["user_id"], int(row["seq"]), f"{float(row['balance']):.2f}") for row in rows]


def check(database, form, output):
    found = events(form, output)
    ledger = {tuple(line.split("|")) for line in database.psql(LEDGER).splitlines()}
    assert {(user, str(seq), balance) for user, seq, balance in found} == ledger
    assert len(found) == len(ledger)
    for user in {user for user, _, _ in found}:
        seqs = [seq for of, seq, _ in found if of == user]
        assert seqs == sorted(seqs)


@pytest.mark.parametrize("form", FORMATS)
def test_it_goes_on_where_it_was(wallet, tmp_path, form):
    output = tmp_path / "events"
    move(wallet, 1500, "a")
    assert "1,500 events" in export(wallet, form, output)
    check(wallet, form, output)
    assert "0 events" in export(wallet, form, output)
    move(wallet, 10, "b")
    assert "10 events" in export(wallet, form, output)
    check(wallet, form, output)

    # Behind what was acknowledged, in another file.
    move(wallet, 7, "c")
    other = tmp_path / "other"
    assert "7 events" in export(wallet, form, other)
    assert len(events(form, other)) == 7


@pytest.mark.parametrize("form", FORMATS)
def test_killed_it_loses_and_doubles_nothing(wallet, tmp_path, form):
    output, choose, killed = tmp_path / "events", random.Random(form), 0
    move(wallet, 6000, "a")
    for number in range(20):
        process = start(wallet, form, output)
        # From before it has begun to after the last page.
        time.sleep(choose.uniform(0.2, 1.0))
        process.kill()
        process.communicate()
        killed += process.returncode == -9
        move(wallet, 100, f"b{number}")
        if killed >= 6:
            break
    assert killed
    export(wallet, form, output)
    check(wallet, form, output)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_torn_line_is_written_anew(wallet, tmp_path, form):
    """A crash may have left it cut off at, before, after and between the ends of lines."""
    output = tmp_path / "events"
    move(wallet, 3, "a")
    export(wallet, form, output)
    whole = output.read_bytes()
    ends = [0, *(place + 1 for place, byte in enumerate(whole) if byte == ord("\n"))]
    lengths = {end + step for end in ends for step in (-1, 0, 1)}
    lengths |= {(begin + end) // 2 for begin, end in itertools.pairwise(ends)}
    for length in lengths & set(range(len(whole))):
        output.write_bytes(whole[:length])
        # What was acknowledged is not in the file any more, where all of it was cut off.
        wallet.psql("SELECT wallet.drop_subscription('warehouse')")
        wallet.psql("SELECT wallet.create_subscription('warehouse', p_start => 'beginning')")
        export(wallet, form, output)
        assert output.read_bytes() == whole, length


def test_parquet_has_types(wallet, tmp_path):
    move(wallet, 3, "a")
    export(wallet, "parquet", tmp_path / "events")
    table = pyarrow.parquet.read_table(tmp_path / "events" / "part-00000001.parquet")
    row = table.to_pylist()[0]
    assert str(row["amount"]) == "1.25000000" and row["leg"] == 1
    assert json.loads(row["metadata"]) == {"line": "a\nb,c"}
    assert row["details"] is None and row["created_at"].tzinfo is not None


def test_two_at_once_are_refused(wallet, tmp_path):
    output = tmp_path / "events"
    move(wallet, 3, "a")

    with open(output, "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "another export" in export(wallet, "jsonl", output, status=2)
    export(wallet, "jsonl", output)


def test_what_is_missing_is_said(wallet, tmp_path):
    wallet.psql("SELECT wallet.drop_subscription('warehouse')")
    assert "no subscription 'warehouse'" in export(wallet, "jsonl", tmp_path / "x", status=1)


def test_another_history_is_not_gone_on_with(wallet, tmp_path):
    move(wallet, 3, "a")
    export(wallet, "jsonl", tmp_path / "events")
    wallet.psql("SELECT wallet.drop_subscription('warehouse')")
    wallet.psql("SELECT wallet.create_subscription('warehouse', p_start => 'beginning')")
    wallet.psql(
        "CREATE OR REPLACE FUNCTION wallet_private.feed_identity() RETURNS text"
        " LANGUAGE sql STABLE AS $$ SELECT '01234567' $$"
    )
    said = export(wallet, "jsonl", tmp_path / "events", status=1)
    assert "restored or failed over" in said and "another --output" in said
    assert "3 events" in export(wallet, "jsonl", tmp_path / "new")
