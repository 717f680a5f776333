CREATE OR REPLACE FUNCTION wallet_private.conversion_step(
    p_from_amount numeric, p_from_scale integer, p_to_amount numeric, p_to_scale integer,
    OUT from_step numeric, OUT to_step numeric
)
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Finds the smallest amounts that are in this ratio and fit the scales of the two assets. Every
-- exact conversion is a multiple of them.
DECLARE
    v_from numeric := trunc(p_from_amount * 10::numeric ^ p_from_scale);
    v_to numeric := trunc(p_to_amount * 10::numeric ^ p_to_scale);
    v_divisor numeric := gcd(v_from, v_to);
BEGIN
    from_step := round(div(v_from, v_divisor) * 10::numeric ^ -p_from_scale, p_from_scale);
    to_step := round(div(v_to, v_divisor) * 10::numeric ^ -p_to_scale, p_to_scale);
END
$$;
