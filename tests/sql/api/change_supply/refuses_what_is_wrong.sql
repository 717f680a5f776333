BEGIN;
SELECT plan(12);
\ir ../../support/_books.sql

SELECT throws_ok(
    pg_temp.call('change_supply', '{"asset": "POINTS", "supply": 100}'::jsonb || v.change), v.code,
    pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"asset": null}'::jsonb, 'WA101'),
    ('{"asset": "points"}', 'WA202'),
    ('{"supply": 0}', 'WA102'),
    ('{"supply": -1}', 'WA102'),
    ('{"supply": "NaN"}', 'WA102'),
    ('{"supply": "Infinity"}', 'WA102'),
    ('{"supply": 100.001}', 'WA103'),
    ('{"supply": 1000000000000001}', 'WA105'),
    ('{"supply": 20.49}', 'WA409'),
    ('{"actor": "a\nb"}', 'WA106')
) AS v (change, code);
SELECT is(
    (SELECT t.supply FROM wallet.treasury('POINTS') AS t), NULL::numeric,
    'a refused request changes nothing'
);
SELECT is(
    (wallet.change_supply('POINTS', 1e15)).supply, 1e15::numeric, 'the largest cap is good'
);

SELECT * FROM finish();
ROLLBACK;
