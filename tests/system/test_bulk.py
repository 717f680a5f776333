"""import-users and grant: each line once, whatever happens; bad files change nothing."""

import csv
import io
import json
import os
import pty
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pgwallet.cli import main
from tests.support.paths import ROOT
from tests.support.servers import Database, every_version

LINES = 5000  # of a large file
RUN = [sys.executable, "-m", "pgwallet"]


@dataclass
class Shop:
    """A database, and files with commands on it."""

    database: Database
    folder: Path

    def file(self, content: str | bytes, name: str = "users.csv") -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def run(self, *arguments: str, status: int = 0, **options: Any) -> Result:
        result = CliRunner(env={"DATABASE_URL": self.database.dsn}).invoke(
            main, arguments, **options
        )
        assert result.exit_code == status, (result.output, result.exception)
        return result

    def grant(self, file: str, *arguments: str, campaign: str = "SPRING", **options: Any) -> Result:
        fixed = ("grant", file, "--asset", "POINTS", "--campaign", campaign)
        return self.run(*fixed, *arguments, **options)

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*RUN, *arguments],
            cwd=ROOT, env=os.environ | {"DATABASE_URL": self.database.dsn}, text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options,
        )  # fmt: skip

    def number(self, sql: str) -> int:
        return int(self.database.psql(f"SELECT {sql}"))

    @property
    def users(self) -> int:
        return self.number("count(*) FROM wallet_private.user_account")

    def paid(self, campaign: str = "SPRING") -> int:
        """By the ledger; the campaign's own counts have to agree, and so have the books."""
        where = f"FROM wallet_private.transfer WHERE idempotency_key = 'campaign:{campaign}'"
        amount = self.number(f"coalesce(sum(amount), 0)::integer {where}")
        counts = f"FROM wallet.list_campaigns() WHERE campaign = '{campaign}'"
        assert self.number(f"coalesce(sum(granted), 0)::integer {counts}") == amount
        assert self.database.psql("SELECT * FROM wallet.verify()") == ""
        return amount

    def make(self, count: int) -> str:
        """So many users, imported; the file of grants for them: 2 POINTS each."""
        rows = "".join(f"u{n},u{n}@example.com\n" for n in range(count))
        self.run("import-users", self.file("external_id,email\n" + rows))
        return self.file(
            "external_id,amount\n" + "".join(f"u{n},2\n" for n in range(count)), "grants.csv"
        )


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Shop:
    database.psql("SELECT wallet.create_asset('POINTS', 'Points', 2)")
    return Shop(database, tmp_path)


