BEGIN;
SELECT plan(11);
\ir ../../support/_webhooks.sql

SELECT subscription FROM wallet.create_subscription('read') \gset
SELECT is((wallet.resend_webhook_events('shop')).waiting, 0::bigint, 'nothing is parked');
SELECT
    pg_temp.take() AS taken,
    pg_temp.report('failed', 500, NULL, 'sent')
\gset
UPDATE wallet_private.webhook_event SET next_try_at = NULL, tries = 10;
SELECT is(pg_temp.take(), NULL, 'what is parked is not sent');
SELECT is((wallet.resend_webhook_events('shop')).waiting, 2::bigint, 'until it is');
SELECT is(pg_temp.take(), 'Alice 1, Bob 1', 'asked for');
SELECT pg_temp.report('sent', 200) AS sent \gset
SELECT t.transaction_id FROM wallet_private.transfer AS t
WHERE
    t.user_id = :'alice' AND t.seq = 4
    AND t.asset_id = (wallet_private.find_asset('RUBY')).asset_id
\gset
SELECT is(
    (wallet.resend_webhook_events('shop', :'transaction_id')).waiting, 1::bigint,
    'what has arrived is sent again too'
);
SELECT is(pg_temp.take(), 'Alice 4', 'where its transaction is named');
SELECT throws_ok(
    pg_temp.call('resend_webhook_events', '{"subscription": "shop"}'::jsonb || v.change),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"subscription": null}'::jsonb, 'WA101'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"transaction_id": "00000000-0000-4000-8000-000000000000"}', 'WA206'),
    ('{"subscription": "SHOP"}', 'WA220'),
    ('{"subscription": "read"}', 'WA225')
) AS v (change, code);

SELECT * FROM finish();
ROLLBACK;
