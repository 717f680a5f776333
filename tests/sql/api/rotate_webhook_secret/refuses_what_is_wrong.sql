BEGIN;
SELECT plan(8);
\ir ../../support/_webhooks.sql

SELECT subscription FROM wallet.create_subscription('read') \gset
SELECT throws_ok(
    pg_temp.call('rotate_webhook_secret', '{"subscription": "shop"}'::jsonb || v.change),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"subscription": null}'::jsonb, 'WA101'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"overlap": "-1 second"}', 'WA109'),
    ('{"overlap": "31 days"}', 'WA109'),
    ('{"secret": "whsec_"}', 'WA126'),
    ('{"subscription": "SHOP"}', 'WA220'),
    ('{"subscription": "read"}', 'WA225')
) AS v (change, code);
SELECT is(
    (SELECT secrets FROM wallet.take_webhook_events(1)), ARRAY[:'secret'],
    'a refused request changes nothing'
);

SELECT * FROM finish();
ROLLBACK;
