"""The commands that look after the books, as one types them."""

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time

import pytest

from tests.support.paths import DB, ROOT, SQL_TESTS

# pg_temp.unlock, lock, rechain and let_pass
FORGE = (
    "-- The append-only"
    + (SQL_TESTS / "support/_books.sql").read_text().partition("-- The append-only")[2]
)
GO_ON = re.compile(r"go on with: pgwallet verify --from ([0-9a-f-]{36})\n")
# Waits before the page whose first user is this one.
STUCK = """
ALTER FUNCTION wallet.verify_page RENAME TO real_page;
CREATE FUNCTION wallet.verify_page(p_from uuid, p_before uuid, p_limit integer, p_since bigint)
RETURNS wallet.verify_page
LANGUAGE sql AS $$
    SELECT pg_sleep(60) WHERE '{place}' = (
        SELECT u.user_id FROM wallet_private.user_account AS u
        WHERE u.user_id >= p_from ORDER BY u.user_id LIMIT 1
    );
    SELECT * FROM wallet.real_page(p_from, p_limit, p_before, p_since)
$$;
"""
UNSTUCK = """
DROP FUNCTION wallet.verify_page;
ALTER FUNCTION wallet.real_page RENAME TO verify_page;
"""
SLEEPS = "pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"


@pytest.fixture
def demo(database):
    database.psql((DB / "seed/demo.sql").read_text())
    return database


@pytest.fixture(scope="module")
def shared(module_database):
    """A demo that nothing is done to."""
    module_database.psql((DB / "seed/demo.sql").read_text())
    return module_database


def start(database, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "pgwallet", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database.dsn},
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options,
    )


def run(database, *arguments, status=0):
    """What a command prints, and what it says on stderr."""
    with start(database, *arguments) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == status, (out, err)
    return out, err


def users(database):
    """Their ids as pages go through them."""
    return database.psql("SELECT user_id FROM wallet_private.user_account ORDER BY 1").split("\n")


def user(database, name):
    return database.psql(f"SELECT user_id FROM wallet.find_user('{name}@example.com')")


def forge(database, sql):
    """Who can take the triggers away can change anything."""
    database.psql(f"{FORGE} BEGIN; CALL pg_temp.unlock(); {sql}; CALL pg_temp.lock(); COMMIT")


def forge_balances(database):
    forge(database, "UPDATE wallet_private.wallet SET balance = balance + 1")


# --- verify ---------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), ("--page", "1"), ("--jobs", "3"), ("--user", "alice")])
def test_sound_books(shared, arguments):
    arguments = [user(shared, a) if a == "alice" else a for a in arguments]
    assert run(shared, "verify", *arguments) == ("the books are right\n", "")


def test_findings_are_lines_and_the_status_is_1(demo):
    forge_balances(demo)
    alice, bob = user(demo, "alice"), user(demo, "bob")
    whole, _ = run(demo, "verify", status=1)
    for name in (alice, bob):
        assert re.search(
            rf"^balance is .*: .*{name}.*: expected \S+, found \S+$", whole, re.MULTILINE
        )
    paged, _ = run(demo, "verify", "--page", "1", status=1)
    assert sorted(paged.splitlines()) == sorted(whole.splitlines())
    shared_out, _ = run(demo, "verify", "--page", "1", "--jobs", "3", status=1)
    assert sorted(shared_out.splitlines()) == sorted(whole.splitlines())
    of_bob, _ = run(demo, "verify", "--user", bob, status=1)
    assert bob in of_bob
    assert alice not in of_bob


def test_the_record_says_when_all_books_were_checked(demo):
    checks = "SELECT details FROM wallet.list_actions(p_name => 'verify')"
    run(demo, "verify", "--user", user(demo, "bob"))
    run(demo, "verify", "--from", user(demo, "bob"))
    assert demo.psql(checks) == ""
    run(demo, "verify", "--jobs", "2")
    count = len(users(demo))
    assert demo.psql(checks) == f'{{"users": {count}, "findings": 0}}'
    # A standby can be checked, and can write nothing.
    demo.psql(f"ALTER DATABASE {demo.name} SET default_transaction_read_only = on")
    assert run(demo, "verify") == ("the books are right\n", "")
    demo.psql(f"SET default_transaction_read_only = off; ALTER DATABASE {demo.name} RESET ALL")


def test_from_goes_on_with_that_user(demo):
    forge_balances(demo)
    alice, bob = sorted([user(demo, "alice"), user(demo, "bob")])
    out, _ = run(demo, "verify", "--from", bob, status=1)
    assert bob in out
    assert alice not in out


