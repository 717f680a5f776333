CREATE OR REPLACE FUNCTION wallet_private.given_back(
    p_counted wallet_private.transfer, p_amount numeric, p_lots jsonb, p_is_all boolean
) RETURNS TABLE (limit_id bigint, period bigint, used numeric)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What limits get back when p_amount of a transfer that they counted is taken back, from these
    -- lots. It goes to the period in which the transfer was counted. A limit by count gets its one
    -- back when all of the transfer has been taken back (p_is_all).
    SELECT
        r.limit_id, e.period,
        CASE
            WHEN r.measure = 'count' THEN p_is_all::integer
            WHEN r.origin IS NULL OR p_counted.amount > 0 THEN p_amount
            ELSE wallet_private.amount_of_origin(p_counted, p_lots, r.origin)
        END
    FROM jsonb_to_recordset(p_counted.details #> '{result,limits}') AS e (
        "limit" bigint, period bigint
    )
    INNER JOIN wallet_private.limit_rule AS r ON r.limit_id = e."limit"
    WHERE e.period IS NOT NULL
$$;
