CREATE OR REPLACE FUNCTION wallet_private.slice_lots(
    p_lots jsonb, p_skip numeric, p_amount numeric
) RETURNS jsonb
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The part of such a list with the p_amount units that come after the first p_skip units.
    SELECT coalesce(jsonb_agg(
        jsonb_build_object('lot', s.lot, 'amount', s.last - s.first) ORDER BY s.place
    ), '[]')
    FROM (
        SELECT
            u.lot, u.place,
            greatest(u.until - u.amount, p_skip) AS first,
            least(u.until, p_skip + p_amount) AS last
        FROM (
            SELECT
                e.use -> 'lot' AS lot, (e.use ->> 'amount')::numeric AS amount, e.place,
                sum((e.use ->> 'amount')::numeric) OVER (ORDER BY e.place) AS until
            FROM jsonb_array_elements(p_lots) WITH ORDINALITY AS e (use, place)
        ) AS u
    ) AS s
    WHERE s.last > s.first
$$;
