BEGIN;
SELECT plan(12);
\ir ../../support/_books.sql

-- bob gets 100 SILVER, spends 70 and has 10 held: 20 are available.
SELECT transaction_id FROM wallet.topup(:'bob', 'SILVER', 100, 'topup') \gset
SELECT balance FROM wallet.spend(:'bob', 'SILVER', 70, 'spend') \gset
SELECT hold_id FROM wallet.place_hold(:'bob', 'SILVER', 10, '1 hour', 'hold') \gset
SELECT jsonb_build_object(
    'user_id', :'bob', 'transaction_id', :'transaction_id', 'amount', 50, 'reason', 'chargeback',
    'idempotency_key', 'key'
) AS request \gset

SELECT is(
    pg_temp.refusal_of(pg_temp.call('reverse', :'request'::jsonb || v.policy)),
    (
        'WA401', 'the balance is too low',
        '50 SILVER is needed, 20 is available: 30 is missing.', 'Try it with at most 20.'
    )::pg_temp.refusal,
    v.description
) FROM (
    VALUES
    ('{}'::jsonb, 'what is spent can''t be taken'),
    ('{"policy": "reject"}', 'reject is the usual policy')
) AS v (policy, description);
SELECT is((wallet.get_balance(:'bob', 'SILVER')).balance, 30::numeric, 'then nothing is taken');
SELECT results_eq(
    format(
        'SELECT r.amount, r.balance, r.shortfall, r.is_replay FROM (%s) AS r',
        pg_temp.call('reverse', :'request'::jsonb || '{"policy": "clamp"}')
    ),
    'VALUES (20::numeric, 10::numeric, 30::numeric, false)',
    'clamp takes what is there, and says what is missing'
);
SELECT results_eq(
    format('SELECT balance, held, available FROM wallet.get_balance(%L, %L)', :'bob', 'SILVER'),
    'VALUES (10::numeric, 10::numeric, 0::numeric)', 'but not what is held'
);
SELECT results_eq(
    format(
        'SELECT r.amount, r.balance, r.shortfall, r.is_replay FROM (%s) AS r',
        pg_temp.call('reverse', :'request'::jsonb || '{"policy": "clamp"}')
    ),
    'VALUES (20::numeric, 10::numeric, 30::numeric, true)', 'a replay says the same'
);
SELECT is(
    pg_temp.refusal_of(
        pg_temp.call(
            'reverse', :'request'::jsonb || '{"policy": "clamp", "idempotency_key": "key-2"}'
        )
    ),
    (
        'WA401', 'the balance is too low',
        '0 SILVER is available: nothing of it can be taken back.',
        'Try it again when the user has some.'
    )::pg_temp.refusal,
    'of nothing it takes nothing'
);

-- When the user has some again, and the hold has expired.
CALL pg_temp.let_pass('2 hours');
SELECT balance FROM wallet.bonus(:'bob', 'SILVER', 25, 'bonus') \gset
SELECT results_eq(
    format(
        'SELECT r.amount, r.balance, r.shortfall FROM wallet.reverse(%L, %L, %s, %L, %L, %L) AS r',
        :'bob', :'transaction_id', 'NULL', 'chargeback', 'key-3', 'clamp'
    ),
    'VALUES (35::numeric, 0::numeric, 45::numeric)', 'the rest can be taken later'
);
SELECT balance FROM wallet.bonus(:'bob', 'SILVER', 100, 'bonus-2') \gset
SELECT results_eq(
    format(
        'SELECT r.amount, r.balance, r.shortfall FROM wallet.reverse(%L, %L, %s, %L, %L, %L) AS r',
        :'bob', :'transaction_id', 'NULL', 'chargeback', 'key-4', 'clamp'
    ),
    'VALUES (45::numeric, 55::numeric, 0::numeric)', 'to the last unit and no further'
);
SELECT throws_ok(
    format(
        'SELECT wallet.reverse(%L, %L, 1, %L, %L, %L)', :'bob', :'transaction_id', 'chargeback',
        'key-5', 'clamp'
    ),
    'WA408', 'more than is left to reverse', 'clamp or not'
);

-- A debit is taken back whole whatever the policy.
SELECT transaction_id FROM wallet.spend(:'bob', 'SILVER', 55, 'spend-2') \gset
SELECT results_eq(
    format(
        'SELECT r.amount, r.balance, r.shortfall FROM wallet.reverse(%L, %L, %s, %L, %L, %L) AS r',
        :'bob', :'transaction_id', 'NULL', 'a mistake', 'key-6', 'clamp'
    ),
    'VALUES (55::numeric, 55::numeric, 0::numeric)', 'what the user paid comes back to him'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
