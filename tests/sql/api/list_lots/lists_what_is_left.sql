BEGIN;
SELECT plan(8);
\ir ../../support/_lots.sql

SELECT is(pg_temp.left_of(:'bob'), NULL, 'nothing of who has nothing');
SELECT is(pg_temp.left_of(:'alice', 'GOLD'), NULL, 'nor of an asset without lots');
SELECT results_eq(
    format(
        'SELECT b.paid, b.free, b.expiring, b.expires_at > now() + ''9 days'' '
        'FROM wallet.list_balances(%L) AS b WHERE b.asset IN (''GOLD'', ''STAR'') ORDER BY b.asset',
        :'alice'
    ),
    'VALUES (NULL::numeric, NULL::numeric, NULL::numeric, NULL::boolean), (100, 100, 50, true)',
    'a balance says what of it was paid for, is free, and expires next'
);
CALL pg_temp.let_pass('10 days 1 second');
SELECT results_eq(
    format(
        'SELECT b.balance, b.free, b.expiring FROM wallet.get_balance(%L, ''STAR'') AS b', :'alice'
    ),
    'VALUES (150::numeric, 50::numeric, 30::numeric)', 'then the next one'
);
SELECT is(pg_temp.left_of(:'alice'), '3: 30 free, 4: 20 free, 1: 100 paid', 'it is not listed');
SELECT throws_ok(
    pg_temp.call('list_lots', jsonb_build_object('user_id', :'alice', 'asset', 'STAR') || v.change),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    (jsonb_build_object('user_id', NULL), 'WA101'),
    (jsonb_build_object('user_id', :'nobody'), 'WA201'),
    ('{"asset": "star"}', 'WA202')
) AS v (change, code);

SELECT * FROM finish();
ROLLBACK;
