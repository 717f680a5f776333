BEGIN;
SELECT plan(9);
\ir ../../support/_books.sql

-- All of alice's GOLD is held for a second, of which an hour passes.
SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 100, '1 second', 'key') \gset
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 1, %L)', :'alice', 'GOLD', 'spend'), 'WA401',
    'the balance is too low', 'as long as it stands nothing is available'
);
CALL pg_temp.let_pass('1 hour');
SELECT results_eq(
    format('SELECT balance, held, available FROM wallet.get_balance(%L, %L)', :'alice', 'GOLD'),
    'VALUES (100::numeric, 0::numeric, 100::numeric)', 'then all is, before anything has tidied up'
);
SELECT is(
    (SELECT h.status FROM wallet.list_holds(:'alice') AS h), 'expired', 'and it is shown as expired'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound before');
SELECT is(
    (wallet.place_hold(:'alice', 'GOLD', 60, '1 second', 'second')).remaining, 60::numeric,
    'what it held can be held again'
);
CALL pg_temp.let_pass('1 hour');
SELECT is((wallet.spend(:'alice', 'GOLD', 1, 'spend')).balance, 99::numeric, 'and be spent');
SELECT results_eq(
    format(
        'SELECT h.hold_id, h.status, h.remaining FROM wallet.list_holds(%L) AS h '
        'WHERE h.hold_id = %L',
        :'alice', :'hold_id'
    ),
    format('VALUES (%L::uuid, ''expired'', 0::numeric)', :'hold_id'), 'it stays in the list'
);
SELECT is(
    (wallet.place_hold(:'alice', 'GOLD', 100, '1 second', 'key')).status, 'open',
    'a replay has the receipt of a new hold'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound after');

SELECT * FROM finish();
ROLLBACK;
