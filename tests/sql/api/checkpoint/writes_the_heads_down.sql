BEGIN;
SELECT plan(10);
\ir ../../support/_history.sql

CREATE TEMPORARY TABLE answer AS
SELECT
    c.*,
    1 AS n
FROM wallet.checkpoint() AS c;
SELECT results_eq(
    'SELECT a.wallets, a.transfers FROM answer AS a',
    'SELECT count(DISTINCT (t.user_id, t.asset_id)), count(*)::numeric '
    'FROM wallet_private.transfer AS t',
    'it counts the wallets that have moved, and their transfers'
);
SELECT matches((SELECT a.root FROM answer AS a), '^[0-9a-f]{64}$', 'the root is a sha256');
SELECT is(
    (SELECT a.created_at BETWEEN now() AND clock_timestamp() FROM answer AS a), true,
    'it says when that was'
);
SELECT results_eq(
    'SELECT h.user_id, h.asset_id, h.seq, h.head FROM wallet_private.checkpoint_head AS h '
    'ORDER BY h.user_id, h.asset_id',
    'SELECT w.user_id, w.asset_id, w.seq, w.head FROM wallet_private.wallet AS w WHERE w.seq > 0 '
    'ORDER BY w.user_id, w.asset_id',
    'the heads of all of them stand there'
);

INSERT INTO answer SELECT
    c.*,
    2 AS n
FROM wallet.checkpoint() AS c;
SELECT is(
    (
        SELECT count(*) FROM answer AS a
        INNER JOIN answer AS b
            ON a.root = b.root AND a.wallets = b.wallets AND a.transfers = b.transfers
    ),
    4::bigint, 'when nothing has moved it is the same'
);
SELECT is(
    (SELECT count(DISTINCT a.checkpoint_id) FROM answer AS a), 2::bigint, 'with another id'
);
SELECT is(
    (SELECT count(DISTINCT h.checkpoint_id) FROM wallet_private.checkpoint_head AS h), 1::bigint,
    'and nothing new to write down'
);

SELECT balance FROM wallet.spend(:'alice', 'GOLD', 1, 'later') \gset
INSERT INTO answer SELECT
    c.*,
    3 AS n
FROM wallet.checkpoint() AS c;
SELECT results_eq(
    'SELECT b.wallets - a.wallets, b.transfers - a.transfers, b.root <> a.root '
    'FROM answer AS a CROSS JOIN answer AS b WHERE a.n = 2 AND b.n = 3',
    'VALUES (0::bigint, 1::numeric, true)', 'a movement changes it'
);
SELECT results_eq(
    'SELECT h.user_id, h.seq FROM wallet_private.checkpoint_head AS h '
    'INNER JOIN answer AS a ON h.checkpoint_id = a.checkpoint_id WHERE a.n = 3',
    format('VALUES (%L::uuid, 9::bigint)', :'alice'), 'and only that wallet is written down again'
);
SELECT balance FROM wallet.topup(:'bob', 'POINTS', 1, 'first') \gset
SELECT is(
    (wallet.checkpoint()).wallets, (SELECT max(a.wallets) + 1 FROM answer AS a),
    'a wallet''s first movement adds it'
);

SELECT * FROM finish();
ROLLBACK;
