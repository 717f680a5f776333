BEGIN;
SELECT plan(8);
\ir ../../support/_economy.sql

-- 900 GOLD are left to issue, in 16 stripes.
SELECT balance FROM wallet.bonus(:'bob', 'SILVER', 100000, 'silver') \gset
SELECT throws_ok(
    format('SELECT wallet.convert(%L, %L, %L, 45050, %L)', :'bob', 'SILVER', 'GOLD', 'key'),
    'WA402', 'the supply is exhausted', 'one more than is left can''t be had'
);
SELECT results_eq(
    format('SELECT asset, balance FROM wallet.list_balances(%L)', :'bob'),
    $$VALUES ('GOLD', 0::numeric), ('POINTS', 0.00), ('SILVER', 100000)$$,
    'and then neither side moves'
);
SELECT is(
    (wallet.convert(:'bob', 'SILVER', 'GOLD', 45000, 'key')).to_balance, 900::numeric,
    'all that is left can'
);
SELECT is(
    (SELECT t.remaining FROM wallet.treasury('GOLD') AS t), 0::numeric, 'then nothing is left'
);
SELECT throws_ok(
    format('SELECT wallet.topup(%L, %L, 1, %L)', :'alice', 'GOLD', 'key'), 'WA402',
    'the supply is exhausted', 'not for others either'
);

SELECT rate_id AS gold_to_silver FROM wallet.set_conversion_rate('GOLD', 'SILVER', 1, 40) \gset
SELECT is(
    (wallet.convert(:'bob', 'GOLD', 'SILVER', 200, 'back')).from_balance, 700::numeric,
    'what is exchanged back'
);
SELECT is(
    (wallet.topup(:'alice', 'GOLD', 200, 'key')).balance, 300::numeric, 'others can get'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
