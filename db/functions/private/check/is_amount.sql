CREATE OR REPLACE FUNCTION wallet_private.is_amount(p_amount numeric, p_scale integer)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- More than nothing, at most 10^15 (NaN and infinity are more), and no more decimals than that.
    SELECT p_amount > 0 AND p_amount <= 1000000000000000 AND p_amount = round(p_amount, p_scale)
$$;
