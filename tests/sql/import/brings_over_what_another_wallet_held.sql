BEGIN;
SELECT plan(20);
\ir ../support/_books.sql

-- Two users who have nothing, an asset with a cap of 1000 (GOLD) and one with lots (GEM).
SELECT count(*) AS made FROM wallet.create_asset('GEM', 'Gem', p_lot_order => 'free_first') \gset
SELECT user_id AS ulla FROM wallet.create_user('ulla', p_email => 'ulla@example.com') \gset
SELECT user_id AS vera FROM wallet.create_user('vera') \gset
SELECT t.remaining FROM wallet.treasury() AS t
WHERE t.asset = 'GOLD' \gset
CREATE TEMPORARY TABLE request AS
SELECT ARRAY[
    (NULL, 'ulla', NULL, 'GOLD', 'OPENING', 100, '2025-01-01Z', NULL, NULL, NULL),
    (NULL, NULL, 'ULLA@example.com', 'GEM', 'TOPUP', 50, '2025-01-02Z', 'a', 'r', '{"b": 1.50}'),
    (NULL, 'ulla', NULL, 'GOLD', 'SPEND', 100, '2025-01-03Z', 'b', NULL, NULL),
    (NULL, 'ulla', NULL, 'GOLD', 'BONUS', 30, '2025-01-03Z', NULL, NULL, NULL),
    (NULL, 'ulla', NULL, 'GOLD', 'ADJUST', -10, '2025-01-03Z', 'c', NULL, NULL),
    (NULL, 'ulla', NULL, 'GEM', 'BONUS', 20, '2025-01-04Z', 'd', NULL, NULL),
    (NULL, 'ulla', NULL, 'GEM', 'SPEND', 30, '2025-01-05Z', 'e', NULL, NULL),
    (:'vera'::uuid, NULL, NULL, 'POINTS', 'TOPUP', 0.5, '2025-02-01Z', 'a', NULL, NULL)
]::wallet_private.history_line[] AS lines;

