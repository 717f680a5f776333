BEGIN;
SELECT plan(4);
\ir ../../support/_books.sql

-- A cursor that was read and not acknowledged, and where the feed is when the old place is left.
SELECT subscription FROM wallet.create_subscription('reader') \gset
SELECT balance FROM wallet.bonus(:'alice', 'GOLD', 1, 'before') \gset
SELECT
    wallet_private.to_event_cursor(
        wallet_private.feed_identity(),
        ROW(t.feed_position, t.user_id, t.asset_id, t.seq)::wallet_private.feed_place
    ) AS cursor
FROM wallet_private.transfer AS t
WHERE t.idempotency_key = 'before' \gset
SELECT wallet_private.own_feed_identity() AS own \gset
SELECT wallet_private.feed_horizon() + 1000 AS horizon \gset

-- The new place has another identity by itself.
CREATE OR REPLACE FUNCTION wallet_private.own_feed_identity() RETURNS text
LANGUAGE sql STABLE AS $$ SELECT 'new'::text $$;
SELECT take_over_feed FROM wallet_private.take_over_feed(:horizon, :'own') \gset
SELECT is(wallet_private.feed_identity(), :'own', 'its history is the old one');
SELECT cmp_ok(
    wallet_private.feed_horizon(), '>=', :horizon::bigint, 'it begins behind all that was ever read'
);
SELECT balance FROM wallet.bonus(:'alice', 'GOLD', 1, 'after') \gset
SELECT cmp_ok(t.feed_position, '>', :horizon::bigint, 'so does what moves afterwards')
FROM wallet_private.transfer AS t
WHERE t.idempotency_key = 'after';
SELECT lives_ok(
    format($$ SELECT wallet.read_events('reader', 1, %L) $$, :'cursor'), 'the cursor is good'
);

SELECT * FROM finish();
ROLLBACK;
