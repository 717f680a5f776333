BEGIN;
SELECT plan(10);
\ir ../../support/_history.sql

SELECT is_empty('SELECT * FROM wallet.list_checkpoints()', 'there is none yet');

CREATE TEMPORARY TABLE answer AS
SELECT
    wallet.spend(:'alice', 'GOLD', 1, 'spend ' || i.n) AS spent,
    wallet.checkpoint() AS made
FROM generate_series(1, 5) AS i (n);
SELECT results_eq(
    'SELECT checkpoint_id, created_at, wallets, transfers, root FROM wallet.list_checkpoints()',
    'SELECT (a.made).* FROM answer AS a ORDER BY (a.made).checkpoint_id DESC',
    'it lists what checkpoint has returned, the newest first'
);

-- The pages one after the other are the whole list.
SELECT results_eq(
    format(
        $$
            WITH RECURSIVE page AS (
                SELECT ARRAY(
                    SELECT c FROM wallet.list_checkpoints(%1$s) AS c
                ) AS items
                UNION ALL
                SELECT ARRAY(
                    SELECT c FROM wallet.list_checkpoints(
                        %1$s, p.items[cardinality(p.items)].cursor
                    ) AS c
                )
                FROM page AS p
                WHERE p.items[cardinality(p.items)].cursor IS NOT NULL
            )
            SELECT i.checkpoint_id FROM page AS p CROSS JOIN LATERAL unnest(p.items) AS i
        $$,
        s.size
    ),
    'SELECT (a.made).checkpoint_id FROM answer AS a ORDER BY 1 DESC',
    format('in pages of %s', s.size)
) FROM generate_series(1, 5) AS s (size);

SELECT throws_ok(
    pg_temp.call('list_checkpoints', v.change), v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"limit": 0}'::jsonb, 'WA109'),
    ('{"limit": 201}', 'WA109'),
    ('{"cursor": "nonsense"}', 'WA108')
) AS v (change, code);

SELECT * FROM finish();
ROLLBACK;
