BEGIN;
SELECT plan(4);
\ir ../../support/_lots.sql

SELECT hold_id FROM wallet.place_hold(:'alice', 'STAR', 10, '25 days', 'hold') \gset
CALL pg_temp.let_pass('28 days');
SELECT results_eq(
    format(
        'SELECT b.balance, b.held, b.available FROM generate_series(0, 5) AS i (n) '
        'CROSS JOIN wallet.get_balance_at('
        '%L, ''STAR'', now() + (i.n * 6 - 30) * interval ''1 day'') AS b ORDER BY i.n', :'alice'
    ),
    $$
        VALUES
        (0::numeric, 0::numeric, 0::numeric), (200, 10, 190), (160, 10, 150), (160, 10, 150),
        (130, 10, 120), (120, 0, 120)
    $$,
    'though nothing has booked it; what was held then was still there'
);
SELECT is(wallet.expire_lots(), 2::bigint, 'it is booked later');
SELECT results_eq(
    format(
        'SELECT b.balance, b.held, b.available FROM generate_series(0, 5) AS i (n) '
        'CROSS JOIN wallet.get_balance_at('
        '%L, ''STAR'', now() + (i.n * 6 - 30) * interval ''1 day'') AS b ORDER BY i.n', :'alice'
    ),
    $$
        VALUES
        (0::numeric, 0::numeric, 0::numeric), (200, 10, 190), (160, 10, 150), (160, 10, 150),
        (130, 10, 120), (120, 0, 120)
    $$,
    'and was what it was'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
