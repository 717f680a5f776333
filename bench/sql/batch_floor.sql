\set start random(0, :users - 1)
\set step 10 * random(0, :users / 10 - 1) + 7
\set key random(1, 9000000000000000000)
WITH request AS MATERIALIZED (
    SELECT r.user_id, r.amount, r.idempotency_key
    FROM unnest(bench.requests(:start, :step, :size, :users, :key)) AS r
    ORDER BY r.user_id
), moved AS (
    UPDATE wallet_private.wallet AS w
    SET balance = w.balance - r.amount, seq = w.seq + 1, moved_at = clock_timestamp(),
        head = sha256(w.head)
    FROM request AS r
    WHERE w.user_id = r.user_id AND w.asset_id = :asset_id
        AND w.balance - w.held >= r.amount
    RETURNING w.*, r.amount, r.idempotency_key
)
INSERT INTO wallet_private.transfer (
    user_id, transaction_id, seq, created_at, asset_id, leg, kind, amount, balance_after,
    idempotency_key, actor, hash, feed_position
)
SELECT
    m.user_id, uuidv7(), m.seq, m.moved_at, m.asset_id, 1, 'SPEND', -m.amount, m.balance,
    m.idempotency_key, 'postgres', m.head, txid_current()
FROM moved AS m
RETURNING *;
