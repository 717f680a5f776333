BEGIN;
SELECT plan(50);
\ir ../../support/_refunds.sql

SELECT transaction_id AS paid FROM wallet.topup(:'bob', 'POINTS', 50, 'pay') \gset
SELECT amount FROM wallet.spend(:'bob', 'POINTS', 50, 'spend') \gset
SELECT pg_temp.notice(:'bob', :'paid', 50, 1, 'debt') AS owed \gset
SELECT is(pg_temp.state(:'bob', 'POINTS'), '0.00, owes 50.00', 'all of it is owed');
SELECT results_eq(
    format(
        'SELECT r.kind, r.user_id, r.asset, r.amount, r.debt, r.balance, r.reason, r.metadata, '
        'r.is_replay FROM wallet.forgive_debt(%L, ''POINTS'', 20.5, ''a gesture'', ''f-1'', '
        '''{"ticket": 7}'', ''eve'') AS r', :'bob'
    ),
    format(
        'VALUES (''FORGIVE'', %L::uuid, ''POINTS'', 20.50, 29.50, 0.00, ''a gesture'', '
        '''{"ticket": 7}''::jsonb, false)', :'bob'
    ),
    'a part is forgiven'
);
SELECT is(pg_temp.state(:'bob', 'POINTS'), '0.00, owes 29.50', 'the rest is owed');
SELECT results_eq(
    format(
        'SELECT r.amount, r.debt, r.is_replay FROM wallet.forgive_debt(%L, ''POINTS'', 20.5, '
        '''a gesture'', ''f-1'', ''{"ticket": 7}'', ''eve'') AS r', :'bob'
    ),
    'VALUES (20.50, 29.50, true)', 'a retry gets the first receipt'
);
SELECT is(
    (
        SELECT (t.amount, t.actor, t.details - 'result')::text FROM wallet_private.transfer AS t
        WHERE t.idempotency_key = 'f-1'
    ),
    (0.00, 'eve', '{"asset": "POINTS", "amount": 20.50, "reason": "a gesture"}'::jsonb)::text,
    'the ledger says who did it, and why'
);
SELECT is(
    (wallet.forgive_debt(:'bob', 'POINTS', NULL, 'all of it', 'f-2')).amount, 29.50, 'all the rest'
);
SELECT is(pg_temp.state(:'bob', 'POINTS'), '0.00, owes 0.00', 'nothing is owed');
SELECT is(
    (wallet.topup(:'bob', 'POINTS', 3, 'pay-2')).balance, 3.00, 'and credits are the user''s'
);

-- What is wrong.
SELECT transaction_id AS coins FROM wallet.topup(:'bob', 'COIN', 3, 'pay-3') \gset
SELECT amount FROM wallet.spend(:'bob', 'COIN', 3, 'spend-2') \gset
SELECT pg_temp.notice(:'bob', :'coins', 3, 1, 'debt') AS owed \gset
SELECT jsonb_build_object(
    'user_id', :'bob', 'asset', 'COIN', 'amount', 1, 'reason', repeat('r', 255),
    'idempotency_key', repeat('k', 255), 'metadata', jsonb_build_object('a', repeat('m', 8183)),
    'actor', repeat('a', 255)
) AS request \gset
SELECT throws_ok(
    pg_temp.call('forgive_debt', :'request'::jsonb || jsonb_build_object(m.field, m.value)),
    m.code, pg_temp.message(m.code), m.description
) FROM malformed AS m
WHERE
    (m.field, m.code) IN (
        ('user_id', 'WA101'), ('user_id', 'WA201'), ('asset', 'WA101'), ('asset', 'WA202'),
        ('amount', 'WA102'), ('amount', 'WA103'), ('amount', 'WA105'),
        ('idempotency_key', 'WA104'), ('metadata', 'WA111'), ('actor', 'WA106')
    );
SELECT throws_ok(
    pg_temp.call('forgive_debt', :'request'::jsonb || v.change), v.code, pg_temp.message(v.code),
    v.description
) FROM (
    VALUES
    ('{"reason": null}'::jsonb, 'WA101', 'no reason'),
    ('{"reason": "a\nb"}', 'WA106', 'a line break in the reason'),
    ('{"amount": 4}', 'WA109', 'more than is owed'),
    ('{"asset": "GOLD", "amount": null}', 'WA102', 'all of nothing'),
    ('{"idempotency_key": "f-1"}', 'WA301', 'a key of another request'),
    ('{"idempotency_key": "pay"}', 'WA301', 'a key of a top-up')
) AS v (change, code, description);
SELECT is(pg_temp.state(:'bob', 'COIN'), '0, owes 3', 'it changes nothing');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
