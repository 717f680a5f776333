BEGIN;
SELECT plan(13);
\ir ../../support/_books.sql

SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 200, 'silver') \gset
SELECT transaction_id FROM wallet.convert(:'alice', 'SILVER', 'GOLD', 150, 'conversion') \gset
SELECT transaction_id AS spend FROM wallet.spend(:'alice', 'GOLD', 30, 'spend') \gset
CREATE TEMPORARY TABLE answer AS
SELECT r.*
FROM wallet.reverse(
    :'alice', :'transaction_id', 50, 'a mistake', 'key', 'reject', '{"try": 1}', 'till-3'
) AS r;
SELECT a.transaction_id AS reversal FROM answer AS a \gset
UPDATE answer SET is_replay = true;
SELECT jsonb_build_object(
    'user_id', :'alice', 'transaction_id', :'transaction_id', 'amount', 50,
    'reason', 'a mistake', 'idempotency_key', 'key', 'policy', 'reject'
) AS request \gset

SELECT balance FROM wallet.spend(:'alice', 'GOLD', 72, 'all of it') \gset
SELECT results_eq(
    pg_temp.call('reverse', :'request'), 'SELECT * FROM answer',
    'the first receipt comes again, both sides of it'
);
SELECT results_eq(
    pg_temp.call('reverse', :'request'::jsonb || '{"metadata": {"try": 2}, "actor": "till-4"}'),
    'SELECT * FROM answer', 'metadata and actor are those of the first time'
);
SELECT is(
    (wallet.reverse(:'alice', :'transaction_id', 50.0, 'a mistake', 'key')).is_replay, true,
    'an amount is the same with zeros behind it'
);
SELECT is(
    pg_temp.refusal_of(pg_temp.call('reverse', :'request'::jsonb || v.change)),
    (
        'WA301', pg_temp.message('WA301'),
        format('Its %s differs from that of transaction %s.', v.field, :'reversal'),
        'Take a new key for a new intent, and send a retry unchanged.'
    )::pg_temp.refusal,
    format('the key is refused to %s', v.change)
) FROM (
    VALUES
    ('{"amount": 100}'::jsonb, 'amount'),
    ('{"amount": null}', 'amount'),
    ('{"reason": "another one"}', 'reason'),
    ('{"policy": "clamp"}', 'policy'),
    (jsonb_build_object('transaction_id', :'spend', 'amount', 50), 'transaction_id')
) AS v (change, field);
SELECT throws_ok(
    pg_temp.call('reverse', :'request'::jsonb || '{"idempotency_key": "conversion"}'), 'WA301',
    'the idempotency key was used for another request', 'nor can the original''s own be used'
);

SELECT amount FROM wallet.reverse(:'alice', :'spend', NULL, 'all', 'whole') \gset
SELECT is(
    (wallet.reverse(:'alice', :'spend', NULL, 'all', 'whole')).is_replay, true,
    'the replay of a whole one finds that nothing is left, and minds it not'
);
SELECT is_archived FROM wallet.update_asset('GOLD', p_is_archived => true) \gset
SELECT status FROM wallet.set_user_status(:'alice', 'closed') \gset
SELECT results_eq(
    pg_temp.call('reverse', :'request'), 'SELECT * FROM answer',
    'a replay is answered to a closed account, and of an archived asset'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_transactions(:'alice', p_kind => 'REVERSAL')), 3::bigint,
    'nothing moves twice'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
