"""`make psql`: the project's psqlrc, as whoever is asked for."""

import os
import pty
import re
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.support.paths import DB, ROOT
from tests.support.servers import every_version

PSQLRC = DB / "psqlrc"
SHORTCUTS = re.findall(r"^ +(?:\$\$.*\$\$ )?AS (\w+),?$", PSQLRC.read_text(), re.MULTILINE)
HINT = ":menu lists the shortcuts.\n"


@pytest.fixture(scope="module")
def psql(module_database):
    """Run lines in a psql with the psqlrc, on the demo: psql(":menu") answers what it prints."""
    module_database.psql((DB / "seed/demo.sql").read_text())

    def run(*lines: str, role: str | None = None, refusal: str = "") -> str:
        options = f"-crole={role}" if role else ""
        done = subprocess.run(
            [module_database.server.psql_path, module_database.dsn],
            env=os.environ | {"PSQLRC": str(PSQLRC), "PGOPTIONS": options},
            input="\n".join(lines),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, HINT + refusal)
        return done.stdout

    return run


@every_version
def test_loads_in_silence(psql):
    assert psql("") == ""


@every_version
@pytest.mark.parametrize("name", SHORTCUTS)
def test_shortcut_runs(psql, name):
    assert psql(r"\set who alice@example.com", ":find", f":{name}") or name == "find"


@pytest.mark.parametrize(
    "name", ["balances", "recent", "treasury", "economy", "findings", "actions", "wallet", "ledger"]
)
def test_auditor_sees_the_books(psql, name):
    alice = psql(r"\set who alice@example.com", ":find", r"\echo :user").strip()
    assert "row" in psql(rf"\set user {alice}", f":{name}", role="wallet_auditor")


def test_menu_names_every_shortcut(psql):
    assert set(re.findall(r":(\w+)", psql(":menu"))) == set(SHORTCUTS)


def test_shows_null_and_wide_rows_upright(psql):
    assert " NULL\n" in psql("SELECT NULL AS nothing;")
    assert re.search(r"^expanded +auto$", psql(r"\pset"), re.MULTILINE)


def test_refusals_come_without_their_context(psql):
    refusal = (
        "ERROR:  asset not found\n"
        "DETAIL:  There is no asset 'gold'.\n"
        "HINT:  Asset codes are upper case; wallet.list_assets() lists them.\n"
    )
    psql("SELECT wallet.treasury('gold');", refusal=refusal)


def test_prompt_shows_role_and_transaction(module_database):
    login = module_database.psql("SELECT current_user")
    lines = ("BEGIN;", "SELECT 1 / 0;", "ROLLBACK;", ":auditor", ":login", r"\q")
    assert prompts(module_database, lines) == [
        (login, ""),
        (login, "*"),
        (login, "!"),
        (login, ""),
        ("wallet_auditor", ""),
        (login, ""),
    ]


def test_make_psql_opens_as_a_role(module_database):
    quietly = ("-s", "--no-print-directory", "--old-file=.venv/ready")
    done = subprocess.run(
        ["make", *quietly, f"BIN={Path(sys.executable).parent}", "psql", "ROLE=wallet_auditor"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": module_database.dsn, "PGOPTIONS": "-cwork_mem=8MB"},
        input="SELECT :'role', current_user, current_setting('work_mem');",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, HINT)
    assert " wallet_auditor | wallet_auditor | 8MB" in done.stdout


def prompts(database, lines) -> list[tuple[str, str]]:
    """The role and the transaction's state in each prompt of a session at a terminal."""
    ours, theirs = pty.openpty()
    settings = termios.tcgetattr(theirs)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    with subprocess.Popen(
        [database.server.psql_path, "--no-readline", database.dsn],
        env=os.environ | {"PSQLRC": str(PSQLRC), "PAGER": "cat"},
        stdin=theirs, stdout=theirs, stderr=theirs,
    ) as session:  # fmt: skip
        os.close(theirs)
        os.write(ours, "".join(f"{line}\n" for line in lines).encode())
        said = b""
        while True:
            try:
                said += os.read(ours, 4096)
            except OSError:  # It has hung up.
                break
        assert session.wait(timeout=60) == 0
    os.close(ours)
    return re.findall(rf"^(\w+)@{database.name}=(.?)[#>] ", said.decode(), re.MULTILINE)
