BEGIN;
SELECT plan(12);
\ir ../../support/_economy.sql

-- Of the cap of 1000 alice has 100. The 900 left lie in 16 stripes, so these gather several.
SELECT results_eq(
    'SELECT t.outstanding, t.remaining FROM wallet.treasury(''GOLD'') AS t',
    'VALUES (100::numeric, 900::numeric)', 'a cap is on what users hold'
);
SELECT is(
    pg_temp.refusal_of(format('SELECT wallet.topup(%L, %L, 901, %L)', :'bob', 'GOLD', 'key-1')),
    (
        'WA402', 'the supply is exhausted',
        '900 GOLD of the cap of 1000 is left to issue, 901 is needed.',
        'An operator can raise the cap with wallet.change_supply.'
    )::pg_temp.refusal,
    'one more than is left can''t be had'
);
SELECT is(
    (wallet.topup(:'bob', 'GOLD', 899, 'key-1')).balance, 899::numeric,
    'most of it can, wherever it lies'
);
SELECT is(
    (SELECT t.remaining FROM wallet.treasury('GOLD') AS t), 1::numeric, 'and one is left'
);
SELECT throws_ok(
    format('SELECT wallet.topup(%L, %L, 2, %L)', :'alice', 'GOLD', 'key-2'), 'WA402',
    'the supply is exhausted', 'two can''t be had any more'
);
SELECT is(
    (wallet.topup(:'alice', 'GOLD', 1, 'key-2')).balance, 101::numeric,
    'the last one can, and by the key that was refused'
);
SELECT is(
    (SELECT t.remaining FROM wallet.treasury('GOLD') AS t), 0::numeric, 'then nothing is left'
);
SELECT throws_ok(
    format('SELECT wallet.topup(%L, %L, 1, %L)', :'bob', 'GOLD', 'key-2'), 'WA402',
    'the supply is exhausted', 'not one'
);
SELECT is(
    (wallet.topup(:'bob', 'GOLD', 899, 'key-1')).is_replay, true, 'but a replay is answered'
);

SELECT balance FROM wallet.spend(:'alice', 'GOLD', 70, 'key-3') \gset
SELECT is(
    (wallet.topup(:'bob', 'GOLD', 70, 'key-2')).balance, 969::numeric,
    'what one user has given back another can get'
);
SELECT is(
    (wallet.topup(:'bob', 'SILVER', 1000000, 'key-3')).balance, 1000000::numeric,
    'an asset without a cap goes on'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
