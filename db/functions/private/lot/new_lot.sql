CREATE OR REPLACE FUNCTION wallet_private.new_lot(
    p_transfer wallet_private.transfer, p_asset wallet_private.asset
) RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The lot that a credit makes. It expires as the call says, else as the task or the campaign
    -- says, else as the asset says. A paid lot expires only if the asset allows it. A lot for what
    -- was debited before the asset had lots does not expire.
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'origin', o.origin,
        'expires_at', CASE
            WHEN p_transfer.kind <> 'REVERSAL' AND (o.origin = 'free' OR p_asset.is_paid_expiring)
                THEN coalesce(
                    (p_transfer.details ->> 'expires_at')::numeric,
                    EXTRACT(EPOCH FROM p_transfer.created_at) + coalesce(
                        (p_transfer.details #>> '{result,expires_in}')::numeric,
                        EXTRACT(EPOCH FROM (
                            SELECT c.expires_in FROM wallet_private.campaign AS c
                            WHERE p_transfer.kind = 'BONUS'
                                AND wallet_private.campaign_key(c.code)
                                    = p_transfer.idempotency_key
                        )),
                        EXTRACT(EPOCH FROM p_asset.expires_in)
                    )
                )
        END
    ))
    FROM (
        SELECT CASE p_transfer.kind WHEN 'TOPUP' THEN 'paid' ELSE 'free' END AS origin
    ) AS o
$$;
