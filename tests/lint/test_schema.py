"""The catalog of a migrated database keeps the conventions."""

import pytest

from pgwallet.cli.doctor import INEXACT
from tests.support.conventions import Tree
from tests.support.paths import DB, SQL_TESTS

OURS = "('wallet'::regnamespace, 'wallet_private'::regnamespace)"

# Each finds what breaks a rule. A name that PostgreSQL gave by itself breaks it too, as far as it
# can be told: a check constraint is named by its rule, not <table>_<column>_check.
RULES = {
    "constraints are named <table>_<what>_{pkey,key,fkey,check}": f"""
        SELECT format('%s on %s', c.conname, c.conrelid::regclass)
        FROM pg_constraint AS c INNER JOIN pg_class AS t ON t.oid = c.conrelid
        WHERE t.relnamespace IN {OURS} AND c.conislocal AND NOT CASE c.contype
            WHEN 'p' THEN c.conname = t.relname || '_pkey'
            WHEN 'u' THEN c.conname ~ ('^' || t.relname || '_[a-z0-9_]+_key$')
            WHEN 'f' THEN c.conname ~ ('^' || t.relname || '_[a-z0-9_]+_fkey$')
            WHEN 'c' THEN c.conname ~ ('^' || t.relname || '_[a-z0-9_]+_check$')
                AND NOT EXISTS (
                    SELECT FROM pg_attribute AS a WHERE a.attrelid = t.oid
                    AND c.conname = t.relname || '_' || a.attname || '_check'
                )
            ELSE c.contype IN ('n', 't')
        END""",
    "indexes are named <table>_<columns>_idx": f"""
        SELECT i.indexrelid::regclass::text
        FROM pg_index AS i
        INNER JOIN pg_class AS n ON n.oid = i.indexrelid
        INNER JOIN pg_class AS t ON t.oid = i.indrelid
        WHERE t.relnamespace IN {OURS}
        AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)
        AND n.relname !~ ('^' || t.relname || '_[a-z0-9_]+_idx$')""",
    "text in a unique index is compared byte by byte": INEXACT,
    "an amount in a table is of a domain": """
        SELECT format('%s.%s', t.oid::regclass, a.attname)
        FROM pg_class AS t INNER JOIN pg_attribute AS a ON a.attrelid = t.oid
        WHERE t.relnamespace = 'wallet_private'::regnamespace AND t.relkind IN ('r', 'p')
        AND a.attnum > 0
        AND a.atttypid IN ('numeric'::regtype, 'float4'::regtype, 'float8'::regtype)
        -- The difference of two balances, each of a domain.
        AND (t.oid, a.attname) <> ('wallet_private.transfer'::regclass, 'amount')
    """,
    "a table has a primary key and is logged: else it can't move to another server": """
        SELECT t.oid::regclass::text FROM pg_class AS t
        WHERE t.relnamespace = 'wallet_private'::regnamespace AND t.relkind = 'r' AND (
            t.relpersistence <> 'p' OR NOT EXISTS (
                SELECT FROM pg_constraint AS c WHERE c.conrelid = t.oid AND c.contype = 'p'
            )
        )""",
    "names are singular snake_case": f"""
        SELECT format('%s.%s', t.oid::regclass, a.attname)
        FROM pg_class AS t INNER JOIN pg_attribute AS a ON a.attrelid = t.oid
        WHERE t.relnamespace IN {OURS} AND a.attnum > 0 AND NOT a.attisdropped
        AND NOT (t.relname ~ '^[a-z][a-z0-9_]*$' AND a.attname ~ '^[a-z][a-z0-9_]*$')""",
    "a point in time is a timestamptz and its name ends with _at": f"""
        SELECT format('%s.%s is %s', t.oid::regclass, a.attname, a.atttypid::regtype)
        FROM pg_class AS t INNER JOIN pg_attribute AS a ON a.attrelid = t.oid
        WHERE t.relnamespace IN {OURS} AND t.relkind IN ('r', 'p', 'v', 'm', 'c')
        AND a.attnum > 0 AND NOT a.attisdropped
        AND (a.atttypid = 'timestamptz'::regtype AND a.attname !~ '_at$'
            OR a.atttypid = 'timestamp'::regtype)""",
    "a boolean's name begins with is_": f"""
        SELECT format('%s.%s', t.oid::regclass, a.attname)
        FROM pg_class AS t INNER JOIN pg_attribute AS a ON a.attrelid = t.oid
        WHERE t.relnamespace IN {OURS} AND t.relkind IN ('r', 'p', 'v', 'm', 'c')
        AND a.attnum > 0 AND NOT a.attisdropped
        AND a.atttypid = 'boolean'::regtype AND a.attname !~ '^is_'""",
    "everything belongs to wallet_owner": f"""
        SELECT format('%s belongs to %s', o.name, o.owner::regrole) FROM (
            SELECT oid::regnamespace::text, nspowner FROM pg_namespace WHERE oid IN {OURS}
            UNION ALL
            SELECT oid::regclass::text, relowner FROM pg_class WHERE relnamespace IN {OURS}
            UNION ALL
            SELECT oid::regprocedure::text, proowner FROM pg_proc WHERE pronamespace IN {OURS}
            UNION ALL
            SELECT oid::regtype::text, typowner FROM pg_type WHERE typnamespace IN {OURS}
        ) AS o (name, owner) WHERE o.owner::regrole::text <> 'wallet_owner'""",
    "public may do nothing": f"""
        SELECT format('%s: %s', o.name, g.privilege_type) FROM (
            SELECT oid::regnamespace::text, coalesce(nspacl, acldefault('n', nspowner))
            FROM pg_namespace WHERE oid IN {OURS}
            UNION ALL
            SELECT oid::regclass::text, coalesce(
                relacl, acldefault((CASE relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char", relowner)
            )
            FROM pg_class WHERE relnamespace IN {OURS}
            UNION ALL
            SELECT format('%s.%s', attrelid::regclass, attname), attacl
            FROM pg_attribute WHERE attacl IS NOT NULL
            AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace IN {OURS})
            UNION ALL
            SELECT oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner))
            FROM pg_proc WHERE pronamespace IN {OURS}
        ) AS o (name, acl) CROSS JOIN LATERAL aclexplode(o.acl) AS g WHERE g.grantee = 0""",
    "no role but the owner may touch a table": """
        SELECT format('%s: %s to %s', t.oid::regclass, g.privilege_type, g.grantee::regrole)
        FROM pg_class AS t CROSS JOIN LATERAL aclexplode(t.relacl) AS g
        WHERE t.relnamespace = 'wallet_private'::regnamespace AND t.relkind IN ('r', 'p', 'S')
        AND g.grantee NOT IN (0, t.relowner)""",
    "no function is overloaded": f"""
        SELECT format('%s.%s', pronamespace::regnamespace, proname) FROM pg_proc
        WHERE pronamespace IN {OURS} AND prosrc NOT LIKE '%refuse_old_call()'
        GROUP BY pronamespace, proname HAVING count(*) > 1""",
    "what runs as its owner has a search_path": f"""
        SELECT oid::regprocedure::text FROM pg_proc
        WHERE pronamespace IN {OURS} AND prosecdef
        AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)""",
    "every API function has a comment": """
        SELECT oid::regprocedure::text FROM pg_proc
        WHERE pronamespace = 'wallet'::regnamespace
        AND obj_description(oid, 'pg_proc') IS NULL""",
}

