BEGIN;
SELECT plan(9);
\ir ../../support/_books.sql

SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 40, '1 hour', 'hold') \gset
SELECT hold_id AS other FROM wallet.place_hold(:'alice', 'GOLD', 40, '1 hour', 'hold-2') \gset
SELECT jsonb_build_object(
    'user_id', :'alice', 'hold_id', :'hold_id', 'idempotency_key', 'key'
) AS request \gset
CREATE TEMPORARY TABLE answer AS
SELECT h.* FROM wallet.release_hold(:'alice', :'hold_id', 'key', '{"try": 1}', 'till-3') AS h;
UPDATE answer SET is_replay = true;

SELECT results_eq(
    pg_temp.call('release_hold', :'request'), 'SELECT * FROM answer',
    'the first receipt comes again, though the hold is closed'
);
SELECT results_eq(
    pg_temp.call(
        'release_hold', :'request'::jsonb || '{"metadata": {"try": 2}, "actor": "till-4"}'
    ),
    'SELECT * FROM answer', 'whatever metadata and actor say'
);
SELECT results_eq(
    format('SELECT balance, held FROM wallet.get_balance(%L, %L)', :'alice', 'GOLD'),
    'VALUES (100::numeric, 40::numeric)', 'nothing is freed twice'
);
SELECT matches(
    (pg_temp.refusal_of(pg_temp.call(v.function, :'request'::jsonb || v.change))).detail,
    format('^Its %s differs from that of transaction ', v.field),
    format('the key is refused to %s with %s', v.function, v.change)
) FROM (
    VALUES
    ('release_hold', jsonb_build_object('hold_id', :'other'), 'hold_id'),
    ('capture_hold', '{"amount": 5}', 'kind')
) AS v (function, change, field);
SELECT throws_ok(
    pg_temp.call('release_hold', :'request'::jsonb || '{"idempotency_key": "hold"}'), 'WA301',
    'the idempotency key was used for another request', 'nor can the hold''s own be used'
);
SELECT throws_ok(
    pg_temp.call('release_hold', :'request'::jsonb || '{"idempotency_key": "key-2"}'), 'WA307',
    'the hold is closed', 'by another key it is no replay'
);
CALL pg_temp.let_pass('2 hours');
SELECT is(
    (wallet.release_hold(:'alice', :'hold_id', 'key')).status, 'released',
    'after its time it is what it was'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
