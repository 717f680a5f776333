BEGIN;
SELECT plan(3);
\ir ../../support/_feed.sql

SELECT wallet.get_feed_position() AS before \gset
SELECT is(
    :before::bigint, (SELECT max(t.feed_position) FROM wallet_private.transfer AS t),
    'it is that of the last transfer'
);
SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 1, 'later') \gset
SELECT is(wallet.get_feed_position(), :before::bigint, 'what is under way does not count');
CALL pg_temp.settle();
SELECT cmp_ok(wallet.get_feed_position(), '>', :before::bigint, 'and then it does');

SELECT * FROM finish();
ROLLBACK;
