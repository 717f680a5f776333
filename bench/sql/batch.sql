\set start :is_spread * random(0, :users - 1)
\set step :is_spread * (10 * random(0, :users / 10 - 1) + 7)
\set key random(1, 9000000000000000000)
SELECT * FROM wallet.post_batch(
    bench.requests(:start, :step, :size, :users, :key)
);
