BEGIN;
SELECT plan(18);
\ir ../../support/_books.sql

SELECT jsonb_build_object(
    'from_asset', 'POINTS', 'to_asset', 'SILVER', 'from_amount', 0.01, 'to_amount', 1e15,
    'actor', repeat('a', 255)
) AS request \gset
SELECT throws_ok(
    pg_temp.call('set_conversion_rate', :'request'::jsonb || v.change), v.code,
    pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"from_asset": null}'::jsonb, 'WA101'),
    ('{"to_asset": null}', 'WA101'),
    ('{"from_amount": null}', 'WA101'),
    ('{"to_amount": null}', 'WA101'),
    ('{"from_asset": "points"}', 'WA202'),
    ('{"to_asset": "silver"}', 'WA202'),
    ('{"to_asset": "POINTS"}', 'WA112'),
    ('{"from_amount": 0}', 'WA102'),
    ('{"to_amount": -1}', 'WA102'),
    ('{"from_amount": "NaN"}', 'WA102'),
    ('{"to_amount": "Infinity"}', 'WA102'),
    ('{"from_amount": 0.001}', 'WA103'),
    ('{"to_amount": 0.5}', 'WA103'),
    ('{"from_amount": 1000000000000001}', 'WA105'),
    ('{"to_amount": 1000000000000001}', 'WA105'),
    ('{"actor": ""}', 'WA106')
) AS v (change, code);
SELECT is(
    (SELECT count(*) FROM wallet.list_conversion_rates()), 1::bigint,
    'a refused request leaves nothing behind'
);
SELECT results_eq(
    format(
        'SELECT r.from_amount, r.to_amount FROM (%s) AS r',
        pg_temp.call('set_conversion_rate', :'request')
    ),
    'VALUES (0.01, 1e15)', 'the least and the largest are good'
);

SELECT * FROM finish();
ROLLBACK;
