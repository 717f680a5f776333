BEGIN;
SELECT plan(87);
\ir ../../support/_feed.sql

-- For each filter and each size: the pages one after the other are what the ledger has.
SELECT count(*) AS made FROM (
    VALUES
    ('all', NULL, NULL, NULL),
    ('gold', '{GOLD}', NULL, NULL),
    ('few', '{GOLD,POINTS}', '{REVERSAL,SPEND}', NULL),
    ('bobs', NULL, NULL, :'bob'),
    ('none', '{SILVER}', NULL, :'bob')
) AS v (code, assets, kinds, user_id)
CROSS JOIN LATERAL wallet.create_subscription(
    v.code, v.assets::text[], v.kinds::text[], v.user_id::uuid, 'beginning'
) \gset
CREATE FUNCTION pg_temp.expected(p_code text) RETURNS TABLE (transaction_id uuid, leg integer)
LANGUAGE sql
AS $$
    SELECT t.transaction_id, t.leg::integer
    FROM wallet_private.transfer AS t
    INNER JOIN wallet_private.subscription AS s
        ON (s.asset_ids IS NULL OR t.asset_id = ANY (s.asset_ids))
        AND (s.kinds IS NULL OR t.kind = ANY (s.kinds))
        AND (s.user_id IS NULL OR t.user_id = s.user_id)
    WHERE s.code = p_code
    ORDER BY t.feed_position
$$;
SELECT results_eq(
    format('SELECT e.transaction_id, e.leg FROM pg_temp.read(%L, %s) AS e', v.code, s.size),
    format('SELECT * FROM pg_temp.expected(%L)', v.code),
    format('%s in pages of %s', v.code, s.size)
) FROM (
    VALUES ('all'), ('gold'), ('few'), ('bobs'), ('none')
) AS v (code)
CROSS JOIN generate_series(1, 15) AS s (size);
SELECT cmp_ok((SELECT count(*) FROM pg_temp.expected('few')), '>', 2::bigint, 'few are some');

-- What an event says.
SELECT results_eq(
    format(
        $$
            SELECT
                e.transaction_id, e.leg, e.kind, e.user_id, e.asset, e.amount, e.entry_type,
                e.balance, e.seq, e.reference, e.metadata, e.details, e.actor
            FROM pg_temp.read('all', 5) AS e WHERE e.transaction_id = %L
        $$, :'topup'
    ),
    format(
        $$ VALUES (
            %L::uuid, 1, 'TOPUP', %L::uuid, 'SILVER', 100::numeric, 'CREDIT', 100::numeric,
            1::bigint, 'order-1', '{"shop": "n"}'::jsonb, NULL::jsonb, 'till-3'
        ) $$, :'topup', :'alice'
    ),
    'a credit'
);
SELECT results_eq(
    format(
        $$
            SELECT e.kind, e.amount, e.entry_type, e.details ->> 'amount'
            FROM pg_temp.read('all', 5) AS e WHERE e.transaction_id IN (%L, %L)
        $$, :'spend', :'hold'
    ),
    $$ VALUES ('HOLD', 0::numeric, NULL, '20'), ('SPEND', 0.50, 'DEBIT', NULL) $$,
    'a hold moves nothing, a debit does'
);
SELECT results_eq(
    format(
        $$
            SELECT e.leg, e.asset FROM pg_temp.read('all', 1) AS e
            WHERE e.transaction_id = %L
            ORDER BY e.leg
        $$, :'conversion'
    ),
    $$ VALUES (1, 'SILVER'), (2, 'GOLD') $$,
    'a conversion is two'
);

-- Any event's cursor goes on behind it.
SELECT results_eq(
    $$
        SELECT (n.events[1]).cursor
        FROM wallet.read_events('all', 1000) AS p
        CROSS JOIN LATERAL unnest(p.events) WITH ORDINALITY AS e
        CROSS JOIN LATERAL wallet.read_events('all', 1, e.cursor) AS n
        WHERE e.ordinality < cardinality(p.events)
        ORDER BY e.ordinality
    $$,
    $$ SELECT e.cursor FROM pg_temp.read('all', 1000) AS e OFFSET 1 $$,
    'from event to event'
);
SELECT is(
    (
        SELECT p.events = ARRAY[]::wallet.event[] AND p.is_last AND p.next_cursor = l.next_cursor
        FROM wallet.read_events('all', 1000) AS l
        CROSS JOIN LATERAL wallet.read_events('all', 1000, l.next_cursor) AS p
    ), true, 'at the end the cursor stays'
);

-- What is left out is passed over in steps, and never looked at again.
SELECT count(*) AS more
FROM generate_series(1, 30) AS i (n)
CROSS JOIN LATERAL wallet.bonus(:'bob', 'SILVER', 1, 'silver-' || i.n) \gset
SELECT balance FROM wallet.bonus(:'alice', 'POINTS', 1, 'points') \gset
CALL pg_temp.settle();
SELECT subscription FROM wallet.create_subscription(
    'points', '{POINTS}', '{BONUS}', :'alice', 'beginning'
) \gset
SELECT results_eq(
    $$
        WITH RECURSIVE page AS (
            SELECT p.* FROM wallet.read_events('points', 2) AS p
            UNION ALL
            SELECT n.*
            FROM page AS p
            CROSS JOIN LATERAL wallet.read_events('points', 2, p.next_cursor) AS n
            WHERE NOT p.is_last
        )

        SELECT cardinality(p.events), p.is_last FROM page AS p
    $$,
    $$ VALUES (1, false), (0, false), (1, true) $$,
    'a page may be empty and not the last'
);

-- The transfers from before the feed come first, in the order of the ledger.
CALL pg_temp.unlock();
UPDATE wallet_private.transfer SET feed_position = NULL
WHERE feed_position <= 10;
UPDATE wallet_private.feed SET is_whole = false;
CALL pg_temp.lock();
SELECT subscription FROM wallet.create_subscription('older', p_start => 'beginning') \gset
SELECT results_eq(
    format('SELECT e.transaction_id, e.leg FROM pg_temp.read(%L, %s) AS e', 'older', s.size),
    $$
        SELECT t.transaction_id, t.leg::integer FROM wallet_private.transfer AS t
        ORDER BY t.feed_position NULLS FIRST, t.user_id, t.asset_id, t.seq
    $$,
    format('older ones in pages of %s', s.size)
) FROM (VALUES (1), (2), (3), (7), (100)) AS s (size);

SELECT * FROM finish();
ROLLBACK;
