BEGIN;
SELECT plan(7);
\ir ../../support/_books.sql

SELECT is(
    (SELECT to_jsonb(b.*) FROM wallet.get_balance(:'alice', 'POINTS') AS b),
    jsonb_build_object(
        'user_id', :'alice', 'asset', 'POINTS', 'balance', 20.50, 'held', 0.00, 'available', 20.50,
        'paid', NULL, 'free', NULL, 'expiring', NULL, 'expires_at', NULL,
        'debt', 0.00
    ),
    'at the scale of the asset'
);
SELECT hold_id FROM wallet.place_hold(:'alice', 'POINTS', 5.25, '1 hour', 'hold-1') \gset
SELECT hold_id AS other FROM wallet.place_hold(:'alice', 'POINTS', 1, '1 day', 'hold-2') \gset
SELECT results_eq(
    format('SELECT balance, held, available FROM wallet.get_balance(%L, %L)', :'alice', 'POINTS'),
    'VALUES (20.50, 6.25, 14.25)', 'less what is held'
);
CALL pg_temp.let_pass('2 hours');
SELECT results_eq(
    format('SELECT balance, held, available FROM wallet.get_balance(%L, %L)', :'alice', 'POINTS'),
    'VALUES (20.50, 1.00, 19.50)', 'but what an expired hold held is free'
);
SELECT is(
    (SELECT to_jsonb(b.*) FROM wallet.get_balance(:'bob', 'GOLD') AS b),
    jsonb_build_object(
        'user_id', :'bob', 'asset', 'GOLD', 'balance', 0, 'held', 0, 'available', 0,
        'paid', NULL, 'free', NULL, 'expiring', NULL, 'expires_at', NULL,
        'debt', 0
    ),
    'who has nothing has 0'
);
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby', 2) \gset
SELECT results_eq(
    format('SELECT balance, available FROM wallet.get_balance(%L, %L)', :'bob', 'RUBY'),
    'VALUES (0.00, 0.00)', 'also of an asset that is younger than the user'
);
SELECT is(
    (wallet.get_balance(:'alice', 'COPPER')).balance, 10::numeric, 'and of an archived one'
);
SELECT is(
    (wallet.get_balance(:'frozen', 'SILVER')).available, 100::numeric,
    'a frozen account''s balance is shown as it is'
);

SELECT * FROM finish();
ROLLBACK;
