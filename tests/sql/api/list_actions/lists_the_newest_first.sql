BEGIN;
SELECT plan(30);
\ir ../../support/_books.sql

SELECT count(*) AS frozen
FROM generate_series(1, 4) AS i (n)
CROSS JOIN LATERAL wallet.set_user_status(
    CASE WHEN i.n % 2 = 0 THEN :'alice'::uuid ELSE :'bob' END, 'active', 'reason ' || i.n, 'eve'
) \gset
SELECT name FROM wallet.update_asset('GOLD', p_name => 'Pure gold', p_actor => 'dan') \gset

SELECT results_eq(
    'SELECT action_id, created_at, actor, name, subject, details FROM wallet.list_actions()',
    'SELECT * FROM (SELECT action_id, created_at, actor, name, subject, details '
    'FROM wallet.operator_action ORDER BY action_id DESC LIMIT 50) AS a',
    'it is the record, the newest first'
);
SELECT is(
    (
        SELECT (a.actor, a.name, a.subject, a.details ->> 'name')::text
        FROM wallet.list_actions(p_limit => 1) AS a
    ), '(dan,update_asset,GOLD,"Pure gold")', 'who did what to what, and how it was afterwards'
);

-- For each filter and each size: the pages one after the other are the whole list.
CREATE TEMPORARY TABLE filter AS
SELECT *
FROM (
    VALUES
    ('all', NULL, NULL, NULL),
    ('a name', 'set_user_status', NULL, NULL),
    ('a subject', NULL, :'alice', NULL),
    ('an actor', NULL, NULL, 'eve'),
    ('all three', 'set_user_status', :'bob', 'eve')
) AS v (title, name, subject, actor);
SELECT results_eq(
    format(
        $$
            WITH RECURSIVE page AS (
                SELECT ARRAY(
                    SELECT a FROM wallet.list_actions(%1$L, %2$L, %3$L, p_limit => %4$s) AS a
                ) AS items
                UNION ALL
                SELECT ARRAY(
                    SELECT a FROM wallet.list_actions(
                        %1$L, %2$L, %3$L, p_limit => %4$s,
                        p_cursor => p.items[cardinality(p.items)].cursor
                    ) AS a
                )
                FROM page AS p
                WHERE p.items[cardinality(p.items)].cursor IS NOT NULL
            )
            SELECT i.action_id FROM page AS p CROSS JOIN LATERAL unnest(p.items) AS i
        $$,
        f.name, f.subject, f.actor, s.size
    ),
    format(
        'SELECT a.action_id FROM wallet.operator_action AS a WHERE a.name = coalesce(%L, a.name) '
        'AND a.subject = coalesce(%L, a.subject) AND a.actor = coalesce(%L, a.actor) '
        'ORDER BY a.action_id DESC', f.name, f.subject, f.actor
    ),
    format('%s in pages of %s', f.title, s.size)
) FROM filter AS f
CROSS JOIN generate_series(1, 3) AS s (size);
SELECT is(
    (SELECT count(*) FROM wallet.list_actions(p_by => 'eve')), 4::bigint, 'eve did four'
);

-- A time begins with its moment, and ends before it.
SELECT a.created_at AS moment FROM wallet.list_actions(p_by => 'eve', p_limit => 2) AS a
ORDER BY a.action_id LIMIT 1 \gset
SELECT is(
    (SELECT count(*) FROM wallet.list_actions(p_by => 'eve', p_since => :'moment')), 2::bigint,
    'since a moment'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_actions(p_by => 'eve', p_until => :'moment')), 2::bigint,
    'until a moment'
);
SELECT is_empty('SELECT * FROM wallet.list_actions(''no such'')', 'an unknown name has nothing');

-- What comes meanwhile is newer, and moves no page. No setting changes a cursor.
SELECT a.cursor AS place FROM wallet.list_actions(
    p_by => 'eve', p_since => '2026-01-01 00:00:00+00', p_limit => 1
) AS a \gset
SELECT name FROM wallet.update_asset('GOLD', p_name => 'Gold', p_actor => 'eve') \gset
SET LOCAL timezone = 'Asia/Tokyo';
SELECT is(
    (
        SELECT array_agg(a.details ->> 'reason') FROM wallet.list_actions(
            p_by => 'eve', p_since => '2026-01-01 00:00:00+00', p_cursor => :'place'
        ) AS a
    ), '{reason 3,reason 2,reason 1}', 'the page goes on where it was'
);

SELECT throws_ok(
    pg_temp.call('list_actions', v.change), v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"limit": 0}'::jsonb, 'WA109'),
    ('{"limit": 201}', 'WA109'),
    ('{"cursor": "nonsense"}', 'WA108'),
    (jsonb_build_object('cursor', :'place'), 'WA108'),
    (jsonb_build_object('cursor', :'place', 'by', 'dan'), 'WA108'),
    (jsonb_build_object('cursor', :'place', 'by', 'eve'), 'WA108'),
    (jsonb_build_object('cursor', :'place', 'by', 'eve', 'since', '2026-01-02'), 'WA108'),
    (
        jsonb_build_object('cursor', :'place', 'by', 'eve', 'since', '2026-01-01', 'name', 'x'),
        'WA108'
    )
) AS v (change, code);

SELECT * FROM finish();
ROLLBACK;
