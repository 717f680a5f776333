BEGIN;
SELECT plan(7);
\ir ../../support/_economy.sql

-- Twice the same request, then others with its key; the third has been made before, alone.
SELECT transaction_id FROM wallet.spend(:'alice', 'GOLD', 10, 'alone', 'order-7') \gset
CREATE TEMPORARY TABLE batch AS
SELECT ARRAY[
    (:'alice', 'TOPUP', 'GOLD', 30, 'key', NULL, '{"try": 1}'),
    (:'alice', 'TOPUP', 'GOLD', 30.0, 'key', NULL, '{"try": 2}'),
    (:'alice', 'SPEND', 'GOLD', 10, 'alone', 'order-7', NULL),
    (:'alice', 'BONUS', 'GOLD', 30, 'key', NULL, NULL),
    (:'alice', 'TOPUP', 'SILVER', 30, 'key', NULL, NULL),
    (:'alice', 'TOPUP', 'GOLD', 31, 'key', NULL, NULL),
    (:'alice', 'TOPUP', 'GOLD', 30, 'key', 'order-8', NULL),
    (:'bob', 'TOPUP', 'GOLD', 30, 'key', NULL, NULL)
]::wallet.request[] AS requests;
CREATE TEMPORARY TABLE answer AS
SELECT
    1 AS round,
    r.*
FROM batch AS b, wallet.post_batch(b.requests) AS r;
INSERT INTO answer
SELECT
    2 AS round,
    r.*
FROM batch AS b, wallet.post_batch(b.requests) AS r;

SELECT results_eq(
    'SELECT ord, is_replay, balance, metadata, code FROM answer WHERE round = 1 ORDER BY ord',
    $$
        VALUES
        (1, false, 120::numeric, '{"try": 1}'::jsonb, NULL::text),
        (2, true, 120, '{"try": 1}', NULL),
        (3, true, 90, NULL, NULL),
        (4, NULL, NULL, NULL, 'WA301'),
        (5, NULL, NULL, NULL, 'WA301'),
        (6, NULL, NULL, NULL, 'WA301'),
        (7, NULL, NULL, NULL, 'WA301'),
        (8, false, 30, NULL, NULL)
    $$,
    'a key that was used before has its receipt or its refusal, within a batch too'
);
SELECT results_eq(
    'SELECT split_part(detail, '' '', 2) FROM answer '
    'WHERE round = 1 AND code IS NOT NULL ORDER BY ord',
    $$VALUES ('kind'), ('asset'), ('amount'), ('reference')$$,
    'the refusals name what differs'
);
SELECT is(
    (
        SELECT a.transaction_id FROM answer AS a
        WHERE a.round = 1 AND a.ord = 3
    ), :'transaction_id', 'a movement that was made alone is found'
);
SELECT is(
    (
        SELECT count(DISTINCT to_jsonb(a.*) - '{ord, round, is_replay}'::text[]) FROM answer AS a
        WHERE a.ord IN (1, 2)
    ), 1::bigint, 'replays have the first receipt'
);
SELECT results_eq(
    'SELECT to_jsonb(a.*) - ''round'' FROM answer AS a WHERE round = 2 ORDER BY ord',
    $$
        SELECT to_jsonb(a.*) - 'round' || CASE WHEN a.code IS NULL THEN '{"is_replay": true}'
            ELSE '{}' END::jsonb
        FROM answer AS a
        WHERE a.round = 1
        ORDER BY a.ord
    $$,
    'the whole batch again is answered alike'
);
SELECT results_eq(
    format(
        'SELECT b.balance FROM (VALUES (1, %L::uuid), (2, %L)) AS u (ordinal, user_id), '
        'wallet.get_balance(u.user_id, ''GOLD'') AS b ORDER BY u.ordinal', :'alice', :'bob'
    ),
    'VALUES (120::numeric), (30)', 'nothing moves twice'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
