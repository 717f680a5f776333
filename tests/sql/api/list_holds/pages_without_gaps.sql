BEGIN;
SELECT plan(54);
\ir ../../support/_books.sql

SELECT count(*) AS holds
FROM generate_series(1, 9) AS i (n)
CROSS JOIN LATERAL wallet.place_hold(
    :'alice', CASE WHEN i.n % 3 = 0 THEN 'GOLD' ELSE 'POINTS' END, 1, '1 day', 'hold-' || i.n
) \gset
SELECT r.status AS released
FROM wallet.list_holds(:'alice', 'POINTS', p_limit => 1) AS h
CROSS JOIN LATERAL wallet.release_hold(:'alice', h.hold_id, 'release') AS r \gset

-- For each filter and each size: the pages one after the other are the whole list.
SELECT results_eq(
    format(
        $$
            WITH RECURSIVE page AS (
                SELECT ARRAY(SELECT h FROM wallet.list_holds(%1$L, %2$L, %3$L, %4$s) AS h) AS items
                UNION ALL
                SELECT ARRAY(
                    SELECT h FROM wallet.list_holds(
                        %1$L, %2$L, %3$L, %4$s, p.items[cardinality(p.items)].cursor
                    ) AS h
                )
                FROM page AS p
                WHERE p.items[cardinality(p.items)].cursor IS NOT NULL
            )
            SELECT i.hold_id FROM page AS p CROSS JOIN LATERAL unnest(p.items) AS i
        $$,
        :'alice', v.asset, v.status, s.size
    ),
    format(
        'SELECT h.hold_id FROM wallet.list_holds(%L, %L, %L, 200) AS h', :'alice', v.asset, v.status
    ),
    format('%s %s in pages of %s', v.asset, v.status, s.size)
) FROM (
    VALUES
    (NULL, NULL),
    ('POINTS', NULL),
    (NULL, 'open'),
    ('POINTS', 'open'),
    ('POINTS', 'released')
) AS v (asset, status)
CROSS JOIN generate_series(1, 10) AS s (size);

SELECT is(
    (
        SELECT array_agg(h.cursor IS NOT NULL)
        FROM wallet.list_holds(:'alice', p_limit => 3) AS h
    ),
    '{false,false,true}', 'the last row of a page has the cursor'
);
SELECT is(
    (SELECT count(h.cursor) FROM wallet.list_holds(:'alice', p_limit => 9) AS h), 0::bigint,
    'when nothing follows there is none'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_holds(:'alice', p_limit => NULL)), 9::bigint,
    'no limit is the usual one'
);

-- What comes meanwhile is newer, and moves no page.
SELECT max(h.cursor) AS place FROM wallet.list_holds(:'alice', p_limit => 3) AS h \gset
CREATE TEMPORARY TABLE page AS
SELECT h.hold_id FROM wallet.list_holds(:'alice', p_limit => 3, p_cursor => :'place') AS h;
SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 1, '1 day', 'newest') \gset
SELECT results_eq(
    format(
        'SELECT h.hold_id FROM wallet.list_holds(%L, p_limit => 3, p_cursor => %L) AS h', :'alice',
        :'place'
    ),
    'SELECT * FROM page', 'a new hold moves no page'
);

SELECT * FROM finish();
ROLLBACK;
