"""pgwallet doctor: each thing that can be wrong, on a server where it is wrong."""

import json
import re
import secrets
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from pgwallet import DB_DIR
from pgwallet.cli import doctor as module
from pgwallet.cli import main
from tests.support.servers import Database, Server, every_version

SECRET = secrets.token_urlsafe(48)
URL = re.compile(r"postgresql://[^/]*@")


@pytest.fixture
def login(database: Database) -> Any:
    """As it should be: a login that is a member of wallet_gateway and nothing else."""
    name = f"login_{secrets.token_hex(4)}"
    database.psql(f"CREATE ROLE {name} LOGIN PASSWORD 'x' IN ROLE wallet_gateway")
    yield name
    database.psql(f"DROP OWNED BY {name}; DROP ROLE {name}")


def examine(dsn: str, *arguments: str, **environ: str) -> dict[str, str]:
    """What is found, by the check that found it; the exit code has to say the same."""
    given = {"DATABASE_URL": dsn, "PGWALLET_JWT_SECRET": SECRET, **environ}
    result = CliRunner(env=given).invoke(main, ["doctor", "--json", *arguments])
    answer = json.loads(result.stdout)
    assert result.exit_code == (0 if answer["is_well"] else 1)
    assert answer["is_well"] == (not answer["findings"])
    assert all(each["advice"] for each in answer["findings"])
    return {each["check"]: each["found"] for each in answer["findings"]}


def as_login(database: Database, login: str) -> str:
    return URL.sub(f"postgresql://{login}:x@", database.dsn)


def durable(found: dict[str, str]) -> dict[str, str]:
    """Apart from what is so of every server in these tests."""
    return {check: what for check, what in found.items() if check != "durability"}


@every_version
def test_all_is_well_for_a_plain_login(database, login):
    assert durable(examine(as_login(database, login))) == {}


def test_all_is_well_on_a_durable_server(new_server: Callable[..., Server]):
    server = new_server("18", fsync="on", full_page_writes="on")
    database = server.create(template=server.template)
    database.psql("CREATE ROLE plain LOGIN IN ROLE wallet_gateway")
    result = CliRunner(
        env={"DATABASE_URL": as_login(database, "plain"), "PGWALLET_JWT_SECRET": SECRET}
    ).invoke(main, ["doctor"])
    assert (result.output, result.exit_code) == ("all is well\n", 0)


def test_words_and_advice_are_lines(database):
    result = CliRunner(env={"DATABASE_URL": database.dsn, "PGWALLET_JWT_SECRET": SECRET}).invoke(
        main, ["doctor"]
    )
    assert result.exit_code == 1
    assert "role: postgres is a superuser: who takes over the gateway has" in result.output
    assert "\n    CREATE ROLE wallet_login LOGIN" in result.output


@every_version
def test_no_durability(database):
    database.psql(f'ALTER DATABASE "{database.name}" SET synchronous_commit = off')
    result = CliRunner(env={"DATABASE_URL": database.dsn}).invoke(main, ["doctor"])
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        assert f"durability: {name} is off: a crash " in result.output


# --- Settings and the connection -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "check", "says"),
    [
        ({"PGWALLET_JWT_SECRET": "short"}, "settings", "shorter than 32 bytes"),
        ({"PGWALLET_PORT": "x"}, "settings", "PGWALLET_PORT"),
        ({"PGWALLET_JWT_SECRET": ""}, "secret", "won't start without PGWALLET_JWT_SECRET"),
        ({"PGWALLET_JWT_SECRET": "a" * 40}, "secret", "1 different characters"),
        # That of docker-compose.yml.
        ({"PGWALLET_JWT_SECRET": "for-trying-it-out-" * 2}, "secret", "it can be guessed"),
    ],
)
def test_settings(database, tmp_path, environ, check, says):
    found = examine(database.dsn, **{"PGWALLET_HOME": str(tmp_path), **environ})
    assert says in found[check]


def test_no_server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found = examine(f"postgresql://127.0.0.1:{probe.getsockname()[1]}/wallet")
    assert found.keys() == {"connection"}


def test_no_database(server):
    found = examine(server.dsn("there_is_none"))
    assert 'database "there_is_none" does not exist' in found["connection"]


def test_no_such_login(database):
    found = examine(URL.sub("postgresql://mallory@", database.dsn))
    assert 'role "mallory" does not exist' in found["connection"]


# --- The server ----------------------------------------------------------------------------------


@every_version
def test_version(database, login, monkeypatch):
    monkeypatch.setattr(module, "SUPPORTED", range(16, 18))
    found = examine(as_login(database, login))
    assert re.fullmatch(r"PostgreSQL 1[58]\.\d+.* is not supported", found["version"])


def test_a_standby(new_server: Callable[..., Server]):
    server = new_server("18")
    database = server.create(template=server.template)
    embedded = server.embedded
    embedded.stop()
    signal = embedded.data_dir / "standby.signal"
    signal.touch()
    embedded.start()
    assert "the server is a standby" in examine(database.dsn)["read-only"]


@pytest.mark.parametrize(
    ("setting", "check", "says"),
    [
        ("default_transaction_read_only = on", "read-only", "no movement gets through"),
        ("statement_timeout = '1s'", "timeouts", "statement_timeout is 1000 ms"),
        ("transaction_timeout = '4999ms'", "timeouts", "transaction_timeout is 4999 ms"),
        ("lock_timeout = '10ms'", "timeouts", "lock_timeout is 10 ms: `pgwallet migrate` would"),
    ],
)
def test_settings_of_the_login(database, login, setting, check, says):
    if "transaction_timeout" in setting and database.server.version < 17:
        pytest.skip("this server has no such setting")
    database.psql(f"ALTER ROLE {login} SET {setting}")
    assert says in examine(as_login(database, login))[check]


