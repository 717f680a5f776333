BEGIN;
SELECT plan(14);
\ir ../../support/_economy.sql

SELECT jsonb_build_object(
    'user_id', :'alice', 'from_asset', 'SILVER', 'to_asset', 'GOLD', 'amount', 100,
    'idempotency_key', 'key', 'rate_id', :silver_to_gold
) AS request \gset

SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 100, 'silver') \gset
CREATE TEMPORARY TABLE answer AS
SELECT r.*
FROM wallet.convert(
    :'alice', 'SILVER', 'GOLD', 100, 'key', :silver_to_gold, '{"try": 1}', 'till-3'
) AS r;
SELECT transaction_id FROM answer \gset
UPDATE answer SET is_replay = true;

SELECT balance FROM wallet.spend(:'alice', 'GOLD', 102, 'later') \gset
SELECT results_eq(
    pg_temp.call('convert', :'request'), 'SELECT * FROM answer',
    'the first receipt comes again, though nothing is left by now'
);
SELECT results_eq(
    pg_temp.call('convert', :'request'::jsonb || '{"metadata": {"try": 2}, "actor": "till-4"}'),
    'SELECT * FROM answer', 'metadata and actor are those of the first time'
);
SELECT rate_id AS other FROM wallet.set_conversion_rate('SILVER', 'GOLD', 60, 1) \gset
SELECT results_eq(
    pg_temp.call('convert', :'request'), 'SELECT * FROM answer',
    'a rate that has changed meanwhile changes nothing'
);
SELECT results_eq(
    format('SELECT asset, balance FROM wallet.list_balances(%L)', :'alice'),
    $$VALUES ('COPPER', 10::numeric), ('GOLD', 0), ('POINTS', 20.50), ('SILVER', 0)$$,
    'nothing moves twice'
);

SELECT is(
    pg_temp.refusal_of(pg_temp.call('convert', :'request'::jsonb || v.change)),
    (
        'WA301', pg_temp.message_of('WA301'),
        format('Its %s differs from that of transaction %s.', v.field, :'transaction_id'),
        'Take a new key for a new intent, and send a retry unchanged.'
    )::pg_temp.refusal,
    format('the key is refused to %s', v.change)
) FROM (
    VALUES
    ('{"to_asset": "POINTS"}'::jsonb, 'to_asset'),
    ('{"amount": 150}', 'amount'),
    (jsonb_build_object('rate_id', :other), 'rate_id')
) AS v (change, field);
SELECT throws_ok(
    pg_temp.call('convert', :'request'::jsonb || '{"from_asset": "POINTS"}'), 'WA301',
    'the idempotency key was used for another request', 'the key is refused to another asset'
);
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 100, %L)', :'alice', 'SILVER', 'key'), 'WA301',
    'the idempotency key was used for another request', 'and to a spend'
);
SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 60, 'silver-2') \gset
SELECT throws_ok(
    pg_temp.call('convert', :'request'::jsonb || '{"idempotency_key": "silver-2", "amount": 60}'),
    'WA301', 'the idempotency key was used for another request',
    'nor can a key of a bonus be used'
);

-- A request without a rate takes any, and so does its replay.
SELECT rate_id FROM wallet.convert(:'alice', 'SILVER', 'GOLD', 60, 'any') \gset
SELECT rate_id AS third FROM wallet.set_conversion_rate('SILVER', 'GOLD', 70, 1) \gset
SELECT results_eq(
    format(
        'SELECT rate_id, is_replay FROM wallet.convert(%L, %L, %L, 60, %L)',
        :'alice', 'SILVER', 'GOLD', 'any'
    ),
    format('VALUES (%s::bigint, true)', :rate_id), 'a replay without a rate has the first one'
);

SELECT is_archived FROM wallet.update_asset('GOLD', p_is_archived => true) \gset
SELECT status FROM wallet.set_user_status(:'alice', 'frozen') \gset
SELECT results_eq(
    pg_temp.call('convert', :'request'), 'SELECT * FROM answer',
    'the receipt also comes to a frozen account, and for an archived asset'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_transactions(:'alice', p_kind => 'CONVERT')), 4::bigint,
    'and there are the two legs of the two conversions'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
