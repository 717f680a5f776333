BEGIN;
SELECT plan(301);
\ir ../support/_roles.sql

CREATE ROLE test_anybody;
CREATE TEMPORARY TABLE role AS
SELECT v.name
FROM unnest('{wallet_gateway,wallet_operator,wallet_auditor,test_anybody}'::text[]) AS v (name);

-- The schemas, and who a role may become.
SELECT is(
    ARRAY[
        has_schema_privilege(r.name, 'wallet', 'USAGE'),
        has_schema_privilege(r.name, 'wallet', 'CREATE'),
        has_schema_privilege(r.name, 'wallet_private', 'USAGE'),
        has_schema_privilege(r.name, 'wallet_private', 'CREATE'),
        pg_has_role(r.name, 'wallet_owner', 'MEMBER')
    ],
    ARRAY[r.name <> 'test_anybody', false, false, false, false],
    r.name || ' may look up names in the one schema at most'
) FROM role AS r;
SELECT is(
    (
        SELECT count(*) FROM pg_roles AS r
        WHERE
            r.rolname LIKE 'wallet\_%' AND (
                r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolcanlogin OR r.rolbypassrls
                OR r.rolreplication
            )
    ),
    0::bigint, 'no role of ours is more than a bundle of rights'
);

-- Each table, view and sequence.
SELECT is(
    (
        SELECT array_agg(c.oid::regclass::text ORDER BY c.relname)
        FROM pg_class AS c
        WHERE
            c.relnamespace IN ('wallet'::regnamespace, 'wallet_private'::regnamespace)
            AND CASE c.relkind
                WHEN 'S' THEN has_sequence_privilege(r.name, c.oid, 'USAGE, SELECT, UPDATE')
                WHEN 'c' THEN false
                ELSE has_any_column_privilege(
                    r.name, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'
                ) OR has_table_privilege(r.name, c.oid, 'DELETE, TRUNCATE, TRIGGER')
            END
    ),
    v.expected::text[], r.name || ' may use these relations'
) FROM role AS r
LEFT JOIN (
    VALUES (
        'wallet_auditor',
        '{wallet.balance,wallet.economy_daily,wallet.ledger_entry,wallet.operator_action,'
        'wallet.transaction,wallet.treasury_balance}'
    )
) AS v (name, expected)
    ON r.name = v.name;
SELECT is(
    (
        SELECT array_agg(c.oid::regclass::text)
        FROM pg_class AS c
        WHERE
            c.relnamespace = 'wallet'::regnamespace AND c.relkind = 'v'
            AND has_any_column_privilege(r.name, c.oid, 'INSERT, UPDATE, REFERENCES')
    ),
    NULL::text[], r.name || ' may change nothing through a view'
) FROM role AS r;

-- Each function.
SELECT is(
    (
        SELECT array_agg(p.oid::regprocedure::text)
        FROM pg_proc AS p
        WHERE
            p.pronamespace = 'wallet_private'::regnamespace
            AND has_function_privilege(r.name, p.oid, 'EXECUTE')
    ),
    NULL::text[], r.name || ' may call no helper'
) FROM role AS r;

-- And when one tries.
SELECT is(
    (pg_temp.refusal_as(r.name, v.statement)).code, '42501',
    format('%s is refused: %s', r.name, v.statement)
) FROM role AS r
CROSS JOIN (
    SELECT format('SELECT * FROM %s', c.oid::regclass) AS statement FROM pg_class AS c
    WHERE c.relnamespace = 'wallet_private'::regnamespace AND c.relkind IN ('r', 'S')
    UNION ALL
    SELECT v.statement
    FROM (
        VALUES
        ('SELECT wallet_private.transaction_id()'),
        ('SELECT nextval(''wallet_private.action_action_id_seq'')'),
        ('UPDATE wallet_private.wallet SET balance = balance + 1'),
        ('INSERT INTO wallet_private.migration (file_name, content_hash) VALUES (''x'', '''')'),
        ('CREATE TABLE wallet.t (a int)'),
        ('CREATE TABLE wallet_private.t (a int)'),
        ('CREATE FUNCTION wallet.f() RETURNS int LANGUAGE sql AS ''SELECT 1'''),
        ('ALTER TABLE wallet_private.transfer DISABLE TRIGGER ALL'),
        ('ALTER FUNCTION wallet.version() SECURITY INVOKER'),
        ('SET session_replication_role = replica'),
        ('UPDATE wallet.operator_action SET actor = ''x''')
    ) AS v (statement)
) AS v;

SELECT * FROM finish();
ROLLBACK;
