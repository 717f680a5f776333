BEGIN;
SELECT plan(14);
\ir ../../support/_person.sql

SELECT set_eq(
    'SELECT pg_temp.traces()',
    ARRAY[
        'wallet_private.user_account', 'wallet_private.credential', 'wallet_private.transfer',
        'wallet_private.action', 'wallet_private.conversion_rate', 'wallet_private.webhook_event',
        'wallet_private.proposal'
    ],
    'her name is everywhere'
);
CREATE TEMPORARY TABLE before AS SELECT t.* FROM wallet_private.transfer AS t;
CALL pg_temp.empty(:'zoe');
SELECT
    checkpoint_id,
    root
FROM wallet.checkpoint() \gset

SELECT is(
    to_jsonb(wallet.erase_user(:'zoe', 'ticket 7', 'ops-7')) - 'created_at',
    jsonb_build_object(
        'user_id', :'zoe', 'external_id', NULL, 'name', NULL, 'email', NULL, 'phone', NULL,
        'role', 'user', 'status', 'erased'
    ),
    'only her id, role and status are left'
);
SELECT is_empty('SELECT pg_temp.traces()', 'nothing has her name any more');
SELECT is_empty('SELECT pg_temp.traces(''30 1234'')', 'or her number');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');
SELECT is_empty(
    format('SELECT * FROM wallet.verify_checkpoint(%s, %L)', :'checkpoint_id', :'root'),
    'and history is as it was'
);
SELECT results_eq(
    $$
        SELECT transaction_id, leg, seq, kind, amount, balance_after, idempotency_key, created_at,
        hash, details - 'reason', octet_length(seal) = 32
        FROM wallet_private.transfer WHERE idempotency_key LIKE 'z-%'
        ORDER BY asset_id, seq
    $$,
    $$
        SELECT transaction_id, leg, seq, kind, amount, balance_after, idempotency_key, created_at,
        hash, details - 'reason', octet_length(seal) = 32 OR seal IS NOT NULL
        FROM before WHERE idempotency_key LIKE 'z-%'
        ORDER BY asset_id, seq
    $$,
    'what was moved, when and by which key is left, and no hash has changed'
);
SELECT is(count(*), 0::bigint, 'nothing of anybody else has changed')
FROM (
    SELECT b.* FROM before AS b
    WHERE b.user_id <> :'zoe'
    EXCEPT
    SELECT t.* FROM wallet_private.transfer AS t
) AS e;
SELECT is(
    (t.reference, t.metadata, t.actor, t.details -> 'reason', t.amount),
    (NULL::text, NULL::jsonb, NULL::text, NULL::jsonb, 5::numeric),
    'get_transaction shows nulls'
) FROM wallet.get_transaction(:'zoe', :'z_bonus') AS t;
SELECT results_eq(
    format(
        'SELECT s.reference, s.credit FROM wallet.statement(%L, ''SILVER'') AS s LIMIT 1', :'zoe'
    ),
    'VALUES (NULL::text, 200::numeric)', 'and so does the statement'
);
SELECT results_eq(
    'SELECT a.actor, a.details FROM wallet.operator_action AS a WHERE a.name = ''erase_user''',
    $$VALUES ('ops-7', '{"reason": "ticket 7"}'::jsonb)$$, 'it is recorded who did it, and why'
);

SELECT is(
    to_jsonb(wallet.erase_user(:'zoe', 'once more')),
    to_jsonb(wallet.get_user(:'zoe')), 'a second time it changes nothing'
);
SELECT is(count(*), 1::bigint, 'and records nothing')
FROM wallet.operator_action AS a
WHERE a.name = 'erase_user';
SELECT throws_ok(
    'UPDATE wallet_private.transfer SET actor = NULL', 'WA902', 'history is append-only',
    'history is closed again'
);

SELECT * FROM finish();
ROLLBACK;
