BEGIN;
SELECT plan(15);
\ir ../../support/_economy.sql

SELECT jsonb_build_object(
    'user_id', :'alice', 'asset', 'GOLD', 'amount', 30, 'idempotency_key', 'key',
    'reference', 'order-7'
) AS request \gset

CREATE TEMPORARY TABLE answer AS
SELECT r.* FROM wallet.spend(:'alice', 'GOLD', 30, 'key', 'order-7', '{"try": 1}', 'till-3') AS r;
SELECT transaction_id FROM answer \gset
UPDATE answer SET is_replay = true;

SELECT results_eq(
    pg_temp.call('spend', :'request'), 'SELECT * FROM answer', 'the first receipt comes again'
);
SELECT is(
    (wallet.spend(:'alice', 'GOLD', 70, 'later')).balance, 0::numeric, 'nothing moves twice'
);
SELECT results_eq(
    pg_temp.call('spend', :'request'), 'SELECT * FROM answer',
    'also when nothing is left any more'
);
SELECT results_eq(
    pg_temp.call('spend', :'request'::jsonb || '{"metadata": {"try": 2}, "actor": "till-4"}'),
    'SELECT * FROM answer', 'metadata and actor are those of the first time'
);
SELECT is(
    (wallet.spend(:'alice', 'GOLD', 30.000, 'key', 'order-7')).is_replay, true,
    'an amount is the same with zeros behind it'
);

SELECT is(
    pg_temp.refusal_of(pg_temp.call(v.function, :'request'::jsonb || v.change)),
    (
        'WA301', pg_temp.message_of('WA301'),
        format('Its %s differs from that of transaction %s.', v.field, :'transaction_id'),
        'Take a new key for a new intent, and send a retry unchanged.'
    )::pg_temp.refusal,
    format('the key is refused to a %s with %s', v.function, v.change)
) FROM (
    VALUES
    ('bonus', '{}'::jsonb, 'kind'),
    ('adjust', '{"amount": -30}', 'kind'),
    ('spend', '{"asset": "POINTS"}', 'asset'),
    ('spend', '{"amount": 31}', 'amount'),
    ('spend', '{"reference": "order-8"}', 'reference'),
    ('spend', '{"reference": null}', 'reference')
) AS v (function, change, field);

SELECT throws_ok(
    pg_temp.call('spend', :'request'::jsonb || jsonb_build_object('user_id', :'bob')), 'WA401',
    'the balance is too low', 'another user has keys of his own'
);
SELECT is_archived FROM wallet.update_asset('GOLD', p_is_archived => true) \gset
SELECT status FROM wallet.set_user_status(:'alice', 'frozen') \gset
SELECT results_eq(
    pg_temp.call('spend', :'request'), 'SELECT * FROM answer',
    'the receipt also comes to a frozen account, and in an archived asset'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_transactions(:'alice', 'GOLD', 'SPEND')), 2::bigint,
    'and each movement stands there once'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
