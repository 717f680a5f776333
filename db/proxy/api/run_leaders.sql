CREATE OR REPLACE FUNCTION wallet_private.run_leaders(p_asset text, p_days integer)
RETURNS SETOF wallet.leader
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The first of all are among the first of the partitions. How many users there are and their median
-- stay those of the user's own partition: a median does not add up.
BEGIN
    RETURN QUERY
    SELECT
        r.asset, r.from_day, r.to_day, r.direction, r.new_rank::integer, r.user_id, r.name,
        r.amount, r.users, r.median, r.times_median
    FROM (
        SELECT l.*, row_number() OVER (
            PARTITION BY l.direction ORDER BY l.amount DESC, l.user_id
        ) AS new_rank
        FROM wallet_private.leaders(p_asset, p_days) AS l
    ) AS r
    WHERE r.new_rank <= 20
    ORDER BY r.direction, r.new_rank;
END
$$;
