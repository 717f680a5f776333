CREATE OR REPLACE FUNCTION wallet_private.check_multiple(
    p_amount numeric, p_step numeric, p_asset text
) RETURNS numeric
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Returns how many steps an amount has. Raises WA107 if it is not a whole number of them.
DECLARE
    v_steps numeric := div(p_amount, p_step);
BEGIN
    IF v_steps * p_step <> p_amount THEN
        RAISE EXCEPTION 'the amount does not convert exactly'
            USING ERRCODE = 'WA107',
                DETAIL = format(
                    '%s %s is not a multiple of %s, the least that comes out even.',
                    p_amount, p_asset, p_step
                ),
                HINT = wallet_private.nearest(p_amount, p_step);
    END IF;
    RETURN v_steps;
END
$$;
