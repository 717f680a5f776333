BEGIN;
SELECT plan(51);
\ir ../../support/_economy.sql

SELECT jsonb_build_object(
    'user_id', :'alice', 'from_asset', 'SILVER', 'to_asset', 'GOLD', 'amount', 50,
    'idempotency_key', 'key', 'rate_id', :silver_to_gold,
    'metadata', jsonb_build_object('a', repeat('m', 8183)), 'actor', repeat('a', 255)
) AS request \gset
SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 100, 'silver') \gset

SELECT throws_ok(
    pg_temp.call('convert', :'request'::jsonb || jsonb_build_object(m.field, m.value)),
    m.code, pg_temp.message_of(m.code), m.description
) FROM malformed AS m
WHERE
    m.field NOT IN ('asset', 'reference')
    AND m.code IN (
        'WA101', 'WA102', 'WA103', 'WA104', 'WA105', 'WA106', 'WA111', 'WA201', 'WA501'
    );
SELECT throws_ok(
    pg_temp.call('convert', :'request'::jsonb || jsonb_build_object(v.side || m.field, m.value)),
    m.code, pg_temp.message_of(m.code), v.side || m.description
) FROM (
    VALUES ('from_'), ('to_')
) AS v (side)
CROSS JOIN malformed AS m
WHERE m.field = 'asset' AND m.code IN ('WA101', 'WA202', 'WA503');

SELECT rate_id AS huge FROM wallet.set_conversion_rate('POINTS', 'SILVER', 1, 1e15) \gset
SELECT throws_ok(
    pg_temp.call('convert', :'request'::jsonb - 'rate_id' || v.change), v.code,
    pg_temp.message_of(v.code), v.description
) FROM (
    VALUES
    ('{"amount": 150}'::jsonb, 'WA401', 'more than is there'),
    ('{"from_asset": "GOLD"}', 'WA112', 'an asset into itself'),
    ('{"from_asset": "GOLD", "to_asset": "SILVER"}', 'WA207', 'a pair that has no rate'),
    ('{"rate_id": 0}', 'WA306', 'a rate that there never was'),
    ('{"amount": 75}', 'WA107', 'an amount that does not come out even'),
    ('{"from_asset": "POINTS", "to_asset": "SILVER", "amount": 2}', 'WA105', 'a result over 10^15')
) AS v (change, code, description);

SELECT is_empty(
    'SELECT * FROM wallet.transaction WHERE kind = ''CONVERT''',
    'a refused request leaves nothing behind'
);
SELECT results_eq(
    format('SELECT is_replay FROM (%s) AS r', pg_temp.call('convert', :'request')),
    'VALUES (false)', 'its key is free, and the longest texts are good'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
