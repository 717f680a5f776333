BEGIN;
SELECT plan(13);
\ir ../../support/_books.sql

-- alice has 100 GOLD.
CREATE TEMPORARY TABLE answer AS
SELECT h.*
FROM wallet.place_hold(
    :'alice', 'GOLD', 30, '90 minutes', 'key', 'order-7', '{"shop": "north"}', 'till-3'
) AS h;
SELECT hold_id FROM answer \gset
SELECT is(
    (SELECT to_jsonb(a.*) - '{hold_id, created_at, expires_at}'::text[] FROM answer AS a),
    jsonb_build_object(
        'user_id', :'alice', 'asset', 'GOLD', 'amount', 30, 'captured', 0, 'remaining', 30,
        'status', 'open', 'reference', 'order-7', 'metadata', '{"shop": "north"}'::jsonb,
        'is_replay', false
    ),
    'the answer is the hold'
);
SELECT is(
    (SELECT a.expires_at - a.created_at FROM answer AS a), interval '90 minutes',
    'it ends when it should'
);
SELECT is(
    (SELECT a.created_at BETWEEN now() AND clock_timestamp() FROM answer AS a), true,
    'and has begun just now'
);
SELECT results_eq(
    format('SELECT balance, held, available FROM wallet.get_balance(%L, %L)', :'alice', 'GOLD'),
    'VALUES (100::numeric, 30::numeric, 70::numeric)', 'the balance stays, less of it is available'
);
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 71, %L)', :'alice', 'GOLD', 'key-2'), 'WA401',
    'the balance is too low', 'what is held can''t be spent'
);
SELECT throws_ok(
    format('SELECT wallet.place_hold(%L, %L, 71, %L, %L)', :'alice', 'GOLD', '1 hour', 'key-2'),
    'WA401', 'the balance is too low', 'nor held a second time'
);
SELECT is(
    (wallet.place_hold(:'alice', 'GOLD', 20, '1 second', 'key-2')).remaining, 20::numeric,
    'another hold can stand beside it'
);
SELECT is((wallet.spend(:'alice', 'GOLD', 50, 'key-3')).balance, 50::numeric, 'the rest is free');
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 1, %L)', :'alice', 'GOLD', 'key-4'), 'WA401',
    'the balance is too low', 'to the last unit'
);
SELECT results_eq(
    'SELECT outstanding, remaining FROM wallet.treasury(''GOLD'')',
    'VALUES (50::numeric, 950::numeric)', 'the treasury has nothing of what is held'
);
SELECT is_empty(
    format('SELECT * FROM wallet.transaction WHERE transaction_id = %L', :'hold_id'),
    'a hold is no movement'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_transactions(:'alice', 'GOLD')), 2::bigint,
    'and is not among them'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
