BEGIN;
SELECT plan(9);
\ir ../../support/_books.sql

-- 150 SILVER became 3 GOLD, and then the rate changes.
SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 200, 'silver') \gset
SELECT transaction_id FROM wallet.convert(:'alice', 'SILVER', 'GOLD', 150, 'conversion') \gset
SELECT rate_id FROM wallet.set_conversion_rate('SILVER', 'GOLD', 70, 1) \gset
SELECT format('SELECT * FROM wallet.reverse(%L, %L, ', :'alice', :'transaction_id') AS reverse \gset

SELECT is(
    pg_temp.refusal_of(:'reverse' || '70, ''a mistake'', ''key'')'),
    (
        'WA107', 'the amount does not convert exactly',
        '70 SILVER is not a multiple of 50, the least that comes out even.',
        'Nearest: 50 or 100.'
    )::pg_temp.refusal,
    'only what comes out even at the old rate'
);
CREATE TEMPORARY TABLE answer AS
SELECT r.*
FROM wallet.reverse(
    :'alice', :'transaction_id', 50, 'a mistake', 'key', 'reject', '{"shop": "n"}', 'till-3'
) AS r;
SELECT is(
    (SELECT to_jsonb(a.*) - '{transaction_id, created_at}'::text[] FROM answer AS a),
    jsonb_build_object(
        'kind', 'REVERSAL', 'user_id', :'alice', 'asset', 'SILVER', 'amount', 50, 'balance', 100,
        'reference', NULL, 'metadata', '{"shop": "n"}'::jsonb, 'is_replay', false,
        'reverses', :'transaction_id', 'reason', 'a mistake', 'shortfall', 0,
        'counter_asset', 'GOLD', 'counter_amount', 1, 'counter_balance', 102
    ),
    'the receipt has both sides'
);
SELECT results_eq(
    'SELECT t.leg, t.asset, t.amount, t.balance_after, t.actor, t.idempotency_key '
    'FROM answer AS a INNER JOIN wallet.transaction AS t ON a.transaction_id = t.transaction_id '
    'ORDER BY t.leg',
    $$
        VALUES
        (1, 'SILVER', 50::numeric, 100::numeric, 'till-3', 'key'),
        (2, 'GOLD', -1, 102, 'till-3', NULL)
    $$,
    'both legs move the other way'
);
SELECT is(
    (SELECT t.remaining FROM wallet.treasury('GOLD') AS t), 898::numeric,
    'what is given back of a capped asset can be issued again'
);
SELECT throws_ok(
    :'reverse' || '150, ''a mistake'', ''key-2'')', 'WA408', 'more than is left to reverse',
    'no more than is left'
);
SELECT results_eq(
    'SELECT r.amount, r.balance, r.counter_amount, r.counter_balance FROM ('
    || :'reverse' || 'NULL, ''a mistake'', ''key-2'')) AS r',
    'VALUES (100::numeric, 200::numeric, 2::numeric, 100::numeric)', 'the rest'
);

-- The other way round: the user gave what is capped and of a later id.
SELECT rate_id FROM wallet.set_conversion_rate('GOLD', 'POINTS', 2, 0.75) \gset
SELECT transaction_id FROM wallet.convert(:'alice', 'GOLD', 'POINTS', 20, 'conversion-2') \gset
SELECT results_eq(
    format(
        'SELECT r.balance, r.counter_amount, r.counter_balance '
        'FROM wallet.reverse(%L, %L, 12, %L, %L) AS r', :'alice', :'transaction_id', 'a mistake',
        'key-3'
    ),
    'VALUES (92::numeric, 4.50, 23.50)', 'a conversion out of a capped asset'
);
SELECT balance FROM wallet.topup(:'bob', 'GOLD', 908, 'all the rest') \gset
SELECT throws_ok(
    format('SELECT wallet.reverse(%L, %L, 8, %L, %L)', :'alice', :'transaction_id', 'x', 'key-4'),
    'WA402', 'the supply is exhausted', 'is not taken back past the cap'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
