BEGIN;
SELECT plan(13);
\ir ../../support/_economy.sql

SELECT jsonb_build_object(
    'user_id', :'alice', 'asset', 'GOLD', 'amount', -30, 'idempotency_key', 'key',
    'reference', 'ticket 7'
) AS request \gset

CREATE TEMPORARY TABLE answer AS
SELECT r.* FROM wallet.adjust(:'alice', 'GOLD', -30, 'key', 'ticket 7', '{"try": 1}', 'carol') AS r;
SELECT transaction_id FROM answer \gset
UPDATE answer SET is_replay = true;

SELECT results_eq(
    pg_temp.call('adjust', :'request'), 'SELECT * FROM answer', 'the first receipt comes again'
);
SELECT is(
    (wallet.spend(:'alice', 'GOLD', 70, 'later')).balance, 0::numeric, 'nothing moves twice'
);
SELECT results_eq(
    pg_temp.call('adjust', :'request'), 'SELECT * FROM answer',
    'also when the balance is too low by now'
);
SELECT results_eq(
    pg_temp.call('adjust', :'request'::jsonb || '{"metadata": {"try": 2}, "actor": "dave"}'),
    'SELECT * FROM answer', 'metadata and actor are those of the first time'
);

SELECT is(
    pg_temp.refusal_of(pg_temp.call(v.function, :'request'::jsonb || v.change)),
    (
        'WA301', pg_temp.message_of('WA301'),
        format('Its %s differs from that of transaction %s.', v.field, :'transaction_id'),
        'Take a new key for a new intent, and send a retry unchanged.'
    )::pg_temp.refusal,
    format('the key is refused to %s with %s', v.function, v.change)
) FROM (
    VALUES
    ('spend', '{"amount": 30}'::jsonb, 'kind'),
    ('adjust', '{"asset": "SILVER"}', 'asset'),
    ('adjust', '{"amount": 30}', 'amount'),
    ('adjust', '{"amount": -31}', 'amount'),
    ('adjust', '{"reference": "ticket 8"}', 'reference')
) AS v (function, change, field);

SELECT is(
    (wallet.adjust(:'bob', 'GOLD', 30, 'key', 'ticket 7')).is_replay, false,
    'another user has keys of his own'
);
SELECT is_archived FROM wallet.update_asset('GOLD', p_is_archived => true) \gset
SELECT status FROM wallet.set_user_status(:'alice', 'closed') \gset
SELECT results_eq(
    pg_temp.call('adjust', :'request'), 'SELECT * FROM answer',
    'the receipt also comes for a closed account, and in an archived asset'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_transactions(:'alice', 'GOLD', 'ADJUST')), 1::bigint,
    'and the correction stands there once'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
