BEGIN;
SELECT plan(8);
\ir ../../support/_books.sql

SELECT throws_ok(
    pg_temp.call('liability', '{"asset": "SILVER"}'::jsonb || v.change), v.code,
    pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"asset": "silver"}'::jsonb, 'WA202'),
    ('{"asset": null}', 'WA101'),
    ('{"time_zone": null}', 'WA101'),
    ('{"time_zone": "Asia/Nowhere"}', 'WA116'),
    ('{"time_zone": "JST"}', 'WA116'),
    ('{"time_zone": "UTC+9"}', 'WA116'),
    ('{"time_zone": ""}', 'WA116')
) AS v (change, code);
SELECT results_eq(
    'SELECT * FROM wallet.liability(''SILVER'', ''-infinity'')',
    'VALUES (''SILVER'', NULL::text, NULL::date, NULL::date, 0::numeric, 0::numeric, 0::numeric, '
    '0::numeric, 0::numeric)',
    'before all there was nothing'
);

SELECT * FROM finish();
ROLLBACK;
