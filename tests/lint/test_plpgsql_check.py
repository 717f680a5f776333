"""plpgsql_check finds nothing in any PL/pgSQL function.

PostgreSQL itself accepts a body that names a missing column; this does not. What it may say of a
body's speed is not asked for: hidden casts and volatility that could be stricter are decided by
measuring. Everything else is: errors, warnings, unused variables and parameters, dead code, and
SQL built from unquoted text.
"""

import pytest

from tests.support import plpgsql_check

# What it says wrongly, by function.
FALSE_ALARMS = {
    # A LOOP without EXIT has no end to be reached.
    "wallet_private.move_balance": "control reached end of function without RETURN",
    # What it executes has no text but names of the catalogue.
    "wallet_private.run_call": "Cannot ensure so dynamic EXECUTE statement is SQL injection secure",
}

FINDINGS = """
SELECT format('%s line %s: %s: %s %s %s', p.oid::regprocedure, c.lineno, c.level, c.message,
    c.detail, c.query)
FROM pg_catalog.pg_proc AS p
INNER JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
LEFT JOIN (
    SELECT DISTINCT tgfoid, tgrelid, tgoldtable, tgnewtable FROM pg_catalog.pg_trigger
) AS t ON t.tgfoid = p.oid
CROSS JOIN LATERAL plpgsql_check.plpgsql_check_function_tb(
    p.oid,
    -- A partition's fence is no trigger before it moves.
    coalesce(t.tgrelid, CASE p.prorettype
        WHEN 'trigger'::regtype THEN 'wallet_private.feed'::regclass::oid ELSE 0
    END),
    fatal_errors => false,
    other_warnings => true,
    extra_warnings => true,
    security_warnings => true,
    performance_warnings => false,
    oldtable => t.tgoldtable,
    newtable => t.tgnewtable
) AS c
WHERE p.pronamespace IN ('wallet'::regnamespace, 'wallet_private'::regnamespace)
ORDER BY p.oid::regprocedure::text, c.lineno
"""

BROKEN = """
CREATE TABLE wallet_private.thing (thing_id integer);
CREATE FUNCTION wallet_private.names_a_missing_column() RETURNS integer LANGUAGE plpgsql AS
$$ BEGIN RETURN (SELECT t.gone FROM wallet_private.thing AS t); END $$;
CREATE FUNCTION wallet_private.names_a_table_without_schema() RETURNS integer LANGUAGE plpgsql AS
$$ BEGIN RETURN (SELECT t.thing_id FROM thing AS t); END $$;
CREATE FUNCTION wallet_private.has_an_unused_variable() RETURNS integer LANGUAGE plpgsql AS
$$ DECLARE v_unused integer; BEGIN RETURN 1; END $$;
CREATE FUNCTION wallet_private.is_a_broken_trigger() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN new.gone := 1; RETURN new; END $$;
CREATE TRIGGER thing_break BEFORE INSERT ON wallet_private.thing
FOR EACH ROW EXECUTE FUNCTION wallet_private.is_a_broken_trigger();
"""


@pytest.fixture(scope="module")
def checked(servers):
    database = plpgsql_check.create(servers, is_migrated=True)
    yield database
    database.drop()


def findings(database, before=""):
    return database.psql(f"BEGIN; {before}; SET search_path = pg_catalog, pg_temp; {FINDINGS}")


def is_false_alarm(finding):
    name = finding.partition("(")[0]
    return name in FALSE_ALARMS and FALSE_ALARMS[name] in finding


def test_functions_are_sound(checked):
    found = [line for line in findings(checked).splitlines() if not is_false_alarm(line)]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_it_catches_what_is_wrong(checked):
    found = findings(checked, before=BROKEN)
    assert "names_a_missing_column() line 1: error: column t.gone does not exist" in found
    assert 'names_a_table_without_schema() line 1: error: relation "thing" does not exist' in found
    assert 'has_an_unused_variable() line 1: warning: unused variable "v_unused"' in found
    assert 'is_a_broken_trigger() line 1: error: record "new" has no field "gone"' in found
