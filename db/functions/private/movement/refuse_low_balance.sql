CREATE OR REPLACE FUNCTION wallet_private.refuse_low_balance(
    p_asset_id integer, p_needed numeric, p_available numeric
) RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION 'the balance is too low'
        USING ERRCODE = 'WA401',
            DETAIL = format(
                '%s %s is needed, %s is available: %s is missing.', p_needed,
                wallet_private.asset_code(p_asset_id), p_available, p_needed - p_available
            ),
            HINT = format('Try it with at most %s.', p_available);
END
$$;
