CREATE OR REPLACE FUNCTION wallet_private.counted_amount(
    p_limit wallet_private.limit_rule, p_transfer wallet_private.transfer
) RETURNS numeric
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What of a transfer a limit is about: 0 if it is of another direction, kind or origin. A hold
    -- counts as the debit that it may become, so its captures don't. What operators correct or take
    -- back is not limited, and neither is what expires.
    SELECT CASE
        WHEN p_transfer.kind <> ALL (coalesce(
            p_limit.kinds,
            CASE p_limit.direction
                WHEN 'credit' THEN '{TOPUP,BONUS,TASK,CONVERT}'::text[]
                ELSE '{SPEND,PURCHASE,HOLD,CONVERT}'
            END
        )) OR (p_transfer.amount > 0) <> (p_limit.direction = 'credit') THEN 0
        WHEN p_limit.origin IS NULL THEN a.amount
        WHEN p_transfer.amount > 0 THEN CASE
            WHEN p_transfer.details #>> '{result,lot,origin}' = p_limit.origin THEN a.amount
            ELSE 0
        END
        ELSE wallet_private.amount_of_origin(
            p_transfer, p_transfer.details #> '{result,lots}', p_limit.origin
        )
    END
    FROM (
        SELECT CASE p_transfer.kind
            WHEN 'HOLD' THEN (p_transfer.details ->> 'amount')::numeric
            ELSE abs(p_transfer.amount)
        END AS amount
    ) AS a
$$;
