BEGIN;
SELECT plan(2);
\ir ../../support/_feed.sql

SELECT is_empty('SELECT * FROM wallet.list_subscriptions()', 'at first there is none');
SELECT count(*) AS made FROM (
    VALUES ('late', 'now'), ('early', 'beginning')
) AS v (code, start)
CROSS JOIN LATERAL wallet.create_subscription(v.code, p_start => v.start) \gset
SELECT wallet.acknowledge_events('early', (p.events[3]).cursor)
FROM wallet.read_events('early') AS p;
SELECT results_eq(
    $$
        SELECT
            s.subscription, s.behind, s.oldest_at,
            s.acknowledged_cursor = (
                SELECT p.next_cursor FROM wallet.read_events('late', 3, s.acknowledged_cursor) AS p
                WHERE s.subscription = 'late'
            ),
            s.acknowledged_at IS NOT NULL
        FROM wallet.list_subscriptions() AS s
    $$,
    $$
        SELECT v.code, v.behind, v.oldest_at, v.is_at_the_end, v.is_acknowledged
        FROM (
            SELECT count(*) - 3 AS behind, (array_agg(t.created_at ORDER BY t.feed_position))[4]
            FROM wallet_private.transfer AS t
        ) AS l (behind, oldest_at)
        CROSS JOIN LATERAL (
            VALUES ('early', l.behind, l.oldest_at, NULL, true), ('late', 0, NULL, true, false)
        ) AS v (code, behind, oldest_at, is_at_the_end, is_acknowledged)
    $$,
    'how far behind each is'
);

SELECT * FROM finish();
ROLLBACK;
