-- What bench.figures fills with: balances of every size, gifts and spends of many amounts, and
-- transfers that spread evenly over the last :days days. Their hashes are not of those times.
CREATE OR REPLACE FUNCTION bench.requests(
    p_start bigint, p_step bigint, p_size bigint, p_users bigint, p_key bigint
) RETURNS wallet.request[]
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
    SELECT array_agg(ROW(
        md5(r.n::text)::uuid, CASE WHEN r.is_gift THEN 'BONUS' ELSE 'SPEND' END, 'POINTS',
        CASE
            WHEN r.is_gift AND r.n % 1000 = 0 THEN 900
            WHEN r.is_gift THEN 1 + r.n % 50
            ELSE 1 + (p_key + r.i) % 40
        END,
        md5(p_key::text || '.' || r.i), NULL, NULL
    )::wallet.request)
    FROM (
        SELECT i, (p_start + i * p_step) % p_users + 1 AS n, (p_key + i) % 5 < 3 AS is_gift
        FROM generate_series(1, p_size) AS i
    ) AS r
$$;

SELECT asset FROM wallet.create_asset('POINTS', 'Points');
INSERT INTO wallet_private.wallet (user_id, asset_id)
SELECT
    md5(n::text)::uuid AS user_id,
    a.asset_id
FROM generate_series(1, :users) AS n, wallet_private.asset AS a
WHERE a.code = 'POINTS';

CREATE SEQUENCE bench.number;
CREATE FUNCTION bench.set_day() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
AS $$
DECLARE
    v_days bigint := tg_argv[0];
    v_growth bigint := tg_argv[1];
BEGIN
    new.created_at := new.created_at - make_interval(days => (
        v_days - least(nextval('bench.number') * v_days / v_growth, v_days)
    )::integer);
    RETURN new;
END
$$;
CREATE TRIGGER transfer_set_day BEFORE INSERT ON wallet_private.transfer
FOR EACH ROW EXECUTE FUNCTION bench.set_day(:'days', :'growth');

SELECT count(r.code) AS refused
FROM generate_series(0, :users / 1000 - 1) AS b
CROSS JOIN
    LATERAL (
        SELECT
            array_agg(ROW(
                md5(n::text)::uuid, 'TOPUP', 'POINTS',
                10000 + trunc(10 ^ ((n % 700) / 100.0)), 'fund', NULL, NULL
            )::wallet.request) AS requests
        FROM generate_series(1000 * b + 1, 1000 * b + 1000) AS n
    ) AS q
CROSS JOIN LATERAL wallet.post_batch(q.requests) AS r;
