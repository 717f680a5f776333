BEGIN;
SELECT plan(10);
\ir ../../support/_history.sql

-- alice's GOLD: 100 at first, then 3 by a conversion, 30 for a purchase and so on.
SELECT
    max(t.created_at) FILTER (WHERE t.transaction_id = :'purchase') AS purchased_at,
    max(t.created_at) FILTER (WHERE t.transaction_id = :'capture') AS captured_at
FROM wallet.transaction AS t \gset

SELECT results_eq(
    format('SELECT kind, debit, credit, balance FROM wallet.statement(%L, %L)', :'alice', 'GOLD'),
    $$
        VALUES
        ('BONUS', NULL::numeric, 100::numeric, 100::numeric),
        ('CONVERT', NULL, 3, 103),
        ('PURCHASE', 30, NULL, 73),
        ('CAPTURE', 15, NULL, 58),
        ('REVERSAL', NULL, 10, 68),
        ('REVERSAL', 1, NULL, 67)
    $$,
    'all movements in one asset, the oldest first'
);
SELECT results_eq(
    format(
        'SELECT s.created_at, s.transaction_id, s.kind, s.reference, coalesce(s.debit, s.credit), '
        's.balance FROM wallet.statement(%L, %L) AS s ORDER BY s.created_at DESC', :'alice',
        'SILVER'
    ),
    format(
        'SELECT t.created_at, t.transaction_id, t.kind, t.reference, t.amount, t.balance '
        'FROM wallet.list_transactions(%L, %L) AS t', :'alice', 'SILVER'
    ),
    'the same as are listed the other way round'
);
SELECT results_eq(
    format(
        'SELECT kind, debit, credit, balance FROM wallet.statement(%L, %L, %L, %L)', :'alice',
        'GOLD', v.since::timestamptz + v.later, v.until::timestamptz + v.more
    ),
    v.expected, v.description
) FROM (
    VALUES
    (
        :'purchased_at', interval '0', :'captured_at', interval '0',
        'VALUES (''OPENING'', NULL::numeric, NULL::numeric, 103::numeric), '
        '(''PURCHASE'', 30, NULL, 73)',
        'p_from belongs to it, p_until does not'
    ),
    (
        :'purchased_at', '1 microsecond', :'captured_at', '1 microsecond',
        'VALUES (''OPENING'', NULL::numeric, NULL::numeric, 73::numeric), '
        '(''CAPTURE'', 15, NULL, 58)',
        'each by a microsecond'
    ),
    (
        :'purchased_at', '0', :'purchased_at', '0',
        'VALUES (''OPENING'', NULL::numeric, NULL::numeric, 103::numeric)', 'of no time'
    ),
    (
        '-infinity', '0', :'purchased_at', '0',
        'VALUES (''OPENING'', NULL::numeric, NULL::numeric, 0::numeric), '
        '(''BONUS'', NULL, 100, 100), (''CONVERT'', NULL, 3, 103)',
        'from the beginning of time'
    ),
    (
        :'captured_at', '1 hour', 'infinity', '0',
        'VALUES (''OPENING'', NULL::numeric, NULL::numeric, 67::numeric)', 'to its end'
    )
) AS v (since, later, until, more, expected, description);
SELECT is_empty(
    format('SELECT * FROM wallet.statement(%L, %L, NULL, %L)', :'alice', 'GOLD', '2000-01-01'),
    'before the first movement there is nothing'
);
SELECT is_empty(
    format('SELECT * FROM wallet.statement(%L, %L)', :'bob', 'SILVER'), 'nor where none was'
);
SELECT results_eq(
    format('SELECT kind, balance FROM wallet.statement(%L, %L, %L)', :'bob', 'POINTS', 'now'),
    'VALUES (''OPENING'', 0.00)', 'but for the line it opens with'
);

SELECT * FROM finish();
ROLLBACK;
