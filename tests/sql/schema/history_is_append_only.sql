BEGIN;
SELECT plan(219);
\ir ../support/_roles.sql

SELECT checkpoint_id FROM wallet.checkpoint() \gset
INSERT INTO wallet_private.cluster_checkpoint (checkpoint_ids) VALUES ('{1,1}');
SET CONSTRAINTS ALL IMMEDIATE;

CREATE TEMPORARY TABLE history AS
SELECT t.name
FROM unnest(
    '{transfer,hold_capture,reversal,refund,checkpoint,checkpoint_head,cluster_checkpoint,action,'
    'erased_chain}'::text[]
) AS t (name);
SELECT set_eq(
    'SELECT t.tgrelid::regclass::text FROM pg_trigger AS t '
    'WHERE t.tgfoid = ''wallet_private.refuse_change''::regproc',
    'SELECT ''wallet_private.'' || h.name FROM history AS h', 'these are the tables of history'
);
SELECT is(
    (
        SELECT count(*) FROM pg_trigger AS t
        WHERE t.tgfoid = 'wallet_private.refuse_change'::regproc AND t.tgenabled <> 'A'
    ),
    0::bigint, 'each trigger always fires'
);

-- As the owner, and as a replica would: rows that there are, and none.
CREATE TEMPORARY TABLE attempt AS
SELECT
    h.name,
    v.operation,
    format(v.statement, 'wallet_private.' || h.name, (
        SELECT a.attname FROM pg_attribute AS a
        WHERE
            a.attrelid = format('wallet_private.%I', h.name)::regclass AND a.attnum > 0
            AND a.attidentity = ''
        ORDER BY a.attnum
        LIMIT 1
    ), h.name || '_pkey') AS statement,
    v.description
FROM history AS h
CROSS JOIN (
    VALUES
    ('UPDATE', 'UPDATE %1$s SET %2$I = %2$I', 'an update'),
    ('UPDATE', 'UPDATE %1$s SET %2$I = %2$I WHERE false', 'an update of nothing'),
    ('DELETE', 'DELETE FROM %1$s', 'a deletion'),
    ('DELETE', 'DELETE FROM %1$s WHERE false', 'a deletion of nothing'),
    ('DELETE', 'WITH d AS (DELETE FROM %1$s RETURNING 1) SELECT * FROM d', 'a hidden deletion'),
    (
        'UPDATE',
        'INSERT INTO %1$s OVERRIDING SYSTEM VALUE SELECT * FROM %1$s '
        'ON CONFLICT ON CONSTRAINT %3$s DO UPDATE SET %2$I = excluded.%2$I', 'an upsert'
    ),
    (
        'DELETE',
        'MERGE INTO %1$s AS t USING %1$s AS s ON t.ctid = s.ctid WHEN MATCHED THEN DELETE',
        'a merge'
    ),
    ('TRUNCATE', 'TRUNCATE %1$s CASCADE', 'a truncation')
) AS v (operation, statement, description);

SELECT is(
    pg_temp.refusal_as('wallet_owner', a.statement),
    (
        'WA902', 'history is append-only',
        format('%s on wallet_private.%s was refused.', a.operation, a.name),
        'Correct a movement by another one: wallet.reverse or wallet.adjust.'
    )::pg_temp.refusal,
    format('%s of %s is refused to the owner', a.description, a.name)
) FROM attempt AS a;
SELECT throws_ok(
    a.statement, 'WA902', 'history is append-only',
    format('%s of %s is refused to a superuser', a.description, a.name)
) FROM attempt AS a;
SET LOCAL session_replication_role = 'replica';
SELECT throws_ok(
    a.statement, 'WA902', 'history is append-only',
    format('%s of %s is refused on a replica', a.description, a.name)
) FROM attempt AS a;
SET LOCAL session_replication_role = 'origin';
SELECT is_empty('SELECT * FROM wallet.verify()', 'nothing has changed');

SELECT * FROM finish();
ROLLBACK;
