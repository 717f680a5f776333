BEGIN;
SELECT plan(4);
\ir ../../support/_webhooks.sql

SELECT subscription FROM wallet.create_subscription('all') \gset
SELECT subscription FROM wallet.create_webhook('all', 'https://all.example/') \gset
SELECT results_eq(
    'SELECT w.subscription, w.url, w.secret FROM wallet.list_webhooks() AS w',
    $$
        VALUES
        ('all', 'https://all.example/', NULL::text),
        ('shop', 'https://shop.example/hook', NULL)
    $$,
    'they come by subscription, and show no secret'
);
SELECT is(
    (
        SELECT w.oldest_at FROM wallet.list_webhooks() AS w
        WHERE w.subscription = 'shop'
    ),
    (SELECT min(t.created_at) FROM wallet.transaction AS t),
    'the oldest movement that has not been looked at'
);
SELECT
    pg_temp.take() AS taken,
    pg_temp.report('failed', 500, NULL, 'waiting')
\gset
SELECT results_eq(
    $$
        SELECT w.waiting, w.parked, w.oldest_at
        FROM wallet.list_webhooks() AS w WHERE w.subscription = 'shop'
    $$,
    $$
        SELECT 15::bigint, 0::bigint, min(t.created_at)
        FROM wallet_private.transfer AS t
        WHERE t.asset_id = (wallet_private.find_asset('RUBY')).asset_id
    $$,
    'and of those that wait'
);
UPDATE wallet_private.webhook_event SET next_try_at = NULL;
SELECT results_eq(
    $$
        SELECT w.waiting, w.parked, w.oldest_at
        FROM wallet.list_webhooks() AS w WHERE w.subscription = 'shop'
    $$,
    'VALUES (0::bigint, 15::bigint, NULL::timestamptz)', 'nothing is to be sent of what is parked'
);

SELECT * FROM finish();
ROLLBACK;
