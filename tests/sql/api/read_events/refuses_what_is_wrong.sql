BEGIN;
SELECT plan(15);
\ir ../../support/_feed.sql

SELECT count(*) AS made FROM (VALUES ('warehouse'), ('other')) AS v (code)
CROSS JOIN LATERAL wallet.create_subscription(v.code, p_start => 'beginning') \gset
SELECT throws_ok(
    pg_temp.call('read_events', '{"subscription": "warehouse"}'::jsonb || v.change),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"subscription": null}'::jsonb, 'WA101'),
    ('{"subscription": "shop"}', 'WA220'),
    ('{"limit": 0}', 'WA109'),
    ('{"limit": 1001}', 'WA109'),
    ('{"cursor": ""}', 'WA108'),
    ('{"cursor": "x"}', 'WA108')
) AS v (change, code);
SELECT throws_ok(
    pg_temp.call('read_events', jsonb_build_object(
        'subscription', 'warehouse', 'cursor', wallet_private.write_cursor('events', v.place)
    )), 'WA108', pg_temp.message('WA108'), v.place
) FROM (
    VALUES
    (''), ('a b c d e'), ('00000000 1 00000000-0000-0000-0000-000000000000 0'),
    ('00000000 -1 00000000-0000-0000-0000-000000000000 0 0')
) AS v (place);

-- A cursor from before a failover or a restoration: good up to what was acknowledged.
CREATE FUNCTION pg_temp.foreign_cursor(p_number integer) RETURNS text
LANGUAGE sql
AS $$
    SELECT wallet_private.write_cursor('events', format(
        'abcdef01 %s %s %s %s', t.feed_position, t.user_id, t.asset_id, t.seq
    ))
    FROM wallet_private.transfer AS t
    ORDER BY t.feed_position
    LIMIT 1 OFFSET p_number - 1
$$;
SELECT throws_ok(
    pg_temp.call('read_events', jsonb_build_object(
        'subscription', 'warehouse', 'cursor', pg_temp.foreign_cursor(3)
    )), 'WA320', pg_temp.message('WA320'), 'nothing was acknowledged'
);
SELECT throws_ok(
    format($$ SELECT wallet.acknowledge_events('warehouse', %L) $$, pg_temp.foreign_cursor(3)),
    'WA320', pg_temp.message('WA320'), 'nor can it be by this cursor'
);
SELECT wallet.acknowledge_events('warehouse', (p.events[3]).cursor)
FROM wallet.read_events('warehouse') AS p;
SELECT is(
    (
        SELECT (p.events[1]).transaction_id
        FROM wallet.read_events('warehouse', 1, pg_temp.foreign_cursor(2)) AS p
    ),
    (
        SELECT t.transaction_id FROM wallet_private.transfer AS t
        ORDER BY t.feed_position
        LIMIT 1 OFFSET 2
    ),
    'up to there it goes on'
);
SELECT throws_ok(
    pg_temp.call('read_events', jsonb_build_object(
        'subscription', 'warehouse', 'cursor', pg_temp.foreign_cursor(4)
    )), 'WA320', pg_temp.message('WA320'), 'beyond it does not'
);

-- One of this history, of a place that the feed has not come to.
SELECT throws_ok(
    pg_temp.call('read_events', jsonb_build_object(
        'subscription', 'warehouse', 'cursor', wallet_private.to_event_cursor(
            wallet_private.feed_identity(),
            ROW(999999999999, :'nobody'::uuid, 1, 1)::wallet_private.feed_place
        )
    )), 'WA320', pg_temp.message('WA320'), 'nor does one that is ahead of the feed'
);

SELECT * FROM finish();
ROLLBACK;
