BEGIN;
SELECT plan(348);
\ir ../support/_roles.sql

-- A plain login that may make tables, functions and schemas of its own, and our roles.
CREATE ROLE test_anybody;
SELECT format('GRANT CREATE, TEMPORARY ON DATABASE %I TO test_anybody', current_database()) \gexec
CREATE TEMPORARY TABLE attempt AS
SELECT
    r.role,
    format(s.statement, t.name) AS statement
FROM unnest('{wallet_gateway,wallet_operator,wallet_auditor,test_anybody}'::text[]) AS r (role)
CROSS JOIN (
    SELECT t.tgrelid::regclass::text AS name FROM pg_trigger AS t
    WHERE t.tgfoid = 'wallet_private.refuse_change'::regproc
) AS t
CROSS JOIN (
    VALUES
    ('ALTER TABLE %s DISABLE TRIGGER ALL'),
    ('ALTER TABLE %s DISABLE TRIGGER USER'),
    ('ALTER TABLE %s RENAME TO history'),
    ('ALTER TABLE %s ADD COLUMN note text'),
    ('CREATE RULE r AS ON UPDATE TO %s DO INSTEAD NOTHING'),
    ('DROP TABLE %s CASCADE'),
    ('TRUNCATE %s CASCADE'),
    ('LOCK TABLE %s IN ACCESS SHARE MODE'),
    ('GRANT ALL ON %s TO public')
) AS s (statement)
UNION ALL
SELECT
    r.role,
    s.statement
FROM unnest('{wallet_gateway,wallet_operator,wallet_auditor,test_anybody}'::text[]) AS r (role)
CROSS JOIN (
    VALUES
    ('DROP FUNCTION wallet_private.refuse_change() CASCADE'),
    ('ALTER FUNCTION wallet_private.refuse_change() OWNER TO current_user'),
    ('DROP SCHEMA wallet_private CASCADE'),
    ('ALTER SCHEMA wallet RENAME TO w'),
    ('GRANT wallet_owner TO test_anybody'),
    ('SET LOCAL session_replication_role = replica')
) AS s (statement);
SELECT is(
    (pg_temp.refusal_as(a.role, a.statement)).code, '42501',
    format('%s is refused: %s', a.role, a.statement)
) FROM attempt AS a;

SELECT * FROM finish();
ROLLBACK;
