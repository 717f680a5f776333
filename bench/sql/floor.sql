\set n random(:first, :last)
\set key random(1, 9000000000000000000)
WITH moved AS (
    UPDATE wallet_private.wallet AS w
    SET balance = w.balance - 1, seq = w.seq + 1, moved_at = clock_timestamp(),
        head = sha256(w.head)
    WHERE w.user_id = md5(:n::text)::uuid AND w.asset_id = :asset_id
        AND w.balance - w.held >= 1
    RETURNING w.user_id, w.asset_id, w.seq, w.moved_at, w.balance, w.head
)
INSERT INTO wallet_private.transfer (
    user_id, transaction_id, seq, created_at, asset_id, leg, kind, amount, balance_after,
    idempotency_key, actor, hash, feed_position
)
SELECT
    m.user_id, uuidv7(), m.seq, m.moved_at, m.asset_id, 1, 'SPEND', -1, m.balance,
    md5(:key::text), 'postgres', m.head, txid_current()
FROM moved AS m
RETURNING *;
