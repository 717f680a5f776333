BEGIN;
SELECT plan(6);
\ir ../../support/_books.sql

SELECT hold_id FROM wallet.place_hold(:'alice', 'POINTS', 5.25, '1 hour', 'hold-1') \gset
SELECT asset FROM wallet.create_asset('BRASS', 'Brass', 3) \gset
SELECT results_eq(
    format(
        'SELECT user_id, asset, balance, held, available FROM wallet.list_balances(%L)', :'alice'
    ),
    format(
        $$
            SELECT %L::uuid, v.* FROM (
                VALUES
                ('BRASS', 0.000, 0.000, 0.000),
                ('COPPER', 10, 0, 10),
                ('GOLD', 100, 0, 100),
                ('POINTS', 20.50, 5.25, 15.25),
                ('SILVER', 0, 0, 0)
            ) AS v
        $$,
        :'alice'
    ),
    'by code, also those of 0'
);
SELECT results_eq(
    format('SELECT asset, balance FROM wallet.list_balances(%L)', :'bob'),
    'VALUES (''BRASS'', 0.000), (''GOLD'', 0), (''POINTS'', 0.00), (''SILVER'', 0)',
    'an archived asset only for who has some of it'
);
CALL pg_temp.let_pass('2 hours');
SELECT results_eq(
    format('SELECT held, available FROM wallet.list_balances(%L) WHERE held > 0', :'alice'),
    'SELECT 1.0, 1.0 WHERE false', 'an expired hold holds nothing'
);
SELECT results_eq(
    format(
        'SELECT b.* FROM wallet.list_balances(%L) AS l '
        'CROSS JOIN LATERAL wallet.get_balance(l.user_id, l.asset) AS b', :'alice'
    ),
    format('SELECT * FROM wallet.list_balances(%L)', :'alice'), 'each is what get_balance says'
);
SELECT throws_ok(
    'SELECT wallet.list_balances(NULL)', 'WA101', 'an argument is missing', 'a user is needed'
);
SELECT throws_ok(
    format('SELECT wallet.list_balances(%L)', :'nobody'), 'WA201', 'user not found',
    'one that there is'
);

SELECT * FROM finish();
ROLLBACK;
