\set start random(0, :users - 1)
\set step 10 * random(0, :users / 10 - 1) + 7
\set key random(1, 9000000000000000000)
SELECT * FROM wallet.post_batch(ARRAY(
    SELECT ROW(
        r.user_id, r.kind, :asset, r.amount, r.idempotency_key, NULL, NULL
    )::wallet.request
    FROM unnest(bench.requests(:start, :step, 100, :users, :key)) AS r
));
