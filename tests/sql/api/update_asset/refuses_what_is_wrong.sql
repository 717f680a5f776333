BEGIN;
SELECT plan(11);
\ir ../../support/_books.sql

SELECT throws_ok(
    pg_temp.call('update_asset', '{"asset": "POINTS", "name": "New"}'::jsonb || v.change), v.code,
    pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"asset": null}'::jsonb, 'WA101'),
    ('{"asset": "points"}', 'WA202'),
    ('{"name": ""}', 'WA106'),
    ('{"name": "a\tb"}', 'WA106'),
    (jsonb_build_object('name', repeat('n', 256)), 'WA106'),
    ('{"sign_up_bonus": -1}', 'WA102'),
    ('{"sign_up_bonus": "NaN"}', 'WA102'),
    ('{"sign_up_bonus": 0.001}', 'WA103'),
    ('{"sign_up_bonus": 1000000000000000.01}', 'WA105'),
    ('{"actor": ""}', 'WA106')
) AS v (change, code);
SELECT is(
    (
        SELECT a.name FROM wallet.list_assets() AS a
        WHERE a.asset = 'POINTS'
    ),
    'Points', 'a refused request changes nothing'
);

SELECT * FROM finish();
ROLLBACK;
