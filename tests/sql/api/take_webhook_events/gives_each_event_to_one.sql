BEGIN;
SELECT plan(14);
\ir ../../support/_webhooks.sql

SELECT throws_ok(
    format('SELECT * FROM wallet.take_webhook_events(%s)', v.most), 'WA109',
    pg_temp.message('WA109'), v.most::text
) FROM (VALUES (0), (1001)) AS v (most);
SELECT is(
    pg_temp.take(6), 'Alice 1 2 3 4 5 6', 'new ones come in the order of the feed'
);
SELECT is(pg_temp.take(), NULL, 'nobody else gets anything of this webhook');
UPDATE wallet_private.webhook SET claim_ends_at = now();
SELECT is(pg_temp.take(6), 'Alice 1 2 3 4 5 6', 'until the lease has ended');
SELECT pg_temp.report('sent', 200) AS sent \gset
SELECT is(pg_temp.take(6), 'Alice 7 8 9 10, Bob 1 2', 'it goes on behind what has arrived');
SELECT pg_temp.report('failed', 500, NULL, 'waiting') AS failed \gset
SELECT is(pg_temp.take(), NULL, 'the others of bob wait behind what has failed');
SELECT is(
    (SELECT count(*) FROM wallet.list_webhook_failures('shop')), 9::bigint,
    'where the next one looks after them'
);
UPDATE wallet_private.webhook_event AS e SET next_try_at = now()
WHERE e.user_id = :'bob';
SELECT is(pg_temp.take(3), 'Bob 1 2 3', 'when it is their time, they come in order');
SELECT is(pg_temp.take(), NULL, 'and none is sent before those');
UPDATE wallet_private.webhook_event AS e SET claim_ends_at = now();
SELECT is(pg_temp.take(), 'Bob 1 2 3 4 5', 'what was not settled is given again');

SELECT
    pg_temp.move(:'alice', 2) AS moved,
    subscription
FROM wallet.update_webhook('shop', p_is_ordered => false) \gset
SELECT is(
    pg_temp.take(), 'Alice 8 9 10 11 12', 'without order only what has failed itself waits'
);
SELECT wallet.drop_subscription('shop') AS dropped \gset
SELECT is(pg_temp.take(), NULL, 'without a webhook there is nothing to take');
SELECT is_empty('SELECT * FROM wallet_private.webhook_event', 'and nothing is left of it');

SELECT * FROM finish();
ROLLBACK;
