BEGIN;
SELECT plan(8);
\ir ../../support/_history.sql

SELECT results_eq(
    'SELECT * FROM wallet.treasury()',
    $$
        VALUES
        ('COPPER', 10::numeric, -10::numeric, NULL::numeric, NULL::numeric),
        ('GOLD', 78, -78, 1000, 922),
        ('POINTS', 25.00, -25.00, NULL, NULL),
        ('SILVER', 275, -275, NULL, NULL)
    $$,
    'what users hold of each asset, and the opposite'
);
SELECT results_eq(
    'SELECT * FROM wallet.treasury(''GOLD'')',
    'SELECT * FROM wallet.treasury() AS t WHERE t.asset = ''GOLD''', 'of one alone'
);
SELECT results_eq(
    $$
        SELECT e.asset, sum(CASE e.entry_type WHEN 'DEBIT' THEN -e.amount ELSE e.amount END)
        FROM wallet.ledger_entry AS e WHERE e.account = 'TREASURY'
        GROUP BY e.asset ORDER BY e.asset
    $$,
    'SELECT t.asset, t.balance FROM wallet.treasury() AS t', 'as the ledger''s entries say'
);

-- What was outstanding at each movement is what had been issued by then.
SELECT results_eq(
    $$
        SELECT t.asset, o.outstanding, o.balance, o.supply, o.remaining
        FROM wallet.transaction AS t
        CROSS JOIN LATERAL wallet.treasury(t.asset, t.created_at) AS o
        ORDER BY t.asset, t.created_at, t.user_id
    $$,
    $$
        SELECT t.asset, s.issued, -s.issued, NULL::numeric, NULL::numeric
        FROM wallet.transaction AS t
        CROSS JOIN LATERAL (
            SELECT sum(u.amount) FROM wallet.transaction AS u
            WHERE u.asset = t.asset AND u.created_at <= t.created_at
        ) AS s (issued)
        ORDER BY t.asset, t.created_at, t.user_id
    $$,
    'at each instant it is what had been issued by then'
);
SELECT results_eq(
    'SELECT t.asset, t.outstanding, t.supply, t.remaining '
    'FROM wallet.treasury(NULL, ''infinity'') AS t',
    'SELECT t.asset, t.outstanding, NULL::numeric, NULL::numeric FROM wallet.treasury() AS t',
    'in the end it is what it is now; caps have no history'
);
SELECT results_eq(
    'SELECT t.asset, t.outstanding FROM wallet.treasury(p_at => ''2000-01-01'') AS t',
    'VALUES (''COPPER'', 0::numeric), (''GOLD'', 0), (''POINTS'', 0.00), (''SILVER'', 0)',
    'before all it was nothing'
);
SELECT throws_ok(
    'SELECT wallet.treasury(''gold'')', 'WA202', 'asset not found', 'an asset has to be one'
);
SELECT throws_ok(
    'SELECT wallet.treasury(''gold'', now())', 'WA202', 'asset not found', 'in the past too'
);

SELECT * FROM finish();
ROLLBACK;
