CREATE OR REPLACE FUNCTION wallet_private.pick_lots(
    p_lots wallet_private.lot[], p_order text, p_amount numeric, p_first bigint DEFAULT NULL
) RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Which lots an amount is taken from, in the order of use: [{"lot", "amount"}]. p_first goes
    -- before all others.
    SELECT coalesce(jsonb_agg(
        jsonb_build_object('lot', s.lot_id, 'amount', least(s.available, p_amount - s.before))
        ORDER BY s.place
    ), '[]')
    FROM (
        SELECT
            l.lot_id, l.available, row_number() OVER used AS place,
            sum(l.available) OVER used - l.available AS before
        FROM (
            SELECT
                o.lot_id, o.remaining - o.held AS available,
                wallet_private.lot_rank(o, p_order) AS rank
            FROM unnest(p_lots) AS o
            WHERE o.remaining > o.held
        ) AS l
        WINDOW used AS (ORDER BY l.lot_id IS DISTINCT FROM p_first, l.rank)
    ) AS s
    WHERE s.before < p_amount
$$;
