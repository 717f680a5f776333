BEGIN;
SELECT plan(12);
\ir ../../support/_books.sql

SELECT hold_id AS released FROM wallet.place_hold(:'alice', 'GOLD', 10, '1 day', 'hold-1') \gset
SELECT hold_id AS expired FROM wallet.place_hold(:'alice', 'GOLD', 10, '1 second', 'hold-2') \gset
SELECT hold_id AS tidied FROM wallet.place_hold(:'alice', 'POINTS', 10, '1 second', 'hold-3') \gset
SELECT amount FROM wallet.capture_hold(:'alice', :'expired', 3, 'part') \gset
SELECT status FROM wallet.release_hold(:'alice', :'released', 'release') \gset
CALL pg_temp.let_pass('1 hour');
SELECT balance FROM wallet.spend(:'alice', 'POINTS', 20, 'spend') \gset
SELECT is(
    (SELECT array_agg(h.status ORDER BY h.created_at) FROM wallet_private.hold AS h),
    '{released,open,expired}', 'one released, one expired, one expired and tidied away'
);

SELECT throws_ok(
    format('SELECT wallet.capture_hold(%L, %L, %s, %L)', :'alice', v.hold_id, v.amount, 'key'),
    'WA307', 'the hold is closed', v.description
) FROM (
    VALUES
    (:'released', '1', 'part of what was released'),
    (:'released', 'NULL', 'what is left of it'),
    (:'expired', '1', 'part of what has expired'),
    (:'expired', 'NULL', 'what is left of it'),
    (:'tidied', '1', 'part of what was tidied away'),
    (:'tidied', 'NULL', 'what is left of it')
) AS v (hold_id, amount, description);
SELECT matches(
    (pg_temp.refusal_of(
        format('SELECT wallet.capture_hold(%L, %L, 1, %L)', :'alice', v.hold_id, 'key')
    )).detail,
    format('^Hold %s was %s on .', v.hold_id, v.status), 'the refusal says ' || v.status
) FROM (
    VALUES (:'released', 'released'), (:'expired', 'expired'), (:'tidied', 'expired')
) AS v (hold_id, status);
SELECT results_eq(
    format('SELECT asset, balance, held FROM wallet.list_balances(%L)', :'alice'),
    'VALUES (''COPPER'', 10::numeric, 0::numeric), (''GOLD'', 97, 0), (''POINTS'', 0.50, 0), '
    '(''SILVER'', 0, 0)',
    'nothing moves'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