@pytest.mark.parametrize(
    ("interrupt", "status", "jobs"),
    [
        (signal.SIGINT, 130, 1), (signal.SIGTERM, 143, 1), (signal.SIGHUP, 129, 1), (None, 1, 1),
        (signal.SIGINT, 130, 3), (None, 1, 3),
    ],
)  # fmt: skip
def test_interrupted_it_says_where_to_go_on(demo, interrupt, status, jobs):
    forge_balances(demo)
    third = users(demo)[2]
    demo.psql(STUCK.format(place=third))
    with start(demo, "verify", "--page", "1", "--jobs", str(jobs)) as verify:
        while demo.psql(f"SELECT count(*) FROM {SLEEPS}") == "0":
            assert verify.poll() is None, verify.stderr.read()
            time.sleep(0.02)
        if interrupt:
            verify.send_signal(interrupt)
        else:
            demo.psql(f"SELECT pg_terminate_backend(pid) FROM {SLEEPS}")
        before, err = verify.communicate(timeout=30)
    assert verify.returncode == status, err
    [place] = GO_ON.findall(err)
    assert place == third if jobs == 1 else place <= third
    assert "Traceback" not in err
    demo.psql(UNSTUCK)
    after, _ = run(demo, "verify", "--from", place, status=1)
    found = demo.psql("SELECT f.check || ': ' || f.subject FROM wallet.verify() AS f").split("\n")
    lines = [line.split(": expected ")[0] for line in (before + after).splitlines()]
    if jobs > 1:  # of what is behind the place, some has been verified already
        lines = list(set(lines))
    assert sorted(lines) == sorted(found)


def test_a_terminal_sees_how_far_it_is(demo):
    forge_balances(demo)
    ours, theirs = pty.openpty()
    with start(demo, "verify", "--page", "1", stdout=theirs) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                said += os.read(ours, 4096)
            except OSError:  # It has hung up.
                break
        assert process.wait(timeout=30) == 1
    os.close(ours)
    lines = said.decode()
    assert all(f"{n}" in lines for n in range(len(users(demo)) + 1))
    assert "users verified" in lines
    assert re.search(r"\r\x1b\[K[^\r\n]*: expected \S+, found \S+\r\n", lines)


def test_user_and_from_exclude_each_other(shared):
    someone = users(shared)[0]
    _, err = run(shared, "verify", "--user", someone, "--from", someone, status=2)
    assert "--user excludes --from and --since" in err


@pytest.mark.parametrize("other", ["--user", "--against"])
def test_since_stands_alone(shared, tmp_path, other):
    kept = tmp_path / "root.json"
    kept.write_text("")
    value = str(kept) if other == "--against" else users(shared)[0]
    _, err = since_root(shared, kept, other, value, status=2)
    assert "exclude" in err


# --- checkpoint -----------------------------------------------------------------------------


def test_checkpoint_finds_a_history_rewritten_with_all_its_hashes(demo, tmp_path):
    kept = tmp_path / "root.json"
    out, _ = run(demo, "checkpoint")
    kept.write_text(out)
    assert out.count("\n") == 1
    assert json.loads(out).keys() >= {"checkpoint_id", "created_at", "root"}
    assert run(demo, "verify", "--against", str(kept)) == ("the books are right\n", "")
    assert since_root(demo, kept) == ("the books are right since checkpoint 1\n", "")

    # By who knows how: the books are sound again.
    rewrite = (
        f"UPDATE wallet_private.transfer SET actor = 'x' WHERE user_id = '{user(demo, 'bob')}'"
    )
    forge(demo, f"{rewrite}; CALL pg_temp.rechain()")
    assert run(demo, "verify") == ("the books are right\n", "")
    out, _ = run(demo, "verify", "--against", str(kept), status=1)
    assert re.fullmatch(
        r"history is as it was: transfer 1 of user .*: expected .*, found .*\n", out
    )
    assert since_root(demo, kept, status=1) == (
        out, "the root vouches for nothing: verify without --since\n"
    )  # fmt: skip


def since_root(database, kept, *arguments, status=0):
    return run(database, "verify", "--since", str(kept), *arguments, status=status)


