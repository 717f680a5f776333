CREATE OR REPLACE FUNCTION wallet_private.is_amount(p_amount numeric, p_scale integer)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- An amount is more than 0 and at most 10^15, and has p_scale decimals at most. NaN and
    -- infinity are more than 10^15.
    SELECT p_amount > 0 AND p_amount <= 1000000000000000 AND p_amount = round(p_amount, p_scale)
$$;
