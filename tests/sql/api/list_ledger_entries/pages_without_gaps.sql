BEGIN;
SELECT plan(122);
\ir ../../support/_history.sql

-- For each filter and each size: the pages one after the other are the whole list.
SELECT results_eq(
    format(
        $$
            WITH RECURSIVE page AS (
                SELECT ARRAY(
                    SELECT e FROM wallet.list_ledger_entries(%1$L, %2$L, %3$L, %4$s) AS e
                ) AS items
                UNION ALL
                SELECT ARRAY(
                    SELECT e FROM wallet.list_ledger_entries(
                        %1$L, %2$L, %3$L, %4$s, p.items[cardinality(p.items)].cursor
                    ) AS e
                )
                FROM page AS p
                WHERE p.items[cardinality(p.items)].cursor IS NOT NULL
            )
            SELECT i.transaction_id, i.leg, i.entry_type
            FROM page AS p CROSS JOIN LATERAL unnest(p.items) AS i
        $$,
        :'alice', v.asset, v.kind, s.size
    ),
    format(
        'SELECT e.transaction_id, e.leg, e.entry_type '
        'FROM wallet.list_ledger_entries(%L, %L, %L, 200) AS e', :'alice', v.asset, v.kind
    ),
    format('%s %s in pages of %s', v.asset, v.kind, s.size)
) FROM (
    VALUES (NULL, NULL), ('GOLD', NULL), (NULL, 'REVERSAL'), ('GOLD', 'REVERSAL')
) AS v (asset, kind)
CROSS JOIN generate_series(1, 29) AS s (size);

SELECT is(
    (
        SELECT array_agg(e.cursor IS NOT NULL)
        FROM wallet.list_ledger_entries(:'alice', p_limit => 3) AS e
    ),
    '{false,false,true}', 'the last row of a page has the cursor'
);
SELECT is(
    (SELECT count(e.cursor) FROM wallet.list_ledger_entries(:'alice', p_limit => 28) AS e),
    0::bigint, 'when nothing follows there is none'
);

-- What comes meanwhile is newer, and moves no page.
SELECT max(e.cursor) AS place FROM wallet.list_ledger_entries(:'alice', p_limit => 3) AS e \gset
CREATE TEMPORARY TABLE page AS
SELECT e.* FROM wallet.list_ledger_entries(:'alice', p_limit => 3, p_cursor => :'place') AS e;
SELECT balance FROM wallet.bonus(:'alice', 'GOLD', 1, 'meanwhile') \gset
SELECT asset FROM wallet.create_asset('LATE', 'Late') \gset
SELECT balance FROM wallet.bonus(:'alice', 'LATE', 1, 'in a new wallet') \gset
SELECT results_eq(
    format(
        'SELECT e.* FROM wallet.list_ledger_entries(%L, p_limit => 3, p_cursor => %L) AS e',
        :'alice', :'place'
    ),
    'SELECT * FROM page', 'new movements move no page'
);

-- The usual page has 50, the largest 200.
SELECT count(*) AS more
FROM generate_series(1, 200) AS i (n)
CROSS JOIN LATERAL wallet.bonus(:'bob', 'SILVER', 1, 'silver-' || i.n) \gset
SELECT is(
    (SELECT count(*) FROM wallet.list_ledger_entries(:'bob', p_limit => v.size)), v.expected,
    format('a limit of %s', v.size)
) FROM (
    VALUES (NULL, 50::bigint), (200, 200)
) AS v (size, expected);
SELECT is((SELECT count(*) FROM wallet.list_ledger_entries(:'bob')), 50::bigint, 'and none at all');

SELECT * FROM finish();
ROLLBACK;
