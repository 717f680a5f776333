CREATE OR REPLACE FUNCTION wallet_private.lot_rank(
    p_lot wallet_private.lot, p_order text, p_first bigint DEFAULT NULL
) RETURNS double precision[]
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The order of use; the lot with the least rank is used first: p_first before all others, by
    -- origin if the asset says so, then the soonest expiry, then free before paid, then the oldest.
    SELECT ARRAY[
        (p_lot.lot_id IS DISTINCT FROM p_first)::integer,
        CASE p_order
            WHEN 'free_first' THEN (p_lot.origin = 'paid')::integer
            WHEN 'paid_first' THEN (p_lot.origin = 'free')::integer
            ELSE 0
        END,
        coalesce(date_part('epoch', p_lot.expires_at), 'Infinity'),
        (p_lot.origin = 'paid')::integer,
        p_lot.lot_id
    ]
$$;
