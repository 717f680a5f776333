BEGIN;
SELECT plan(13);
\ir ../../support/_books.sql

SELECT jsonb_build_object(
    'user_id', :'alice', 'asset', 'GOLD', 'amount', 30, 'expires_in', '1 hour',
    'idempotency_key', 'key', 'reference', 'order-7'
) AS request \gset
CREATE TEMPORARY TABLE answer AS
SELECT h.*
FROM wallet.place_hold(
    :'alice', 'GOLD', 30, '1 hour', 'key', 'order-7', '{"try": 1}', 'till-3'
) AS h;
SELECT hold_id FROM answer \gset
UPDATE answer SET is_replay = true;

SELECT balance FROM wallet.spend(:'alice', 'GOLD', 70, 'later') \gset
SELECT results_eq(
    pg_temp.call('place_hold', :'request'), 'SELECT * FROM answer',
    'the first receipt comes again, though nothing is left by now'
);
SELECT results_eq(
    pg_temp.call(
        'place_hold',
        :'request'::jsonb || '{"metadata": {"try": 2}, "actor": "b", "expires_in": "60 minutes"}'
    ),
    'SELECT * FROM answer', 'metadata and actor are those of the first time'
);
SELECT is(
    (SELECT b.held FROM wallet.get_balance(:'alice', 'GOLD') AS b), 30::numeric,
    'nothing is held twice'
);

SELECT is(
    pg_temp.refusal_of(pg_temp.call(v.function, :'request'::jsonb - v.without || v.change)),
    (
        'WA301', pg_temp.message('WA301'),
        format('Its %s differs from that of transaction %s.', v.field, :'hold_id'),
        'Take a new key for a new intent, and send a retry unchanged.'
    )::pg_temp.refusal,
    format('the key is refused to %s with %s', v.function, v.change)
) FROM (
    VALUES
    ('place_hold', '', '{"asset": "POINTS"}'::jsonb, 'asset'),
    ('place_hold', '', '{"amount": 31}', 'amount'),
    ('place_hold', '', '{"expires_in": "61 minutes"}', 'expires_in'),
    ('place_hold', '', '{"reference": null}', 'reference'),
    ('spend', 'expires_in', '{}', 'kind')
) AS v (function, without, change, field);
SELECT balance FROM wallet.bonus(:'alice', 'GOLD', 30, 'bonus', 'order-7') \gset
SELECT throws_ok(
    pg_temp.call('place_hold', :'request'::jsonb || '{"idempotency_key": "bonus"}'), 'WA301',
    'the idempotency key was used for another request', 'nor is there a hold for a bonus''s key'
);

SELECT transaction_id FROM wallet.capture_hold(:'alice', :'hold_id', 10, 'capture') \gset
SELECT results_eq(
    pg_temp.call('place_hold', :'request'), 'SELECT * FROM answer',
    'the receipt is that of a new hold, also after a capture'
);
SELECT status FROM wallet.release_hold(:'alice', :'hold_id', 'release') \gset
SELECT is_archived FROM wallet.update_asset('GOLD', p_is_archived => true) \gset
SELECT status FROM wallet.set_user_status(:'alice', 'closed') \gset
SELECT results_eq(
    pg_temp.call('place_hold', :'request'), 'SELECT * FROM answer',
    'also after its release, of an archived asset and to a closed account'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_holds(:'alice')), 1::bigint, 'there is one hold'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
