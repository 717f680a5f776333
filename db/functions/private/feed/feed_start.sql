CREATE OR REPLACE FUNCTION wallet_private.feed_start(p_start text)
RETURNS wallet_private.feed_place
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- No transaction has the number 1, so behind it comes the first transfer that has a position.
    SELECT ROW(
        CASE
            WHEN p_start = 'now' THEN wallet_private.feed_horizon()
            WHEN f.is_whole THEN 1
            ELSE 0
        END, '00000000-0000-0000-0000-000000000000', 0, 0
    )::wallet_private.feed_place
    FROM wallet_private.feed AS f
$$;
