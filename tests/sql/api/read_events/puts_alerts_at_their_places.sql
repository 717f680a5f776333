BEGIN;
SELECT plan(120);
\ir ../../support/_alerts.sql

SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT (pg_temp.alert($$
    'low', 'balance', 'RUBY', p_direction => 'below', p_threshold => 100
$$)).alert AS low \gset
SELECT (pg_temp.alert($$
    'few', 'outstanding', 'RUBY', p_direction => 'below', p_threshold => 100
$$)).alert AS few \gset
SELECT (pg_temp.alert($$
    'gold', 'balance', 'GOLD', p_direction => 'above', p_threshold => 500
$$)).alert AS gold \gset

-- Movements and alerts, one after the other.
CREATE FUNCTION pg_temp.play(p_user_id uuid, p_key text) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM wallet.bonus(p_user_id, 'RUBY', 150, p_key || ' up');
    PERFORM wallet.spend(p_user_id, 'RUBY', 120, p_key || ' down');
    PERFORM wallet.spend(p_user_id, 'RUBY', 30, p_key || ' away');
    RETURN pg_temp.look();
END
$$;
SELECT is(pg_temp.play(:'alice', 'a'), 'low alice 30, few 30', 'a balance, and all of them');
SELECT is(pg_temp.play(:'bob', 'b'), 'low bob 30, few 30', 'bob''s too');
SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 500, 'much gold') \gset
SELECT is(pg_temp.look(), 'gold bob 511', 'gold');
SELECT pg_temp.play(:'alice', 'c') AS played \gset

SELECT count(*) AS made FROM (
    VALUES
    ('none', NULL, NULL, NULL, NULL),
    ('all', NULL, NULL, NULL, '{low,few,gold}'),
    ('only', NULL, '{ALERT}', NULL, NULL),
    ('low', NULL, '{ALERT}', NULL, '{low}'),
    ('ruby', '{RUBY}', '{ALERT,SPEND}', NULL, NULL),
    ('bobs', NULL, '{ALERT,BONUS}', :'bob', NULL)
) AS v (code, assets, kinds, user_id, alerts)
CROSS JOIN LATERAL wallet.create_subscription(
    v.code, v.assets::text[], v.kinds::text[], v.user_id::uuid, 'beginning',
    p_alerts => v.alerts::text[]
) \gset
CREATE FUNCTION pg_temp.expected(p_code text) RETURNS TABLE (id uuid, leg integer)
LANGUAGE sql
AS $$
    SELECT o.id, o.leg
    FROM (
        SELECT
            t.transaction_id AS id, t.leg::integer AS leg, t.feed_position, t.user_id,
            t.asset_id, t.seq, t.kind::text AS kind, NULL AS alert
        FROM wallet_private.transfer AS t
        UNION ALL
        SELECT
            e.event_id, 1, e.feed_position, e.user_id, e.asset_id, e.seq, 'ALERT', e.alert
        FROM wallet_private.alert_event AS e
    ) AS o
    INNER JOIN wallet_private.subscription AS s
        ON (s.asset_ids IS NULL OR o.asset_id = ANY (s.asset_ids))
        AND (s.user_id IS NULL OR o.user_id = s.user_id)
        AND CASE o.kind
            WHEN 'ALERT' THEN CASE
                WHEN s.alerts IS NULL THEN coalesce('ALERT' = ANY (s.kinds), false)
                ELSE o.alert = ANY (s.alerts)
            END
            ELSE s.kinds IS NULL OR o.kind = ANY (s.kinds)
        END
    WHERE s.code = p_code
    ORDER BY o.feed_position, o.user_id, o.asset_id, o.seq
$$;
SELECT results_eq(
    format('SELECT e.transaction_id, e.leg FROM pg_temp.read(%L, %s) AS e', v.code, s.size),
    format('SELECT * FROM pg_temp.expected(%L)', v.code),
    format('%s in pages of %s', v.code, s.size)
) FROM (
    VALUES ('none'), ('all'), ('only'), ('low'), ('ruby'), ('bobs')
) AS v (code)
CROSS JOIN generate_series(1, 18) AS s (size);
SELECT results_eq(
    format('SELECT count(*) FROM pg_temp.expected(%L)', v.code), format('VALUES (%s::bigint)', v.n),
    v.code
) FROM (
    VALUES ('only', 7), ('low', 3), ('ruby', 12), ('bobs', 6)
) AS v (code, n);

-- What an event says.
SELECT results_eq(
    $$
        SELECT
            e.leg, e.kind, e.user_id, e.asset, e.amount, e.entry_type, e.balance, e.reference,
            e.details - 'transaction_id'
        FROM pg_temp.read('bobs', 5) AS e WHERE e.kind = 'ALERT'
    $$,
    format(
        $$
            VALUES
            (
                1, 'ALERT', %1$L::uuid, 'RUBY', 0::numeric, NULL::text, 30::numeric, 'low',
                '{"measure": "balance", "direction": "below", "threshold": "100"}'::jsonb
            ),
            (
                1, 'ALERT', %1$L, 'GOLD', 0, NULL, 511, 'gold',
                '{"measure": "balance", "direction": "above", "threshold": "500"}'
            )
        $$, :'bob'
    ),
    'it moves nothing, and says what was measured'
);
SELECT is_empty(
    $$
        SELECT FROM pg_temp.read('only', 5) AS e
        WHERE e.reference = 'few' AND e.user_id IS NOT NULL
    $$,
    'what is of all users is no user''s'
);

-- Any event's cursor goes on behind it; all behind the last one is behind none.
SELECT results_eq(
    $$
        SELECT (n.events[1]).cursor
        FROM wallet.read_events('all', 1000) AS p
        CROSS JOIN LATERAL unnest(p.events) WITH ORDINALITY AS e
        CROSS JOIN LATERAL wallet.read_events('all', 1, e.cursor) AS n
        WHERE e.ordinality < cardinality(p.events)
        ORDER BY e.ordinality
    $$,
    $$ SELECT e.cursor FROM pg_temp.read('all', 1000) AS e OFFSET 1 $$, 'from event to event'
);
SELECT is(
    (
        SELECT s.behind > 7 FROM wallet.list_subscriptions() AS s
        WHERE s.subscription = 'only'
    ),
    true, 'they count as what is still to be read'
);
SELECT wallet.acknowledge_events('only', p.next_cursor)
FROM wallet.read_events('only', 1000) AS p \gset
SELECT is(
    (
        SELECT s.behind FROM wallet.list_subscriptions() AS s
        WHERE s.subscription = 'only'
    ),
    0::bigint, 'until they are acknowledged'
);

SELECT * FROM finish();
ROLLBACK;
