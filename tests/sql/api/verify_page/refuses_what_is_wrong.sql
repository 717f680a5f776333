BEGIN;
SELECT plan(5);
\ir ../../support/_books.sql

SELECT throws_ok(
    pg_temp.call('verify_page', v.change), v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"limit": null}'::jsonb, 'WA101'),
    ('{"limit": 0}', 'WA109'),
    ('{"limit": -1}', 'WA109'),
    ('{"limit": 100001}', 'WA109')
) AS v (change, code);
SELECT is(
    (wallet.verify_page('ffffffff-ffff-ffff-ffff-ffffffffffff', 1)).users, 0::bigint,
    'after the last user there is none'
);

SELECT * FROM finish();
ROLLBACK;
