BEGIN;
SELECT plan(5);
\ir ../../support/_books.sql

SELECT throws_ok(
    pg_temp.call('expire_lots', v.change), v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"limit": null}'::jsonb, 'WA101'),
    ('{"limit": 0}', 'WA109'),
    ('{"limit": -1}', 'WA109'),
    ('{"limit": 100001}', 'WA109')
) AS v (change, code);
SELECT is(wallet.expire_lots(100000), 0::bigint, 'the largest limit is good');

SELECT * FROM finish();
ROLLBACK;
