BEGIN;
SELECT plan(8);
\ir ../../support/_webhooks.sql

SELECT subscription FROM wallet.create_subscription('read') \gset
SELECT throws_ok(
    pg_temp.call('update_webhook', '{"subscription": "shop"}'::jsonb || v.change),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"subscription": null}'::jsonb, 'WA101'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"status": "gone"}', 'WA110'),
    ('{"url": "shop.example"}', 'WA125'),
    ('{"subscription": "SHOP"}', 'WA220'),
    ('{"subscription": "read"}', 'WA225'),
    ('{"is_ordered": false, "status": "Paused"}', 'WA110')
) AS v (change, code);
SELECT is(
    (SELECT is_ordered FROM wallet.list_webhooks()), true, 'a refused request changes nothing'
);

SELECT * FROM finish();
ROLLBACK;
