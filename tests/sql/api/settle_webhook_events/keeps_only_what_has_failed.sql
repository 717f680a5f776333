BEGIN;
SELECT plan(8);
\ir ../../support/_webhooks.sql

SELECT
    pg_temp.take(4) AS taken,
    pg_temp.report('sent', 204)
\gset
SELECT is_empty('SELECT * FROM wallet_private.webhook_event', 'what has arrived has no row');
SELECT is(pg_temp.take(4), 'Alice 5 6 7 8', 'the subscription has gone on');

-- A claim that has passed to another one.
SELECT
    current_setting('test.claim') AS claim,
    current_setting('test.events') AS events
FROM wallet_private.webhook \gset
UPDATE wallet_private.webhook SET claim_ends_at = now();
SELECT is(pg_temp.take(4), 'Alice 5 6 7 8', 'another one has taken them');
SELECT wallet.settle_webhook_events('shop', :'claim', array(
    SELECT ROW(e.user_id, e.asset, e.seq, 'sent', 200, NULL, NULL)::wallet.webhook_result
    FROM unnest(:'events'::wallet.event[]) AS e
)) AS late \gset
SELECT is(
    (SELECT claim::text FROM wallet_private.webhook), current_setting('test.claim'),
    'what the first one says is of no use'
);
SELECT
    current_setting('test.claim') AS sending,
    pg_temp.report('sending', NULL, NULL, 'waiting') AS reported
\gset
SELECT is(pg_temp.take(), 'Bob 1 2 3 4 5', 'one under way holds up its own wallet alone');
SELECT pg_temp.report('sent', 200) AS sent \gset
SELECT is(
    (SELECT count(*) FROM wallet_private.webhook_event), 6::bigint, 'those are kept'
);
SELECT wallet.settle_webhook_events('shop', :'sending', array(
    SELECT ROW(e.user_id, e.asset, e.seq, 'sent', 200, NULL, NULL)::wallet.webhook_result
    FROM unnest(:'events'::wallet.event[]) AS e
    WHERE e.seq = 5
)) AS late \gset
SELECT is(pg_temp.take(), 'Alice 6 7 8 9 10', 'its answer comes later, and lets them go on');
UPDATE wallet_private.webhook_event SET claim_ends_at = now();
SELECT is(pg_temp.take(), 'Alice 6 7 8 9 10', 'if no answer ever comes, it is sent again');

SELECT * FROM finish();
ROLLBACK;
