BEGIN;
SELECT plan(4);
\ir ../../support/_books.sql

SELECT throws_ok(
    pg_temp.call(
        'statement', jsonb_build_object('user_id', :'alice', 'asset', 'GOLD') || v.change
    ),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"user_id": null}'::jsonb, 'WA101'),
    (jsonb_build_object('user_id', :'nobody'), 'WA201'),
    ('{"asset": null}', 'WA101'),
    ('{"asset": "gold"}', 'WA202')
) AS v (change, code);

SELECT * FROM finish();
ROLLBACK;
