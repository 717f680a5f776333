BEGIN;
SELECT plan(13);
\ir ../support/_history.sql

-- No function takes two users: who pays and who is paid.
SELECT is_empty(
    $$
        SELECT p.proname FROM pg_proc AS p
        WHERE p.pronamespace = 'wallet'::regnamespace AND (
            SELECT count(*) FROM unnest(p.proargnames) AS a (name)
            WHERE a.name ~ '(user|account|wallet|payee|recipient|receiver|sender)'
        ) > 1
    $$,
    'no function names two users'
);
SELECT set_eq(
    $$
        SELECT p.proname::text, a.name
        FROM pg_proc AS p
        CROSS JOIN LATERAL unnest(p.proargtypes::oid[], p.proargnames) AS a (type, name)
        WHERE p.pronamespace = 'wallet'::regnamespace
        AND a.type = 'uuid'::regtype AND a.name <> 'p_user_id'
    $$,
    $$
        VALUES
        ('capture_hold', 'p_hold_id'), ('release_hold', 'p_hold_id'),
        ('reverse', 'p_transaction_id'), ('get_transaction', 'p_transaction_id'),
        ('set_refunded', 'p_transaction_id'), ('consumption', 'p_transaction_id'),
        ('resend_webhook_events', 'p_transaction_id'), ('settle_webhook_events', 'p_claim'),
        ('approve_proposal', 'p_proposal_id'), ('reject_proposal', 'p_proposal_id'),
        ('verify_page', 'p_from'), ('verify_page', 'p_before')
    $$,
    'what else is an id is not a user''s'
);
SELECT is_empty(
    $$
        SELECT p.proname FROM pg_proc AS p
        CROSS JOIN LATERAL unnest(p.proargtypes) AS a (type)
        INNER JOIN pg_type AS t ON t.oid = a.type
        WHERE p.pronamespace = 'wallet'::regnamespace
        AND p.proname NOT IN (
            'post_batch', 'grant_batch', 'import_users', 'list_user_ids', 'create_subscription',
            'update_subscription', 'read_news', 'settle_webhook_events', 'create_limit'
        )
        AND (t.typcategory = 'A' OR t.typtype = 'c')
    $$,
    'and only batches take a list or a record: of requests, of credits, of new users, of ids; '
    'a filter of events or movements; what readers know, and what came of events'
);

-- alice's history has every kind of movement. Bob's is his own, and so is each request of a batch.
SELECT count(*) AS posted FROM wallet.post_batch(ARRAY[
    (:'alice', 'SPEND', 'GOLD', 1, 'batch-1', 'bob', jsonb_build_object('to', :'bob')),
    (:'bob', 'SPEND', 'SILVER', 1, 'batch-1', 'alice', NULL)
]::wallet.request[]) \gset
SELECT asset FROM wallet.create_asset('STAR', 'Star', p_lot_order => 'free_first') \gset
SELECT transaction_id AS star FROM wallet.bonus(
    :'alice', 'STAR', 2, 'star', p_expires_at => clock_timestamp() + interval '0.3 seconds'
) \gset
SELECT pg_sleep(0.31) AS slept \gset
SELECT wallet.expire_lots() AS expired \gset
SELECT debt FROM wallet.set_refunded(:'alice', :'star', 2, '2026-01-01 00:00:00+00', 'debt') \gset
SELECT debt FROM wallet.forgive_debt(:'alice', 'STAR', 1, 'a gesture', 'forgive') \gset
SELECT balance FROM wallet.bonus(:'alice', 'STAR', 1, 'repays') \gset
SELECT is_empty(
    $$
        SELECT k.kind
        FROM pg_constraint AS c
        CROSS JOIN LATERAL regexp_matches(pg_get_constraintdef(c.oid), '''([A-Z]+)''', 'g') AS m
        CROSS JOIN LATERAL unnest(m) AS k (kind)
        WHERE c.conname = 'kind_is_known_check'
        EXCEPT
        SELECT t.kind::text FROM wallet_private.transfer AS t
    $$,
    'there is a transfer of every kind'
);
SELECT results_eq(
    format(
        'SELECT b.asset, b.balance FROM wallet.list_balances(%L) AS b WHERE b.balance > 0', :'bob'
    ),
    'VALUES (''GOLD'', 11::numeric)', 'nothing of it has come to bob'
);
SELECT is_empty(
    'SELECT * FROM wallet.transaction AS t WHERE t.counterparty <> ''TREASURY''',
    'the other side is always the treasury'
);
SELECT is_empty(
    'SELECT t.transaction_id FROM wallet.transaction AS t '
    'GROUP BY t.transaction_id HAVING count(DISTINCT t.user_id) > 1',
    'no transaction has two users'
);

-- What is another user's can't be had by naming it.
SELECT is(
    (pg_temp.refusal_of(format(v.call, :'bob'))).code, v.code, v.description
) FROM (
    VALUES
    (
        format('SELECT wallet.capture_hold(%%L, %L, NULL, ''key'')', :'hold'), 'WA205',
        'another user''s hold is not captured'
    ),
    (
        format('SELECT wallet.release_hold(%%L, %L, ''key'')', :'hold'), 'WA205',
        'nor released'
    ),
    (
        format('SELECT wallet.reverse(%%L, %L, NULL, ''why'', ''key'')', :'spend'), 'WA206',
        'another user''s movement is not taken back'
    ),
    (
        format(
            'SELECT wallet.set_refunded(%%L, %L, 1, ''2026-01-01 00:00:00+00'')', :'star'
        ), 'WA206', 'nor refunded'
    ),
    (
        format('SELECT wallet.get_transaction(%%L, %L)', :'spend'), 'WA206', 'nor shown'
    )
) AS v (call, code, description);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
