CREATE OR REPLACE FUNCTION wallet_private.find_rate(
    p_from wallet_private.asset, p_to wallet_private.asset, p_quoted_rate_id bigint
) RETURNS wallet_private.conversion_rate
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Finds the current rate of two assets. Raises WA306 if it is not the one that was quoted.
DECLARE
    v_rate wallet_private.conversion_rate;
BEGIN
    PERFORM wallet_private.check_pair(p_from, p_to);
    SELECT r.* INTO v_rate FROM wallet_private.conversion_rate AS r
    WHERE r.from_asset_id = p_from.asset_id AND r.to_asset_id = p_to.asset_id
        AND r.replaced_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'conversion rate not found'
            USING ERRCODE = 'WA207',
                DETAIL = format('%s does not convert into %s.', p_from.code, p_to.code),
                HINT = 'wallet.list_conversion_rates() lists what converts into what.';
    END IF;
    IF p_quoted_rate_id <> v_rate.rate_id THEN
        RAISE EXCEPTION 'the conversion rate has changed'
            USING ERRCODE = 'WA306',
                DETAIL = format(
                    'Quoted was rate %s; now rate %s is %s %s for %s %s.',
                    p_quoted_rate_id, v_rate.rate_id,
                    v_rate.to_amount, p_to.code, v_rate.from_amount, p_from.code
                ),
                HINT = 'Show the user the present rate and ask again.';
    END IF;
    RETURN v_rate;
END
$$;
