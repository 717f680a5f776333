-- A wallet in use, so that PostgreSQL plans as it would there: 2,000 users with wallets in three of
-- 1,000 assets, and a past. Written straight into the tables: wallet.verify would find a lot.
-- noqa: disable=AL03,LT09
INSERT INTO wallet_private.asset (code, name, scale, supply)
SELECT 'ASSET_' || i, 'Asset ' || i, 0, 1000000 FROM generate_series(1, 1000) AS i;
INSERT INTO wallet_private.supply (asset_id, stripe, available)
SELECT a.asset_id, i, 1000 FROM wallet_private.asset AS a, generate_series(0, 15) AS i;
INSERT INTO wallet_private.conversion_rate (
    from_asset_id, to_asset_id, from_amount, to_amount, created_by
)
SELECT a.asset_id, a.asset_id % 1000 + 1, 50, 1, 'nobody' FROM wallet_private.asset AS a;
INSERT INTO wallet_private.task (code, name, asset_id, reward)
SELECT 'task_' || a.asset_id, 'Task', a.asset_id, 10 FROM wallet_private.asset AS a;
INSERT INTO wallet_private.item (code, name, asset_id, price)
SELECT 'item_' || a.asset_id, 'Item', a.asset_id, 10 FROM wallet_private.asset AS a;

INSERT INTO wallet_private.user_account (user_id, external_id, email)
SELECT md5(i::text)::uuid, 'user-' || i, i || '@example.com' FROM generate_series(1, 2000) AS i;
INSERT INTO wallet_private.credential (user_id, password_hash)
SELECT u.user_id, 'none' FROM wallet_private.user_account AS u;
INSERT INTO wallet_private.wallet (user_id, asset_id, balance, seq)
SELECT u.user_id, a, 100, 5 FROM wallet_private.user_account AS u, generate_series(1, 3) AS a;

INSERT INTO wallet_private.transfer (
    user_id, transaction_id, seq, created_at, asset_id, kind, amount, balance_after,
    idempotency_key, actor, hash, feed_position
)
SELECT
    w.user_id, gen_random_uuid(), i, now(), w.asset_id, 'TOPUP', 20, 20 * i,
    w.asset_id || '-' || i, 'nobody', '', txid_current()
FROM wallet_private.wallet AS w, generate_series(1, 5) AS i;
INSERT INTO wallet_private.hold (user_id, hold_id, asset_id, amount, expires_at, created_at)
SELECT t.user_id, t.transaction_id, t.asset_id, 10, now() + interval '1 day', now()
FROM wallet_private.transfer AS t
WHERE t.seq = 1;
INSERT INTO wallet_private.hold_capture (user_id, hold_id, transaction_id, amount, captured_at)
SELECT h.user_id, h.hold_id, gen_random_uuid(), 1, now() FROM wallet_private.hold AS h;
INSERT INTO wallet_private.purchase (
    user_id, transaction_id, item_id, quantity, unit_price, purchased_at
)
SELECT t.user_id, t.transaction_id, t.seq, 1, 10, now() FROM wallet_private.transfer AS t;
INSERT INTO wallet_private.task_completion (
    user_id, task_id, ordinal, transaction_id, completed_at
)
SELECT t.user_id, t.asset_id, t.seq, t.transaction_id, now() FROM wallet_private.transfer AS t;
INSERT INTO wallet_private.reversal (user_id, transaction_id, reversal_id, amount)
SELECT t.user_id, t.transaction_id, gen_random_uuid(), 1
FROM wallet_private.transfer AS t
WHERE t.seq = 2;

INSERT INTO wallet_private.checkpoint (wallets, transfers, root) VALUES (6000, 30000, '');
INSERT INTO wallet_private.checkpoint_head (user_id, asset_id, checkpoint_id, seq, head)
SELECT w.user_id, w.asset_id, 1, 5, '' FROM wallet_private.wallet AS w;
INSERT INTO wallet_private.action (actor, name, subject, details)
SELECT 'nobody', 'create_user', u.user_id::text, '{}' FROM wallet_private.user_account AS u;
VACUUM ANALYZE;