def test_since_a_checkpoint_only_what_has_moved_is_checked(demo, tmp_path):
    kept = tmp_path / "root.json"
    bob = user(demo, "bob")
    topup = f"SELECT wallet.topup('{bob}', 'GOLD', 1,"
    edit = "UPDATE wallet_private.transfer SET actor = 'x' WHERE idempotency_key ="
    demo.psql(f"{topup} 'early'); {topup} 'before')")
    kept.write_text(run(demo, "checkpoint")[0])
    demo.psql(f"{topup} 'since')")
    # Before the last of then: who kept the root vouches for that.
    forge(demo, f"{edit} 'early'")
    known = since_root(demo, kept, "--page", "1", "--jobs", "2")
    assert known == ("the books are right since checkpoint 1\n", "")
    assert "chain is intact" in run(demo, "verify", status=1)[0]
    checks = demo.psql("SELECT details FROM wallet.list_actions(p_name => 'verify')")
    assert checks.count("users") == 1, "that all were checked says only the whole check"

    forge(demo, f"{edit} 'since'")
    assert re.fullmatch(
        rf"chain is intact: transfer \d+ of user {bob} .*\n", since_root(demo, kept, status=1)[0]
    )
    last = "f" * 8 + 3 * "-ffff" + "-" + 12 * "f"
    said, _ = since_root(demo, kept, "--from", last)
    assert said == f"the books are right since checkpoint 1 from {last} on\n"

    second = users(demo)[1]
    demo.psql(STUCK.format(place=second))
    with start(demo, "verify", "--since", str(kept), "--page", "1") as verify:
        while demo.psql(f"SELECT count(*) FROM {SLEEPS}") == "0":
            assert verify.poll() is None, verify.stderr.read()
            time.sleep(0.02)
        verify.send_signal(signal.SIGINT)
        _, err = verify.communicate(timeout=30)
    assert f"go on with: pgwallet verify --since {kept} --from {second}\n" in err


@pytest.mark.parametrize(
    "text", ["", "\xff", '{"checkpoint_id": 1, "root": "x"}', f'{{"checkpoint_id": {2**64}}}']
)
def test_a_file_that_is_no_checkpoint(shared, tmp_path, text):
    file = tmp_path / "root.json"
    file.write_text(text, encoding="latin-1")
    _, err = run(shared, "verify", "--against", str(file), status=2)
    assert "root.json is not what `pgwallet checkpoint` prints" in err


# --- statement ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ledger(shared):
    """A user with movements of all widths, in an asset of her own."""
    shared.psql("""
        SELECT wallet.create_asset('COPPER', 'Copper', 2);
        SELECT wallet.create_user('carol-1', 'Carol', 'carol@example.com');
        SELECT wallet.topup(user_id, 'COPPER', 1000.5, 'copper-1', 'shop, "north"')
        FROM wallet.find_user('carol-1');
        SELECT wallet.spend(user_id, 'COPPER', 20, 'copper-2') FROM wallet.find_user('carol-1');
    """)
    return shared


@pytest.mark.parametrize("known_as", ["id", "carol-1", "Carol@example.com"])
def test_statement_as_json(ledger, known_as):
    carol = user(ledger, "carol") if known_as == "id" else known_as
    out, _ = run(ledger, "statement", carol, "--asset", "COPPER", "--format", "json")
    lines = [
        (line["kind"], line["debit"], line["credit"], line["balance"]) for line in json.loads(out)
    ]
    assert lines == [("TOPUP", None, "1000.50", "1000.50"), ("SPEND", "20.00", None, "980.50")]


def test_statement_as_csv(ledger):
    out, _ = run(ledger, "statement", "carol-1", "--asset", "COPPER", "--format", "csv")
    first, second = csv.DictReader(io.StringIO(out))
    assert (first["reference"], first["debit"], first["credit"]) == ('shop, "north"', "", "1000.50")
    assert (second["kind"], second["debit"], second["balance"]) == ("SPEND", "20.00", "980.50")


def test_statement_as_a_table_is_aligned(ledger):
    out, _ = run(ledger, "statement", "carol-1", "--asset", "COPPER")
    head, first, second = lines = out.splitlines()
    assert len({len(line) for line in lines}) == 1
    assert head.split()[::6] == ["created_at", "balance"]
    assert head.index("reference") == first.index("shop")
    assert first.endswith(" 1000.50  1000.50")
    assert second.endswith("  980.50")


def test_liability(ledger):
    assert run(ledger, "liability", "COPPER", "--format", "csv")[0].startswith(
        "origin,issue_month,expiry_month,issued,used,expired,reversed,outstanding\n,,,"
    )
    out, _ = run(ledger, "liability", "COPPER", "--at", "2001-01-01", "--json")
    [item] = json.loads(out)
    assert (item["asset"], item["issued"], item["outstanding"]) == (
        "COPPER", "0.00", "0.00",
    )  # fmt: skip


