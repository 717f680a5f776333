BEGIN;
SELECT plan(11);
\ir ../../support/_books.sql

-- Of 1000 GOLD alice has 100; then bob gets 250.
SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 250, 'gold') \gset
SELECT is(
    pg_temp.refusal_of('SELECT wallet.change_supply(''GOLD'', 349)'),
    (
        'WA409', 'users hold more than that', 'Users hold 350 GOLD, 1 more than 349.',
        'Set the cap to 350 at least.'
    )::pg_temp.refusal,
    'never below what users hold'
);
SELECT results_eq(
    'SELECT supply, remaining FROM wallet.treasury(''GOLD'')',
    'VALUES (1000::numeric, 650::numeric)',
    'a refused change changes nothing'
);
SELECT is(
    (SELECT to_jsonb(a.*) - 'created_at' FROM wallet.change_supply('GOLD', 350, 'till-3') AS a),
    jsonb_build_object(
        'asset', 'GOLD', 'name', 'Gold', 'scale', 0, 'supply', 350, 'sign_up_bonus', NULL,
        'is_purchasable', true, 'is_archived', false, 'lot_order', NULL, 'expires_in', NULL,
        'is_paid_expiring', false,
        'is_debt_blocking', false
    ),
    'but down to just that'
);
SELECT throws_ok(
    format('SELECT wallet.bonus(%L, %L, 1, %L)', :'bob', 'GOLD', 'key'), 'WA402',
    'the supply is exhausted', 'then no more is issued'
);
SELECT is(
    (wallet.spend(:'bob', 'GOLD', 250, 'back')).balance, 0::numeric, 'what is given back'
);
SELECT is(
    (wallet.bonus(:'alice', 'GOLD', 250, 'key')).balance, 350::numeric, 'can be issued anew'
);
SELECT is(
    (wallet.change_supply('GOLD', 1003)).supply, 1003::numeric, 'a cap can be raised'
);
SELECT results_eq(
    'SELECT outstanding, supply, remaining FROM wallet.treasury(''GOLD'')',
    'VALUES (350::numeric, 1003::numeric, 653::numeric)', 'by any amount'
);
SELECT throws_ok(
    format('SELECT wallet.bonus(%L, %L, 654, %L)', :'bob', 'GOLD', 'key'), 'WA402',
    'the supply is exhausted', 'and stands there'
);
SELECT is(
    (wallet.bonus(:'bob', 'GOLD', 653, 'key')).balance, 653::numeric, 'to the last unit'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
