BEGIN;
SELECT plan(66);
\ir ../../support/_history.sql

-- For each filter and each size: the pages one after the other are the whole list.
SELECT results_eq(
    format(
        $$
            WITH RECURSIVE page AS (
                SELECT ARRAY(
                    SELECT t FROM wallet.list_transactions(%1$L, %2$L, %3$L, %4$s) AS t
                ) AS items
                UNION ALL
                SELECT ARRAY(
                    SELECT t FROM wallet.list_transactions(
                        %1$L, %2$L, %3$L, %4$s, p.items[cardinality(p.items)].cursor
                    ) AS t
                )
                FROM page AS p
                WHERE p.items[cardinality(p.items)].cursor IS NOT NULL
            )
            SELECT i.transaction_id, i.leg FROM page AS p CROSS JOIN LATERAL unnest(p.items) AS i
        $$,
        :'alice', v.asset, v.kind, s.size
    ),
    format(
        'SELECT t.transaction_id, t.leg FROM wallet.list_transactions(%L, %L, %L, 200) AS t',
        :'alice', v.asset, v.kind
    ),
    format('%s %s in pages of %s', v.asset, v.kind, s.size)
) FROM (
    VALUES (NULL, NULL), ('GOLD', NULL), (NULL, 'REVERSAL'), ('GOLD', 'REVERSAL')
) AS v (asset, kind)
CROSS JOIN generate_series(1, 15) AS s (size);

SELECT is(
    (
        SELECT array_agg(t.cursor IS NOT NULL)
        FROM wallet.list_transactions(:'alice', p_limit => 3) AS t
    ),
    '{false,false,true}', 'the last row of a page has the cursor'
);
SELECT is(
    (SELECT count(t.cursor) FROM wallet.list_transactions(:'alice', p_limit => 14) AS t), 0::bigint,
    'when nothing follows there is none'
);

-- What comes meanwhile is newer, and moves no page.
SELECT max(t.cursor) AS place FROM wallet.list_transactions(:'alice', p_limit => 3) AS t \gset
CREATE TEMPORARY TABLE page AS
SELECT t.* FROM wallet.list_transactions(:'alice', p_limit => 3, p_cursor => :'place') AS t;
SELECT balance FROM wallet.bonus(:'alice', 'GOLD', 1, 'meanwhile') \gset
SELECT asset FROM wallet.create_asset('LATE', 'Late') \gset
SELECT balance FROM wallet.bonus(:'alice', 'LATE', 1, 'in a new wallet') \gset
SELECT results_eq(
    format(
        'SELECT t.* FROM wallet.list_transactions(%L, p_limit => 3, p_cursor => %L) AS t', :'alice',
        :'place'
    ),
    'SELECT * FROM page', 'new movements move no page'
);

-- The usual page has 50, the largest 200.
SELECT count(*) AS more
FROM generate_series(1, 200) AS i (n)
CROSS JOIN LATERAL wallet.bonus(:'bob', 'SILVER', 1, 'silver-' || i.n) \gset
SELECT is(
    (SELECT count(*) FROM wallet.list_transactions(:'bob', p_limit => v.size)), v.expected,
    format('a limit of %s', v.size)
) FROM (
    VALUES (NULL, 50::bigint), (200, 200)
) AS v (size, expected);
SELECT is((SELECT count(*) FROM wallet.list_transactions(:'bob')), 50::bigint, 'and none at all');

SELECT * FROM finish();
ROLLBACK;
