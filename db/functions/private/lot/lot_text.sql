CREATE OR REPLACE FUNCTION wallet_private.lot_text(p_lot wallet_private.lot) RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT CASE WHEN p_lot.lot_id IS NOT NULL THEN format(
        '%s%s of %s, %s, %s held, until %s',
        CASE WHEN p_lot.is_open THEN '' ELSE 'used up: ' END, trim_scale(p_lot.remaining),
        trim_scale(p_lot.amount), p_lot.origin, trim_scale(p_lot.held),
        EXTRACT(EPOCH FROM p_lot.expires_at)
    ) END
$$;