# What breaks each rule, and what is then found.
BREACHES = {
    "constraints are named <table>_<what>_{pkey,key,fkey,check}": [
        ("CREATE TABLE wallet_private.t (a int, CONSTRAINT t_key PRIMARY KEY (a))", "t_key on"),
        ("CREATE TABLE wallet_private.t (a int UNIQUE, CONSTRAINT t_ UNIQUE (a))", "t_ on"),
        ("CREATE TABLE wallet_private.t (a int CHECK (a > 0))", "t_a_check on"),
        ("CREATE TABLE wallet_private.t (a int, CONSTRAINT t_a CHECK (a > 0))", "t_a on"),
    ],
    "a table has a primary key and is logged: else it can't move to another server": [
        ("CREATE TABLE wallet_private.t (a int)", "wallet_private.t"),
        ("CREATE UNLOGGED TABLE wallet_private.t (a int PRIMARY KEY)", "wallet_private.t"),
    ],
    "indexes are named <table>_<columns>_idx": [
        ("CREATE TABLE wallet_private.t (a int); CREATE INDEX t_a ON wallet_private.t (a)", "t_a")
    ],
    "text in a unique index is compared byte by byte": [
        (
            "CREATE TABLE wallet_private.t (a text, CONSTRAINT t_a_key UNIQUE (a))",
            "wallet_private.t_a_key",
        ),
        (
            "ALTER TABLE wallet_private.task ALTER COLUMN code TYPE text",
            "wallet_private.task_code_key",
        ),
        (
            'CREATE TABLE wallet_private.t (a text COLLATE "C"); '
            "CREATE UNIQUE INDEX t_a_idx ON wallet_private.t "
            '(lower(a COLLATE "default") COLLATE "C", lower(a))',
            "wallet_private.t_a_idx",
        ),
    ],
    "an amount in a table is of a domain": [
        ("CREATE TABLE wallet_private.t (a numeric)", "wallet_private.t.a"),
        ("CREATE TABLE wallet_private.t (a numeric(30, 8))", "wallet_private.t.a"),
    ],
    "names are singular snake_case": [
        ('CREATE TABLE wallet_private.t ("A" int)', "wallet_private.t.A"),
        ('CREATE TYPE wallet."T" AS (a int)', 'wallet."T".a'),
    ],
    "a point in time is a timestamptz and its name ends with _at": [
        ("CREATE TABLE wallet_private.t (created timestamptz)", "t.created is timestamp with"),
        ("CREATE TYPE wallet.t AS (created_at timestamp)", "t.created_at is timestamp without"),
    ],
    "a boolean's name begins with is_": [("CREATE TYPE wallet.t AS (done boolean)", "t.done")],
    "everything belongs to wallet_owner": [
        ("RESET ROLE; CREATE TABLE wallet_private.t (a int)", "wallet_private.t belongs to"),
        ("RESET ROLE; CREATE TYPE wallet.t AS (a int)", "wallet.t belongs to"),
    ],
    "public may do nothing": [
        ("GRANT USAGE ON SCHEMA wallet TO public", "wallet: USAGE"),
        ("CREATE VIEW wallet.v AS SELECT 1; GRANT SELECT ON wallet.v TO public", "v: SELECT"),
        (
            "CREATE TABLE wallet_private.t (a int); GRANT SELECT (a) ON wallet_private.t TO public",
            "wallet_private.t.a: SELECT",
        ),
        (
            "RESET ROLE; CREATE FUNCTION wallet.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "wallet.f(): EXECUTE",
        ),
    ],
    "no role but the owner may touch a table": [
        (
            "CREATE TABLE wallet_private.t (a int); "
            "GRANT SELECT ON wallet_private.t TO wallet_auditor",
            "wallet_private.t: SELECT to wallet_auditor",
        )
    ],
    "no function is overloaded": [
        (
            "CREATE FUNCTION wallet.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; "
            "CREATE FUNCTION wallet.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "wallet.f",
        )
    ],
    "what runs as its owner has a search_path": [
        (
            "CREATE FUNCTION wallet.f() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'",
            "wallet.f()",
        )
    ],
    "every API function has a comment": [
        ("CREATE FUNCTION wallet.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "wallet.f()")
    ],
}


@pytest.mark.parametrize("rule", RULES)
def test_catalog(rule, module_database):
    if found := module_database.psql(RULES[rule]):
        pytest.fail(f"{rule}, but:\n{found}", pytrace=False)


@pytest.mark.parametrize("rule", RULES)
def test_rule_catches_what_is_wrong(rule, module_database):
    for breach, expected in BREACHES[rule]:
        found = module_database.psql(f"BEGIN; SET ROLE wallet_owner; {breach}; {RULES[rule]}")
        assert expected in found


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_domains_refuse_what_is_no_amount(module_database, amount):
    domains = module_database.psql(
        f"SELECT oid::regtype FROM pg_type WHERE typnamespace IN {OURS} "
        "AND typbasetype = 'numeric'::regtype"
    ).splitlines()
    assert len(domains) == 2
    for domain in domains:
        assert module_database.psql(f"SELECT 1::{domain}") == "1"
        with pytest.raises(RuntimeError, match=f"{domain} violates check constraint"):
            module_database.psql(f"SELECT '{amount}'::{domain}")


def test_catalog_has_the_functions_of_the_files(module_database):
    in_files = {f"{each.schema}.{each.name}" for each in Tree(DB, SQL_TESTS).all_functions}
    in_catalog = module_database.psql(
        f"SELECT format('%s.%s', pronamespace::regnamespace, proname) FROM pg_proc "
        f"WHERE pronamespace IN {OURS}"
    )
    assert set(in_catalog.splitlines()) == in_files
