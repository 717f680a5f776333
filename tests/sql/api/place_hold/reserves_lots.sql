BEGIN;
SELECT plan(14);
\ir ../../support/_lots.sql

SELECT hold_id FROM wallet.place_hold(:'alice', 'STAR', 70, '25 days', 'hold') \gset
SELECT results_eq(
    format('SELECT l.lot_id, l.held FROM wallet.list_lots(%L, ''STAR'') AS l', :'alice'),
    'VALUES (2::bigint, 50::numeric), (3, 20), (4, 0), (1, 0)', 'in the order of use'
);
SELECT balance FROM wallet.spend(:'alice', 'STAR', 15, 'spend') \gset
SELECT is(
    pg_temp.left_of(:'alice'), '2: 50 free, 3: 20 free, 4: 15 free, 1: 100 paid',
    'others use what is not held'
);
CALL pg_temp.let_pass('15 days');
SELECT is(
    pg_temp.left_of(:'alice'), '2: 50 free, 3: 20 free, 4: 15 free, 1: 100 paid',
    'what is held outlives its expiry'
);
SELECT is(
    (wallet.capture_hold(:'alice', :'hold_id', 10, 'part')).remaining, 60::numeric,
    'and can be captured then'
);
CALL pg_temp.let_pass('6 days');
SELECT is(
    (wallet.capture_hold(:'alice', :'hold_id', 45, 'part-2')).balance, 130::numeric,
    'in parts'
);
SELECT is(
    pg_temp.left_of(:'alice'), '3: 15 free, 4: 15 free, 1: 100 paid',
    'they use what it holds in its order'
);
SELECT is(
    (wallet.release_hold(:'alice', :'hold_id', 'release')).status, 'released', 'what is left'
);
SELECT is(
    pg_temp.left_of(:'alice'), '4: 15 free, 1: 100 paid', 'expires at once when it is released'
);
SELECT is((wallet.treasury('STAR')).outstanding, 115::numeric, 'and is booked at once');

SELECT hold_id FROM wallet.place_hold(:'alice', 'STAR', 15, '12 days', 'hold-2') \gset
CALL pg_temp.let_pass('11 days');
SELECT is(pg_temp.left_of(:'alice'), '4: 15 free, 1: 100 paid', 'held beyond its expiry');
CALL pg_temp.let_pass('2 days');
SELECT is(pg_temp.left_of(:'alice'), '1: 100 paid', 'until the hold expires too');
SELECT results_eq(
    format(
        'SELECT b.balance, b.held, b.paid, b.free FROM wallet.get_balance(%L, ''STAR'') AS b',
        :'alice'
    ),
    'VALUES (100::numeric, 0::numeric, 100::numeric, 0::numeric)', 'though nothing has booked it'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');
SELECT balance FROM wallet.spend(:'alice', 'STAR', 1, 'after') \gset
SELECT is_empty('SELECT * FROM wallet.verify()', 'and so are they when it is booked');

SELECT * FROM finish();
ROLLBACK;
