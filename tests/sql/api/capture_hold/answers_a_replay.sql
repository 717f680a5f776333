BEGIN;
SELECT plan(13);
\ir ../../support/_books.sql

SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 40, '1 hour', 'hold') \gset
SELECT hold_id AS other FROM wallet.place_hold(:'alice', 'GOLD', 40, '1 hour', 'hold-2') \gset
SELECT jsonb_build_object(
    'user_id', :'alice', 'hold_id', :'hold_id', 'amount', 15, 'idempotency_key', 'key'
) AS request \gset
CREATE TEMPORARY TABLE answer AS
SELECT c.* FROM wallet.capture_hold(:'alice', :'hold_id', 15, 'key', '{"try": 1}', 'till-3') AS c;
SELECT transaction_id FROM answer \gset
UPDATE answer SET is_replay = true;

SELECT results_eq(
    pg_temp.call(
        'capture_hold', :'request'::jsonb || '{"metadata": {"try": 2}, "actor": "till-4"}'
    ),
    'SELECT * FROM answer', 'the first receipt comes again, metadata and all'
);
SELECT is(
    (wallet.capture_hold(:'alice', :'hold_id', 15.000, 'key')).is_replay, true,
    'an amount is the same with zeros behind it'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'GOLD') AS b), 85::numeric,
    'nothing moves twice'
);
SELECT is(
    pg_temp.refusal_of(pg_temp.call('capture_hold', :'request'::jsonb || v.change)),
    (
        'WA301', pg_temp.message('WA301'),
        format('Its %s differs from that of transaction %s.', v.field, :'transaction_id'),
        'Take a new key for a new intent, and send a retry unchanged.'
    )::pg_temp.refusal,
    format('the key is refused to %s', v.change)
) FROM (
    VALUES
    ('{"amount": 16}'::jsonb, 'amount'),
    ('{"amount": null}', 'amount'),
    (jsonb_build_object('hold_id', :'other'), 'hold_id')
) AS v (change, field);
SELECT throws_ok(
    pg_temp.call('release_hold', :'request'::jsonb - 'amount'), 'WA301',
    'the idempotency key was used for another request', 'and to a release'
);
SELECT throws_ok(
    pg_temp.call('capture_hold', :'request'::jsonb || '{"idempotency_key": "hold"}'), 'WA301',
    'the idempotency key was used for another request', 'nor can the hold''s own be used'
);

-- What is left goes by a second key; its replay has no amount either.
SELECT amount FROM wallet.capture_hold(:'alice', :'hold_id', NULL, 'rest') \gset
SELECT is(:amount, 25, 'the rest is captured');
SELECT results_eq(
    format(
        'SELECT amount, remaining, is_replay FROM wallet.capture_hold(%L, %L, NULL, %L)', :'alice',
        :'hold_id', 'rest'
    ),
    'VALUES (25::numeric, 0::numeric, true)', 'which is answered again too'
);
SELECT status FROM wallet.set_user_status(:'alice', 'frozen') \gset
SELECT results_eq(
    pg_temp.call('capture_hold', :'request'), 'SELECT * FROM answer',
    'a replay is answered of a hold that is closed, and to a frozen account'
);
CALL pg_temp.let_pass('2 hours');
SELECT is(
    (wallet.capture_hold(:'alice', :'hold_id', 15, 'key')).remaining, 25::numeric,
    'and after its time'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
