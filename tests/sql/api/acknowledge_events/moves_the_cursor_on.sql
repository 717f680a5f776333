BEGIN;
SELECT plan(10);
\ir ../../support/_feed.sql

SELECT count(*) AS made FROM (VALUES ('warehouse'), ('other')) AS v (code)
CROSS JOIN LATERAL wallet.create_subscription(v.code, p_start => 'beginning') \gset
CREATE TEMPORARY TABLE event AS
SELECT e.* FROM wallet.read_events('warehouse') AS p
CROSS JOIN LATERAL unnest(p.events) WITH ORDINALITY AS e;
SELECT throws_ok(
    pg_temp.call(
        'acknowledge_events', '{"subscription": "warehouse", "cursor": "x"}'::jsonb || v.change
    ), v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{}'::jsonb, 'WA108'),
    ('{"subscription": null}', 'WA101'),
    ('{"cursor": null}', 'WA101'),
    ('{"subscription": "shop"}', 'WA220')
) AS v (change, code);
SELECT throws_ok(
    format(
        $$ SELECT wallet.acknowledge_events('warehouse', %L) $$, wallet_private.to_event_cursor(
            'abcdef01', ROW(3, :'nobody'::uuid, 1, 1)::wallet_private.feed_place
        )
    ), 'WA320', pg_temp.message('WA320'), 'another history''s is not taken'
);

CREATE FUNCTION pg_temp.goes_on_at(p_subscription text) RETURNS bigint
LANGUAGE sql
AS $$
    SELECT e.ordinality FROM wallet.read_events(p_subscription, 1) AS p
    INNER JOIN event AS e ON e.cursor = (p.events[1]).cursor
$$;
SELECT is(pg_temp.goes_on_at('warehouse'), 1::bigint, 'reading alone moves nothing');
SELECT wallet.acknowledge_events('warehouse', e.cursor) FROM event AS e
WHERE e.ordinality = 5;
SELECT is(pg_temp.goes_on_at('warehouse'), 6::bigint, 'it goes on behind what has arrived');
SELECT wallet.acknowledge_events('warehouse', e.cursor) FROM event AS e
WHERE e.ordinality = 2;
SELECT is(pg_temp.goes_on_at('warehouse'), 6::bigint, 'never back');
SELECT is(pg_temp.goes_on_at('other'), 1::bigint, 'each subscription for itself');
SELECT is(
    (
        SELECT (p.events[1]).cursor FROM wallet.read_events('warehouse', 1, e.cursor) AS p
    ), n.cursor, 'what has arrived can be read again'
) FROM event AS e CROSS JOIN event AS n
WHERE e.ordinality = 1 AND n.ordinality = 2;

SELECT * FROM finish();
ROLLBACK;