def test_long_timeouts_are_well(database, login):
    database.psql(f"ALTER ROLE {login} SET statement_timeout = '30s'")
    assert durable(examine(as_login(database, login))) == {}


def test_clocks_that_differ(database, login, monkeypatch):
    real = time.time
    monkeypatch.setattr(module.time, "time", lambda: real() + 90)
    found = examine(as_login(database, login))
    assert re.match(r"the clocks of this machine and the server are (89|90|91) s", found["clock"])


@pytest.mark.parametrize(
    ("limit", "says"),
    [("ALTER ROLE {login}", "the login may have"), ("ALTER DATABASE {name}", "the database may")],
)
def test_too_few_connections(database, login, limit, says):
    dsn = as_login(database, login)
    assert (
        "need up to 340 connections; max_connections leaves"
        in examine(dsn, "--workers", "20")["connections"]
    )
    assert durable(examine(dsn, "--workers", "20", PGWALLET_DATABASE_POOL="5")) == {}
    command = limit.format(login=login, name=f'"{database.name}"')
    database.psql(f"{command} CONNECTION LIMIT 16")
    assert says in examine(dsn)["connections"]


def test_a_full_disk(database):
    found = examine(database.dsn, "--min-free", "1000000000")
    assert "GB are free where" in found["disk"]
    assert "disk" not in examine(database.dsn, "--min-free", "0")


def test_encoding(server):
    server.admin("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        assert "is in LATIN1" in examine(server.dsn("latin"))["encoding"]
    finally:
        server.admin("DROP DATABASE latin WITH (FORCE)")


# --- The schema and the role ---------------------------------------------------------------------


@every_version
def test_nothing_there(empty_database):
    assert "there is no wallet" in examine(empty_database.dsn)["schema"]
    empty_database.psql("DROP EXTENSION plpgsql")
    assert examine(empty_database.dsn)["plpgsql"] == "the language plpgsql is missing"


NEWEST = max(file.name for file in (DB_DIR / "schema").glob("V*.sql"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "UPDATE wallet_private.migration SET content_hash = '' "
            "WHERE file_name LIKE 'functions/api/spend%'",
            "files of this release have not been applied",
        ),
        (
            "UPDATE wallet_private.migration SET content_hash = '' "
            f"WHERE file_name LIKE '%{NEWEST}'",
            "was edited after it was applied",
        ),
        (
            "INSERT INTO wallet_private.migration (file_name, content_hash) "
            "VALUES ('schema/V9999__tomorrow.sql', '')",
            "this release does not have it; is the database newer?",
        ),
    ],
)
def test_schema_of_another_release(database, change, says):
    database.psql(change)
    assert says in examine(database.dsn)["schema"]


@every_version
@pytest.mark.parametrize(
    ("change", "index"),
    [
        (
            "CREATE UNIQUE INDEX text_idx ON wallet_private.transfer (user_id, reference)",
            "wallet_private.text_idx",
        ),
        (
            "CREATE UNIQUE INDEX email_idx ON wallet_private.user_account (lower(email))",
            "wallet_private.email_idx",
        ),
        (
            "CREATE UNIQUE INDEX email_idx ON wallet_private.user_account "
            '(lower(email) COLLATE "C")',
            "wallet_private.email_idx",
        ),
    ],
)
def test_a_unique_index_that_an_upgrade_can_break(database, login, change, index):
    database.psql(f"DROP VIEW wallet.transaction; {change}")
    found = examine(as_login(database, login))["keys"]
    assert found.endswith(f"counts twice: {index}")


def test_an_index_that_only_the_release_before_needs(database, login):
    database.psql(
        "ALTER TABLE wallet_private.transfer "
        "ADD CONSTRAINT transfer_idempotency_key_key UNIQUE (user_id, idempotency_key)"
    )
    assert "into two indexes" in examine(as_login(database, login))["keys"]


def test_a_collation_of_another_version(database, login):
    database.psql("UPDATE pg_database SET datcollversion = '0' WHERE datname = current_database()")
    found = examine(as_login(database, login))["collation"]
    assert "was made with version 0 of its collation, the server has 1" in found


@pytest.mark.parametrize("function", ["version", "schema_version"])
def test_another_release_as_a_plain_login_sees_it(database, login, function):
    database.psql(
        f"CREATE OR REPLACE FUNCTION wallet.{function}() RETURNS text LANGUAGE sql IMMUTABLE "
        "PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT '9' $$"
    )
    found = examine(as_login(database, login))["schema"]
    assert re.search(r"the database has .*\b9\b.*, this release has", found)


def test_a_login_that_may_not(database):
    name = f"outsider_{secrets.token_hex(4)}"
    database.psql(f"CREATE ROLE {name} LOGIN PASSWORD 'x'")
    try:
        dsn = as_login(database, name)
        assert f"{name} can't act as wallet_gateway" in examine(dsn)["role"]
        found = examine(dsn, PGWALLET_DATABASE_ROLE="none")
        assert f"{name} may not execute" in found["grants"]
        assert (
            "can't act as nobody_there"
            in examine(dsn, PGWALLET_DATABASE_ROLE="nobody_there")["role"]
        )
    finally:
        database.psql(f"DROP ROLE {name}")


def test_a_grant_that_is_gone(database, login):
    database.psql("REVOKE EXECUTE ON FUNCTION wallet.spend FROM wallet_gateway")
    found = examine(as_login(database, login))["grants"]
    assert found == "wallet_gateway may not execute 1 functions that routes call: spend"