def wait_for(is_so: Callable[[], object], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


# --- Once, whatever happens --------------------------------------------------------------------


@every_version
def test_users_are_imported_once(shop):
    file = shop.file(
        "\ufeffEmail,External_ID,name,phone\r\n"
        'a@example.com,a,"Müller, ""A""",+49 30 1\r\n'
        "\r\n"
        " b@example.com ,,,\r\n"
        ",c,,\r\n"
    )
    assert shop.run("import-users", file, "--check").stdout == "3 users\n"
    assert shop.users == 0
    done = shop.run("import-users", file)
    assert done.stdout == "3 users made, 0 had been before, 0 refused\n"
    again = json.loads(shop.run("import-users", file, "--json").stdout)
    assert again == {"users": 0, "replays": 3, "refused": 0, "refusals": []}
    assert (
        shop.database.psql("SELECT name, email, phone FROM wallet.find_user('a')")
        == 'Müller, "A"|a@example.com|+49 30 1'
    )


@every_version
def test_grants_are_paid_once(shop):
    file = shop.make(3)
    plan = shop.grant(file, "--check", "--budget", "10").stdout
    assert plan == "3 users, 6.00 POINTS in all; the budget has 10 left\n"
    assert shop.run("campaigns").stdout.count("\n") == 1
    done = shop.grant(file, "--budget", "10")
    assert done.stdout == (
        "SPRING: 3 users credited with 6.00 POINTS, 0 had been before, 0 refused\n"
    )
    again = shop.grant(file)
    assert "SPRING: 0 users credited with 0.00 POINTS, 3 had been before" in again.stdout
    assert "there was nothing left to do" in again.stdout
    assert shop.paid() == 6

    other = shop.file("email,amount\nU0@example.com,2.01\nu1@example.com,2.00\n", "other.csv")
    refused = shop.grant(other, status=3)
    assert "other.csv:2: WA301 the idempotency key was used for another request." in refused.stderr
    assert shop.paid() == 6


@pytest.mark.parametrize("what", ["grant", "import-users"])
def test_it_is_killed_again_and_again_and_goes_on(shop, what):
    shop.run("import-users", shop.file("external_id\nseed\n"))
    if what == "grant":
        file = shop.make(LINES)
        budget = str(2 * LINES)
        arguments = ["grant", file, "--asset", "POINTS", "--campaign", "SPRING", "--budget", budget]
        done = "count(*) FROM wallet_private.transfer"
    else:
        file = shop.file("external_id\n" + "".join(f"u{n}\n" for n in range(LINES)))
        arguments = ["import-users", file]
        done = "count(*) - 1 FROM wallet_private.user_account"
    # Slow enough to be met at work: each part waits a moment before its end.
    table = "transfer" if what == "grant" else "user_account"
    shop.database.psql(
        "CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END $$;"
        f"CREATE TRIGGER wait AFTER INSERT ON wallet_private.{table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION public.wait();"
    )
    busy = "count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    for killed_at in (0, 1000):
        with shop.start(*arguments, "--connections", "2") as process:
            is_met = f"((SELECT {done}) >= {killed_at} AND (SELECT {busy}) > 0)::integer"
            wait_for(partial(shop.number, is_met), process)
            time.sleep(random.uniform(0, 0.3))
            process.kill()
            process.communicate()
    assert shop.number(done) < LINES
    shop.database.psql(f"DROP TRIGGER wait ON wallet_private.{table}")
    wait_for_sleepers = time.monotonic() + 30
    while shop.number(busy) and time.monotonic() < wait_for_sleepers:
        time.sleep(0.05)
    before = shop.number(done)
    assert before > 0
    result = json.loads(shop.run(*arguments, "--json").stdout)
    assert (result["users"], result["replays"]) == (LINES - before, before)
    assert shop.number(done) == LINES
    if what == "grant":
        assert shop.paid() == 2 * LINES


def test_two_at_once_and_the_budget_ends_within(shop):
    """Whoever pays whom: in all as many as the budget allows, and each file's lines are told."""
    file = shop.make(2500)
    arguments = ["grant", file, "--asset", "POINTS", "--campaign", "SPRING", "--budget", "3001"]
    processes = [shop.start(*arguments, "--json") for _ in range(3)]
    results = []
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 3, err
        results.append(json.loads(out))
    assert shop.paid() == 3000
    assert sum(result["users"] for result in results) == 1500
    for result in results:
        assert result["users"] + result["replays"] + result["refused"] == 2500
        assert {each["code"] for each in result["refusals"]} == {"WA410"}
    # With more, the rest.
    assert shop.run("budget", "SPRING", "5000", "--json").exit_code == 0
    rest = json.loads(shop.grant(file, "--json").stdout)
    assert (rest["users"], rest["replays"], rest["refused"]) == (1000, 1500, 0)
    assert shop.paid() == 5000


def test_who_is_refused_is_told_by_line_and_can_be_tried_again(shop):
    shop.make(3)
    shop.database.psql(
        "SELECT wallet.set_user_status(user_id, 'frozen') FROM wallet.find_user('u1')"
    )
    file = shop.file("reference,external_id\nx,u0\n\ny,u1\nz,nobody\nz,u2\n")
    out = str(shop.folder / "refused.csv")
    done = shop.grant(file, "--amount", "1.50", "--refused", out, status=3)
    assert "2 users credited with 3.00 POINTS, 0 had been before, 2 refused" in done.stdout
    assert f"{file}:4: WA501 the account is not active. The user is frozen." in done.stderr
    assert f"{file}:5: WA201 user not found. There is no user nobody." in done.stderr
    rows = list(csv.DictReader(io.StringIO(Path(out).read_text())))
    assert [(row["external_id"], row["reference"], row["code"]) for row in rows] == [
        ("u1", "y", "WA501"),
        ("nobody", "z", "WA201"),
    ]
    shop.database.psql(
        "SELECT wallet.set_user_status(user_id, 'active') FROM wallet.find_user('u1')"
    )
    again = shop.grant(out, "--amount", "1.50", status=3)
    assert "1 users credited with 1.50 POINTS, 0 had been before, 1 refused" in again.stdout


def test_many_refusals_are_counted(shop):
    file = shop.file("external_id\n" + "".join(f"u{n}\n" for n in range(30)))
    done = shop.grant(file, "--amount", "1", status=3)
    assert done.stderr.count("WA201") == 20
    assert "and 10 more; --refused OUT lists all" in done.stderr


def test_imports_that_are_refused(shop):
    shop.make(2)
    file = shop.file("external_id,email,phone\nu0,u1@example.com,\nu9,u9@example.com,call me\n")
    result = json.loads(shop.run("import-users", file, "--json", status=3).stdout)
    assert [(each["line"], each["code"]) for each in result["refusals"]] == [
        (2, "WA302"),
        (3, "WA113"),
    ]


def test_interrupted_it_says_so(shop):
    file = shop.make(10)
    shop.database.psql(
        "CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;"
        "CREATE TRIGGER wait AFTER INSERT ON wallet_private.transfer "
        "FOR EACH STATEMENT EXECUTE FUNCTION public.wait();"
    )
    with shop.start("grant", file, "--asset", "POINTS", "--campaign", "SPRING") as process:
        busy = "count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        wait_for(lambda: shop.number(busy) > 0, process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped when 0 of 10 lines were done; run it again" in err
    assert "Traceback" not in err


def test_a_terminal_sees_a_progress_bar_and_a_pipe_none(shop):
    file = shop.make(1500)
    ours, theirs = pty.openpty()
    arguments = ["grant", file, "--asset", "POINTS", "--campaign", "SPRING"]
    with shop.start(*arguments, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                said += os.read(ours, 4096)
            except OSError:  # It has hung up.
                break
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert b"grant batch" in said and b"1500/1500" in said
    assert out == "SPRING: 1,500 users credited with 3000.00 POINTS, 0 had been before, 0 refused\n"
    assert shop.grant(file).stderr.count("\n") == 1


# --- Files that are bad, and options -----------------------------------------------------------

BAD = {
    "no header": (b"", "1: there is no header"),
    "blank": (b"\n \n,,\n", "1: there is no header"),
    "utf-16": ("external_id,amount\na,1\n".encode("utf-16"), "1: is not UTF-8"),
    "latin-1": (b"external_id,amount\na,1\nm\xfcller,1\n", "3: is not UTF-8"),
    "column unknown": (b"user,amount\na,1\n", "1: the header has 'user'; columns can be"),
    "semicolons": (b"external_id;amount\na;1\n", "1: the header has 'external_id;amount'"),
    "column twice": (b"email,amount,email\n", "1: the header has a column twice"),
    "nobody": (b"amount\n1\n", "1: the header has none of user_id, external_id, email"),
    "no amount column": (b"email\na@b\n", "1: the header has no amount"),
    "no amount": (b"external_id,amount\na,1\nb,\n", "3: has no amount"),
    "no user": (b"external_id,email,amount\n,,1\n", "2: has no external_id or email"),
    "too few": (b"external_id,amount\na,1\nb\n", "3: has 1 columns, not 2"),
    "too many": (b"external_id,amount\na,1,000\n", "2: has 3 columns, not 2"),
    "user id": (b"user_id,amount\n{00000000-0000-4000-8000-000000000000},1\n", "is no user id"),
    "email": (b"email,amount\nx,1\n", "2: 'x' is no email address"),
    "NUL": (b"external_id,amount\na\0,1\n", "2: external_id has a control character"),
    "line break": (b'external_id,amount\n"a\nb",1\nc,x\n', "4: 'x' is no amount"),
    "quote": (b'external_id,amount\na,1\n"b,1\n', "3: unexpected end of data"),
    "quote within": (b'external_id,amount\n"a"b,1\n', "2: ',' expected after '\"'"),
    "huge cell": (b"external_id,amount\n" + b"x" * 200_000 + b",1\n", "2: field larger than"),
    "long cell": (b"external_id,amount\n" + b"x" * 256 + b",1\n", "2: external_id has 256 char"),
    "twice": (b"external_id,amount\na,1\nb,1\na,1\n", "4: names the same external_id as line 2"),
    "twice by case": (b"email,amount\na@b,1\nA@B,1\n", "3: names the same email as line 2"),
    "zero": (b"external_id,amount\na,0.00\n", "2: amount has to be positive"),
    "negative": (b"external_id,amount\na,-1\n", "2: '-1' is no amount"),
    "exponent": (b"external_id,amount\na,1e6\n", "2: '1e6' is no amount such as 10 or 2.50"),
    "comma": (b'external_id,amount\na,"1,5"\n', "2: '1,5' is no amount"),
    "not ASCII": ("external_id,amount\na,\u0661\n".encode(), "is no amount"),
    "NaN": (b"external_id,amount\na,NaN\n", "2: 'NaN' is no amount"),
    "decimals": (b"external_id,amount\na,1.001\n", "2: amount 1.001 has more decimals than 2"),
    "a million decimals": (
        b"external_id,amount\na,1." + b"0" * 100_000 + b"1\n",
        "2: amount has 100,003 characters",
    ),
    "too much": (b"external_id,amount\na,1000000000000001\n", "2: amount 1000000000000001 is over"),
}


@pytest.fixture(scope="module")
def shared(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    module_database.psql("SELECT wallet.create_asset('POINTS', 'Points', 2)")
    return Shop(module_database, tmp_path_factory.mktemp("files"))


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_before_anything_is_done(shared, case):
    content, says = BAD[case]
    file = shared.file(content)
    for arguments in ((), ("--check",)):
        done = shared.grant(file, *arguments, status=2)
        assert done.stdout == ""
        assert f"nothing was done, as {file} has bad lines" in done.stderr
        assert says in done.stderr, done.stderr
    assert json.loads(shared.run("campaigns", "--json").stdout) == []


def test_all_bad_lines_are_told_up_to_a_number(shared):
    file = shared.file("external_id,amount\n" + "".join(f"a{n},x\n" for n in range(25)))
    said = shared.grant(file, status=2).stderr
    assert said.count("is no amount") == 20
    assert "and 5 more lines" in said


def test_a_bad_file_of_users(shared):
    file = shared.file("external_id,role\na,admin\n")
    said = shared.run("import-users", file, status=2).stderr
    assert "1: the header has 'role'; columns can be external_id, email, name, phone" in said
    assert shared.users == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--asset", "GOLD"), "there is no asset GOLD; there are POINTS"),
        (("--amount", "1.001"), "Invalid value for --amount: amount 1.001 has more decimals"),
        (("--budget", "0"), "Invalid value for --budget: amount has to be positive"),
        (("--connections", "17"), "--connections"),
    ],
)
def test_bad_options(shared, arguments, says):
    said = shared.grant(shared.file("external_id,amount\na,1\n"), *arguments, status=2).stderr
    assert says in said


def test_a_campaign_that_is_another(shop):
    file = shop.make(1)
    shop.database.psql("SELECT wallet.create_asset('GOLD', 'Gold')")
    shop.grant(file, "--budget", "10")
    arguments = ("grant", file, "--campaign", "SPRING")
    said = shop.run(*arguments, "--asset", "GOLD", status=2).stderr
    assert "campaign SPRING gives POINTS" in said
    said = shop.grant(file, "--budget", "20", status=2).stderr
    assert "campaign SPRING has a budget of 10.00; `pgwallet budget SPRING 20` changes it" in said
    assert shop.grant(file, "--budget", "10.0").exit_code == 0


def test_grants_expire_as_the_campaign_says(shop):
    file = shop.make(1)
    shop.database.psql("SELECT wallet.create_asset('STARS', 'Stars', p_lot_order => 'free_first')")
    stars = ("grant", file, "--asset", "STARS", "--campaign", "SUMMER", "--expires-in")
    assert shop.run(*stars, "30").exit_code == 0
    lives = "SELECT l.expires_at - l.created_at FROM wallet_private.user_account AS u, "
    lives += "wallet.list_lots(u.user_id, 'STARS') AS l"
    assert shop.database.psql(lives) == "30 days"
    said = shop.run(*stars, "31", status=2).stderr
    assert "what campaign SUMMER gives lives 30 days" in said
    said = shop.grant(file, "--expires-in", "30", status=1).stderr
    assert "this is not allowed here" in said


def test_budgets(shop):
    file = shop.make(2)
    shop.grant(file, "--budget", "10")
    header = "campaign\tasset\tbudget\tgranted\tremaining\tusers\n"
    assert shop.run("campaigns").stdout == header + "SPRING\tPOINTS\t10.00\t4.00\t6.00\t2\n"
    assert shop.run("budget", "SPRING", "none").stdout.endswith("SPRING\tPOINTS\t\t4.00\t\t2\n")
    refused = shop.run("budget", "SPRING", "3.99", status=1).stderr
    assert "more than that is granted" in refused
    assert "there is no campaign" in shop.run("budget", "WINTER", "1", status=1).stderr.lower()
    assert "'x' is no amount" in shop.run("budget", "SPRING", "x", status=2).stderr


def test_stdin_is_a_file_too(shop):
    shop.make(1)
    done = shop.grant("-", "--amount", "1", input="external_id\nu0\n")
    assert "1 users credited" in done.stdout
