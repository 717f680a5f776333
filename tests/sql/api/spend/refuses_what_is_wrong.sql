BEGIN;
SELECT plan(48);
\ir ../../support/_economy.sql

SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 1, 'silver') \gset
SELECT jsonb_build_object(
    'user_id', :'alice', 'asset', 'SILVER', 'amount', 1, 'idempotency_key', 'key',
    'reference', repeat('r', 255), 'metadata', jsonb_build_object('a', repeat('m', 8183)),
    'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('spend', :'request'::jsonb || jsonb_build_object(m.field, m.value)),
    m.code, pg_temp.message_of(m.code), m.description
) FROM malformed AS m
WHERE m.code IN (
    'WA101', 'WA102', 'WA103', 'WA104', 'WA105', 'WA106', 'WA111', 'WA201', 'WA202', 'WA501',
    'WA503'
);
SELECT throws_ok(
    pg_temp.call('spend', :'request'::jsonb || '{"asset": "POINTS", "amount": 0.001}'), 'WA103',
    pg_temp.message_of('WA103'), 'amount: more decimals than the asset has'
);

SELECT is_empty(
    'SELECT * FROM wallet.transaction WHERE kind = ''SPEND''',
    'a refused request leaves nothing behind'
);
SELECT results_eq(
    format('SELECT is_replay FROM (%s) AS r', pg_temp.call('spend', :'request')),
    'VALUES (false)', 'its key is free, and the longest texts are good'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
