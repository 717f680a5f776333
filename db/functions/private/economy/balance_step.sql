CREATE OR REPLACE FUNCTION wallet_private.balance_step(p_balance numeric) RETURNS numeric
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The first two digits of a balance, the others as zeros: 1234.5 is in step 1200, 7 in 7.
    SELECT trim_scale(
        trunc(p_balance * 1e8, 2 - length(trunc(p_balance * 1e8)::text)) * 1e-8
    )
$$;
