\set key random(1, 9000000000000000000)
WITH request AS MATERIALIZED (
    SELECT
        r.user_id, r.amount, r.idempotency_key, row_number() OVER () AS ord,
        sum(r.amount) OVER (ROWS UNBOUNDED PRECEDING) AS so_far
    FROM unnest(bench.requests(0, 0, :size, :users, :key)) AS r
), moved AS (
    UPDATE wallet_private.wallet AS w
    SET balance = w.balance - r.amount, seq = w.seq + r.count, moved_at = clock_timestamp(),
        head = sha256(w.head)
    FROM (
        SELECT user_id, sum(amount) AS amount, count(*) AS count FROM request GROUP BY user_id
    ) AS r
    WHERE w.user_id = r.user_id AND w.asset_id = :asset_id
        AND w.balance - w.held >= r.amount
    RETURNING w.*, r.amount, r.count
)
INSERT INTO wallet_private.transfer (
    user_id, transaction_id, seq, created_at, asset_id, leg, kind, amount, balance_after,
    idempotency_key, actor, hash, feed_position
)
SELECT
    m.user_id, uuidv7(), m.seq - m.count + r.ord, m.moved_at, m.asset_id, 1, 'SPEND', -r.amount,
    m.balance + m.amount - r.so_far, r.idempotency_key, 'postgres',
    sha256(m.head || int8send(r.ord)), txid_current()
FROM moved AS m
CROSS JOIN request AS r
RETURNING *;
