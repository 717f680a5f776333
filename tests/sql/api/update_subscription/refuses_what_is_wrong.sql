BEGIN;
SELECT plan(8);
\ir ../../support/_books.sql

SELECT subscription FROM wallet.create_subscription('warehouse', '{GOLD}') \gset
SELECT throws_ok(
    pg_temp.call('update_subscription', '{"subscription": "warehouse"}'::jsonb || v.change),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"subscription": null}'::jsonb, 'WA101'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"kinds": "{FEE}"}', 'WA110'),
    ('{"assets": "{LEAD}"}', 'WA202'),
    ('{"subscription": "WAREHOUSE"}', 'WA220'),
    ('{"alerts": "{low}"}', 'WA221'),
    ('{"assets": "{SILVER}", "kinds": "{FEE}"}', 'WA110')
) AS v (change, code);
SELECT is(
    (SELECT assets FROM wallet.list_subscriptions()), '{GOLD}', 'a refused request changes nothing'
);

SELECT * FROM finish();
ROLLBACK;
