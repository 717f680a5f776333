CREATE OR REPLACE FUNCTION wallet_private.whole_stock(p_code text) RETURNS bigint
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- What all partitions together have of an item; NULL = no limit.
    SELECT (sum(s.available) + sum(s.taken) - sum(s.given))::bigint
    FROM wallet_private.all_see_share('stock', p_code) AS s
$$;
