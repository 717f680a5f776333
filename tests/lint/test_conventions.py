"""The SQL files keep the conventions, and the conventions catch who does not."""

import re

import pytest

from gateway import problems
from tests.support.conventions import RULES, Tree, file_is_named_after_its_function
from tests.support.paths import DB, SQL_TESTS, TESTS
from tests.support.sqltree import Unreadable

TREE = Tree(DB, SQL_TESTS)

API = {
    "bonus",
    "buy_item",
    "capture_hold",
    "change_supply",
    "complete_task",
    "convert",
    "create_asset",
    "create_item",
    "create_task",
    "create_user",
    "find_user",
    "get_balance",
    "get_balance_at",
    "get_credential",
    "get_transaction",
    "get_user",
    "list_assets",
    "list_balances",
    "list_conversion_rates",
    "list_holds",
    "list_items",
    "list_ledger_entries",
    "list_tasks",
    "list_transactions",
    "place_hold",
    "post_batch",
    "release_hold",
    "reverse",
    "schema_version",
    "set_conversion_rate",
    "set_password",
    "set_user_status",
    "sign_up",
    "spend",
    "topup",
    "treasury",
    "update_asset",
    "update_item",
    "update_task",
    "verify",
    "version",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_convention(rule):
    try:
        broken = list(rule(TREE))
    except Unreadable as reason:
        broken = [str(reason)]
    if broken:
        pytest.fail("\n".join([rule.__doc__, *broken]), pytrace=False)


@pytest.fixture
def raised_codes():
    return TREE.raised_codes


def test_the_whole_api_is_there():
    found = {function.name for function in TREE.api}
    assert not found or not missing(API, found)


def test_gateway_knows_the_codes(raised_codes):
    known = {code for code in problems.CODES if code.startswith("WA")}
    assert not missing(raised_codes, known)
    assert not missing(known, raised_codes), "nothing raises these"


def test_tests_assert_the_codes(raised_codes):
    asserted = set()
    for file in [*TESTS.rglob("*.sql"), *TESTS.rglob("*.py")]:
        if file.relative_to(TESTS).parts[0] not in ("lint", "support"):
            asserted.update(re.findall(r"\bWA\d{3}\b", file.read_text()))
    assert not missing(raised_codes - {"WA901"}, asserted)  # it never reaches a caller


def missing(wanted: set[str], found: set[str]) -> str:
    return " ".join(sorted(wanted - found))


SPEND = """\
CREATE OR REPLACE FUNCTION wallet.spend(p_user_id uuid, p_amount numeric DEFAULT NULL)
RETURNS wallet.receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_wallet wallet_private.wallet;
BEGIN
    -- Not FOR UPDATE: the UPDATE locks.
    UPDATE wallet_private.wallet AS w SET balance = w.balance - p_amount
    WHERE w.user_id = p_user_id RETURNING * INTO v_wallet;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the balance is too low'
            USING ERRCODE = 'WA401',
                DETAIL = format('%s is missing.', p_amount),
                HINT = 'Try less.';
    END IF;
    RETURN wallet_private.post(v_wallet, 'legs[1]');
END
$$;

COMMENT ON FUNCTION wallet.spend(uuid, numeric) IS
'Debits a user.
Returns: wallet.receipt.
Locks: the wallet.
Raises: WA201 WA401';
"""
POST = """\
CREATE OR REPLACE FUNCTION wallet_private.post(INOUT p_legs wallet_private.leg [], OUT ok boolean)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    WITH leg AS (SELECT 1 AS one)
    SELECT l.one = 1 INTO ok FROM leg AS l;
    RAISE EXCEPTION USING ERRCODE = 'WA201', MESSAGE = 'user not found', DETAIL = 'None.';
END
$$;
"""
TEST = """\
BEGIN;
SELECT plan(2);
SELECT user_id AS alice FROM wallet.create_user() \\gset
SELECT throws_ok('SELECT wallet.spend()', 'WA201', 'user not found', 'an unknown user');
SELECT throws_ok(format('SELECT %s', :'alice'), 'WA401', NULL, 'too much');
SELECT * FROM finish();
ROLLBACK;
"""

# For each rule, what to replace with what in which file to break it, and the line that says so.
BREACHES = {
    "text_is_plain": [
        ("spend", "Debits a user.", "Debits a us\u00e9r.", "spend.sql:27: not ASCII"),
        ("spend", "Debits a user.", "Debits a user." * 10, "spend.sql:27: 141 columns"),
        ("spend", "VOLATILE\n", "VOLATILE\r\n", "spend.sql:4: a tab, a CR or trailing space"),
        ("spend", "WA401';\n", "WA401';", "spend.sql:30: not exactly one newline at the end"),
        ("test", "SELECT plan", "\tSELECT plan", "example.sql:2: a tab, a CR"),
    ],
    "one_function_a_file": [
        ("spend", "COMMENT ON", POST + "COMMENT ON", "spend.sql:1: 2 functions"),
        ("post", "$$;\n", "$$;\n\nSELECT 1;\n", "post.sql:14: SelectStmt"),
    ],
    "file_is_named_after_its_function": [
        ("spend", "FUNCTION wallet.spend", "FUNCTION wallet.pay", "spend.sql:1: holds wallet.pay"),
        ("post", "wallet_private.post", "wallet.post", "post.sql:1: holds wallet.post"),
    ],
    "functions_are_made_once": [
        ("spend", "COMMENT ON", POST + "COMMENT ON", "post is also made by"),
    ],
    "functions_are_replaced": [("post", "OR REPLACE ", "", "post.sql:1: no OR REPLACE")],
    "every_clause_is_written": [
        ("post", "VOLATILE\n", "", "post.sql:1: volatility is not written"),
        ("post", "PARALLEL UNSAFE\n", "", "post.sql:1: parallel is not written"),
        ("post", "SECURITY INVOKER\n", "", "post.sql:1: security is not written"),
        ("post", "VOLATILE\nPARALLEL UNSAFE", "PARALLEL UNSAFE\nVOLATILE", "the order language"),
    ],
    "api_runs_as_its_owner": [
        ("spend", "DEFINER", "INVOKER", "spend.sql:1: SECURITY INVOKER"),
        ("post", "INVOKER", "DEFINER", "post.sql:1: SECURITY DEFINER"),
    ],
    "api_has_its_settings": [
        ("spend", "SET search_path = pg_catalog, pg_temp\n", "", "spend.sql:1: search_path is N"),
        ("spend", "pg_catalog, pg_temp", "wallet", "spend.sql:1: search_path is wallet"),
        ("spend", "'5s'", "'9s'", "spend.sql:1: volatile, lock_timeout is 9s"),
        ("spend", "VOLATILE", "STABLE", "spend.sql:1: stable, lock_timeout is 5s"),
    ],
    "api_is_never_strict": [("spend", "VOLATILE", "VOLATILE\nSTRICT", "spend.sql:1: STRICT")],
    "api_returns_named_types": [
        ("spend", "RETURNS wallet.receipt", "RETURNS TABLE (a int)", "spend.sql:1: a is an output"),
        ("spend", "(p_user_id", "(INOUT p_user_id", "spend.sql:1: p_user_id is an output"),
    ],
    "parameters_begin_with_p": [
        ("spend", "(p_user_id", "(user_id", "spend.sql:1: parameter user_id"),
        ("post", "INOUT p_legs", "INOUT legs", "post.sql:1: parameter legs"),
    ],
    "locals_begin_with_v": [
        ("spend", "    v_wallet", "    total int;\n    v_wallet", "spend.sql:11: variable total"),
        ("post", "RAISE", "FOR i IN 1..2 LOOP NULL; END LOOP; RAISE", "post.sql:10: variable i"),
    ],
    "names_are_qualified": [
        ("spend", "UPDATE wallet_private.", "UPDATE ", "spend.sql:14: wallet without"),
        ("spend", "wallet_private.post(", "post(", "spend.sql:22: post without its schema"),
        ("post", "FROM leg", "FROM asset", "post.sql:8: asset without its schema"),
        ("post", "ok FROM", "ok FROM asset,", "post.sql:8: asset without its schema"),
    ],
    "locks_are_taken_by_writes": [
        ("post", "leg AS l", "leg AS l FOR\n UPDATE", "post.sql:9: FOR UPDATE"),
        ("post", "FROM leg", "FROM pg_advisory_lock(1), leg", "post.sql:9: pg_advisory_lock"),
        ("post", "RAISE", "EXECUTE 'SELECT 1 for share'; RAISE", "post.sql:10: for share"),
    ],
    "api_is_documented": [
        ("spend", "COMMENT ON FUNCTION wallet.spend", "COMMENT ON FUNCTION wallet.s", "no COMMENT"),
        ("spend", "Locks: ", "", "spend.sql:1: its comment has Returns:, Raises:"),
        ("spend", "Debits a user.\n", "", "does not begin with a sentence"),
    ],
    "documented_codes_can_be_raised": [
        ("spend", "WA201 WA401'", "WA201 WA999'", "nothing that spend calls raises WA999"),
        ("spend", "wallet_private.post(", "(", "nothing that spend calls raises WA201"),
    ],
    "raised_codes_are_documented": [
        ("spend", "WA201 WA401'", "WA201'", "spend.sql:17: WA401 is not in the comment"),
    ],
    "errors_are_complete": [
        ("spend", "ERRCODE = 'WA401'", "ERRCODE = 'P0001'", "spend.sql:17: ERRCODE is 'P0001'"),
        ("spend", "'the balance is too low'", "'%', p_amount", "17: the message is not constant"),
        ("spend", "'the balance", "'The balance", "17: the message is not constant and lower"),
        ("spend", "DETAIL", "COLUMN", "spend.sql:17: no DETAIL"),
        ("post", "MESSAGE = 'user not found', ", "", "post.sql:10: the message is not constant"),
    ],
    "one_message_a_code": [
        ("post", "WA201", "WA401", "post.sql:10: WA401 with the message 'user not found'"),
        ("post", "user not found", "the balance is too low", "post.sql:10: WA201 with the message"),
    ],
    "pgtap_files_leave_nothing": [
        ("test", "BEGIN;\n", "", "example.sql:1: does not begin with"),
        ("test", "SELECT * FROM finish();\n", "", "example.sql:1: does not end with"),
        ("test", "ROLLBACK", "COMMIT", "example.sql:7: COMMIT"),
    ],
    "pgtap_assertions_are_exact": [
        ("test", "'WA401', NULL, ", "'WA401', ", "example.sql:5: throws_ok with 3 arguments"),
        ("test", "SELECT *", "SELECT has_pk('a', 'b');\nSELECT *", "6: has_pk with 2 arguments"),
    ],
    "every_documented_code_is_tested": [
        ("test", "WA201", "WA202", "spend.sql:1: no test of spend asserts WA201"),
        ("spend", "wallet.spend(", "wallet.pay(", "spend.sql:1: pay/ has no tests"),
    ],
}


@pytest.fixture
def example(tmp_path):
    def write(file=None, old="", new=""):
        texts = {"spend": SPEND, "post": POST, "test": TEST}
        if file:
            assert old in texts[file]
            texts[file] = texts[file].replace(old, new, 1)
        places = {
            "spend": "db/functions/api/spend.sql",
            "post": "db/functions/private/movement/post.sql",
            "test": "sql/api/spend/example.sql",
        }
        for name, place in places.items():
            path = tmp_path / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(texts[name].encode())
        return Tree(tmp_path / "db", tmp_path / "sql")

    return write


@pytest.mark.parametrize("place", ["post.sql", "movement/deeper/post.sql"])
def test_a_helper_is_in_the_folder_of_its_topic(place, example):
    tree = example()
    moved = tree.db / "functions/private" / place
    moved.parent.mkdir(exist_ok=True)
    (tree.db / "functions/private/movement/post.sql").rename(moved)
    assert list(file_is_named_after_its_function(tree))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_passes_what_is_right(rule, example):
    assert list(rule(example())) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_catches_what_is_wrong(rule, example):
    for file, old, new, expected in BREACHES[rule.__name__]:
        found = list(rule(example(file, old, new)))
        assert any(expected in line for line in found), (expected, found)
