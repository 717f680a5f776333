BEGIN;
SELECT plan(2);
\ir ../../support/_feed.sql

SELECT is_empty('SELECT * FROM wallet.list_subscriptions()', 'at first there is none');
SELECT count(*) AS made FROM (
    VALUES ('late', 'now'), ('early', 'beginning')
) AS v (code, start)
CROSS JOIN LATERAL wallet.create_subscription(v.code, p_from => v.start) \gset
SELECT wallet.acknowledge_events('early', (p.events[3]).cursor)
FROM wallet.read_events('early') AS p;
SELECT results_eq(
    $$
        SELECT
            s.subscription, s.behind, s.oldest_at,
            s.cursor IS NOT DISTINCT FROM (
                SELECT p.next_cursor FROM wallet.read_events('early', 3) AS p LIMIT 0
            ),
            s.acknowledged_at IS NOT NULL
        FROM wallet.list_subscriptions() AS s
    $$,
    $$
        SELECT v.code, v.behind, v.oldest_at, false, v.is_acknowledged
        FROM (
            SELECT count(*) - 3 AS behind, (array_agg(t.created_at ORDER BY t.feed_position))[4]
            FROM wallet_private.transfer AS t
        ) AS l (behind, oldest_at)
        CROSS JOIN LATERAL (
            VALUES ('early', l.behind, l.oldest_at, true), ('late', 0, NULL, false)
        ) AS v (code, behind, oldest_at, is_acknowledged)
    $$,
    'how far behind each is'
);

SELECT * FROM finish();
ROLLBACK;
