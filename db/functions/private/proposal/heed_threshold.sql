CREATE OR REPLACE FUNCTION wallet_private.heed_threshold(
    p_function text, p_asset text, p_size numeric
) RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Refuses a call of an operator that is larger than its threshold. A call of no size (NULL) is
-- larger than any.
DECLARE
    v_most numeric;
BEGIN
    SELECT t.most INTO v_most
    FROM wallet_private.threshold AS t
    INNER JOIN wallet_private.asset AS a ON t.asset_id = a.asset_id
    WHERE t.function = p_function AND a.code = p_asset;
    IF v_most IS NULL OR p_size <= v_most THEN
        RETURN;
    END IF;
    PERFORM wallet_private.refuse_unapproved(format(
        '%s of %s is above the threshold of %s.', p_function,
        coalesce(p_size::text || ' ', '') || p_asset, v_most
    ));
END
$$;