SELECT results_eq(
    'SELECT r.* FROM request AS q, wallet_private.import_history(q.lines, NULL, true) AS r',
    $$
        VALUES (
            2, 8, 0, '{"GEM": 40, "GOLD": 20, "POINTS": 0.50}'::jsonb, '{}'::wallet.refusal[]
        )
    $$,
    'a check says what would be done'
);
SELECT is(
    (
        SELECT sum(w.seq) FROM wallet_private.wallet AS w
        WHERE w.user_id IN (:'ulla', :'vera')
    ),
    0::numeric, 'and does nothing'
);
SELECT results_eq(
    'SELECT r.* FROM request AS q, wallet_private.import_history(q.lines, ''ops'') AS r',
    $$
        VALUES (
            2, 8, 0, '{"GEM": 40, "GOLD": 20, "POINTS": 0.50}'::jsonb, '{}'::wallet.refusal[]
        )
    $$,
    'all is brought over'
);
SELECT results_eq(
    format(
        $$
            SELECT t.asset, t.seq, t.kind, t.amount, t.balance_after, t.created_at,
                t.idempotency_key, t.reference, t.metadata
            FROM wallet.transaction AS t WHERE t.user_id IN (%L, %L)
            ORDER BY t.asset, t.seq
        $$, :'ulla', :'vera'
    ),
    $$
        VALUES
        ('GEM', 1::bigint, 'TOPUP', 50::numeric, 50::numeric, timestamptz '2025-01-02Z', 'a', 'r',
            '{"b": 1.50}'::jsonb),
        ('GEM', 2, 'BONUS', 20, 70, '2025-01-04Z', 'd', NULL, NULL),
        ('GEM', 3, 'SPEND', -30, 40, '2025-01-05Z', 'e', NULL, NULL),
        ('GOLD', 1, 'ADJUST', 100, 100, '2025-01-01Z', 'import:GOLD:1', 'opening balance', NULL),
        ('GOLD', 2, 'SPEND', -100, 0, '2025-01-03Z', 'b', NULL, NULL),
        ('GOLD', 3, 'BONUS', 30, 30, '2025-01-03 00:00:00.000001Z', 'import:GOLD:3', NULL, NULL),
        ('GOLD', 4, 'ADJUST', -10, 20, '2025-01-03 00:00:00.000002Z', 'c', NULL, NULL),
        ('POINTS', 1, 'TOPUP', 0.50, 0.50, '2025-02-01Z', 'a', NULL, NULL)
    $$, 'with its times and keys'
);
SELECT results_eq(
    format(
        $$
            SELECT DISTINCT t.actor, t.details FROM wallet.transaction AS t
            WHERE t.user_id IN (%L, %L)
        $$, :'ulla', :'vera'
    ),
    $$ VALUES ('ops', '{"result": {"is_imported": true}}'::jsonb) $$,
    'and each says that it was brought over, and by whom'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');
SELECT is(t.remaining, :remaining - 20::numeric, 'the cap counts it') FROM wallet.treasury() AS t
WHERE t.asset = 'GOLD';
SELECT results_eq(
    format(
        'SELECT l.origin, l.remaining, l.expires_at FROM wallet.list_lots(%L, ''GEM'') AS l',
        :'ulla'
    ),
    $$ VALUES ('paid', 40::numeric, NULL::timestamptz) $$,
    'what is left is lots, as if what was free had been spent first'
);
SELECT is(
    (wallet.get_balance_at(:'ulla', 'GOLD', '2025-01-02Z')).balance, 100::numeric, 'it has a past'
);
SELECT is(
    (SELECT u.created_at FROM wallet.get_user(:'ulla') AS u), timestamptz '2025-01-01Z',
    'an account is as old as its first movement'
);
SELECT results_eq(
    $$
        SELECT a.actor, a.details FROM wallet.operator_action AS a
        WHERE a.name = 'import_history'
    $$,
    $$
        VALUES ('ops', '{"users": 2, "lines": 8,
            "issued": {"GEM": 40, "GOLD": 20, "POINTS": 0.50}}'::jsonb)
    $$, 'it is recorded'
);

-- It goes on: with movements, and with the same import again.
SELECT is(
    (wallet.spend(:'ulla', 'GOLD', 5, 'new')).balance, 15::numeric, 'the wallet goes on'
);
SELECT is((wallet.spend(:'ulla', 'GEM', 5, 'new too')).balance, 35::numeric, 'so do lots');
SELECT is(
    (wallet.spend(:'ulla', 'GOLD', 100, 'b')).is_replay, true, 'its keys are used'
);
SELECT
    is(
        (wallet.reverse(t.user_id, t.transaction_id, 10, 'refund', 'back ' || t.asset)).balance,
        v.balance, 'what was brought over can be taken back: ' || v.asset
    )
FROM (VALUES ('GEM', 'e', 45::numeric), ('GOLD', 'b', 25)) AS v (asset, key, balance)
INNER JOIN wallet.transaction AS t
    ON t.user_id = :'ulla' AND v.asset = t.asset AND v.key = t.idempotency_key;
SELECT results_eq(
    'SELECT r.* FROM request AS q, wallet_private.import_history(q.lines) AS r',
    $$ VALUES (0, 0, 8, '{}'::jsonb, '{}'::wallet.refusal[]) $$, 'again, nothing is brought over'
);
SELECT is(
    (
        SELECT count(*) FROM wallet_private.transfer AS t
        WHERE t.user_id IN (:'ulla', :'vera') AND t.feed_position IS NOT NULL
    ),
    4::bigint, 'only what came later has a place in the feed'
);
SELECT is(
    (
        SELECT count(*)
        FROM wallet.create_subscription('all', p_start => 'beginning') AS s
        CROSS JOIN LATERAL wallet.read_events(s.subscription, 1000) AS p
        CROSS JOIN LATERAL unnest(p.events) AS e
        WHERE e.details #> '{result,is_imported}' = 'true'
    ),
    8::bigint, 'a subscription from the beginning reads it'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are still sound');

SELECT * FROM finish();
ROLLBACK;