def test_statement_between_two_times(ledger):
    arguments = ("statement", "carol-1", "--asset", "COPPER", "--format", "json")
    later = json.loads(run(ledger, *arguments, "--from", "2100-01-01")[0])
    assert [(line["kind"], line["created_at"], line["balance"]) for line in later] == [
        ("OPENING", "2100-01-01T00:00:00Z", "980.50")
    ]
    assert run(ledger, *arguments, "--until", "2000-01-01T00:00+02:00")[0] == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("dave", "--asset", "GOLD"), 1, "no users are known as 'dave'"),
        (("carol-1", "--asset", "gold"), 1, "asset not found"),
        (("carol-1", "--asset", "GOLD", "--from", "today"), 2, "'today' is no time such as"),
    ],
)
def test_statement_that_there_is_not(ledger, arguments, status, says):
    out, err = run(ledger, "statement", *arguments, status=status)
    assert (out, says in err) == ("", True)


# --- erase ----------------------------------------------------------------------------------


def erase(database, user, *options, answer="", status=0):
    arguments = ("erase", user, "--reason", "ticket 7", *options)
    with start(database, *arguments, stdin=subprocess.PIPE) as process:
        out, err = process.communicate(answer, timeout=60)
    assert process.returncode == status, (out, err)
    return out, err


def test_erase_asks_first(demo):
    made = "SELECT user_id FROM wallet.create_user('dora-1', 'Dora', 'dora@example.com')"
    dora = demo.psql(made)
    for answer in ("n\n", ""):
        out, err = erase(demo, "dora@example.com", answer=answer, status=1)
        assert (out, f"Erase user {dora} for good?" in err) == ("", True)
    assert user(demo, "dora") == dora
    assert erase(demo, "dora@example.com", answer="y\n")[0] == f"erased: {dora}\n"
    again = demo.psql(made)
    assert erase(demo, "dora-1", "--yes") == (f"erased: {again}\n", "")
    assert json.loads(erase(demo, dora, "--yes", "--json")[0])["status"] == "erased"
    _, err = erase(demo, "dora-1", "--yes", status=1)
    assert "no users are known as 'dora-1'" in err
    recorded = "SELECT name, details ->> 'reason' FROM wallet.operator_action WHERE subject = '{}'"
    assert "erase_user|ticket 7" in demo.psql(recorded.format(dora)).split("\n")


def test_erase_is_refused_while_anything_is_left(demo):
    _, err = erase(demo, "alice@example.com", "--yes", status=1)
    assert "The user has " in err
    assert user(demo, "alice")


# --- sweep, psql ----------------------------------------------------------------------------


def test_sweep_closes_what_has_expired(demo):
    alice = user(demo, "alice")
    demo.psql(f"""
        SELECT wallet.place_hold('{alice}', a.asset, 1, interval '1 minute', 'hold ' || a.asset)
        FROM (VALUES ('GOLD'), ('DIAMOND')) AS a (asset);
        SELECT wallet.place_hold('{alice}', 'GOLD', 1, interval '1 day', 'long')
    """)
    counted = "holds closed: {}\nlots expired: 0\ntransfers counted: {}\n".format
    ranked = "SELECT 'users ranked until: ' || max(day) - 1 FROM wallet_private.daily"
    swept, _ = run(demo, "sweep")
    assert swept == f"{counted(0, 7)}{demo.psql(ranked)}\n"
    forge(demo, "CALL pg_temp.let_pass('1 hour')")
    swept, _ = run(demo, "sweep")
    assert swept == f"{counted(2, 7)}{demo.psql(ranked)}\n"
    assert run(demo, "sweep") == (counted(0, 0), "")
    assert demo.psql("SELECT sum(held) FROM wallet_private.wallet") == "1"
    assert run(demo, "verify") == ("the books are right\n", "")


@pytest.mark.parametrize(
    ("arguments", "environ", "hint"),
    [((), {}, True), ((), {"PSQLRC": os.devnull}, False), (("--", "-c", "SELECT 1"), {}, False)],
)
def test_psql_has_shortcuts(shared, arguments, environ, hint, monkeypatch):
    monkeypatch.delenv("PSQLRC", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", os.devnull)
    with start(shared, "psql", *arguments, stdin=subprocess.DEVNULL) as psql:
        _, err = psql.communicate(timeout=30)
    assert psql.returncode == 0
    assert (":menu lists the shortcuts." in err) == hint
