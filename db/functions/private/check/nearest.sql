CREATE OR REPLACE FUNCTION wallet_private.nearest(p_amount numeric, p_step numeric) RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Makes the hint for an amount that is not a multiple of a step.
    SELECT CASE
        WHEN p_amount < p_step THEN format('Nearest: %s.', p_step)
        ELSE format(
            'Nearest: %s or %s.',
            div(p_amount, p_step) * p_step, (div(p_amount, p_step) + 1) * p_step
        )
    END
$$;
