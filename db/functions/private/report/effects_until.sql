CREATE OR REPLACE FUNCTION wallet_private.effects_until(p_asset_id integer, p_at timestamptz)
RETURNS TABLE (
    effect text, user_id uuid, seq bigint, amount numeric, lots jsonb
)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What each transfer of an asset did up to an instant (NULL = now): it issued something, or
    -- something was used, expired or was reversed. What goes back counts as what it undoes.
    SELECT
        CASE
            WHEN t.kind NOT IN ('REVERSAL', 'REFUND') AND t.amount > 0 THEN 'issued'
            WHEN coalesce(o.kind, t.kind) = 'EXPIRE' THEN 'expired'
            WHEN coalesce(o.kind, t.kind) IN ('REVERSAL', 'REFUND', 'ADJUST') THEN 'reversed'
            ELSE 'used'
        END,
        t.user_id, t.seq, t.amount, t.details #> '{result,lots}'
    FROM wallet_private.transfer AS t
    LEFT JOIN wallet_private.transfer AS o
        ON t.kind = 'REVERSAL' AND t.amount > 0 AND o.user_id = t.user_id
            AND o.asset_id = t.asset_id
            AND o.transaction_id = (t.details ->> 'transaction_id')::uuid
    WHERE t.asset_id = p_asset_id AND t.amount <> 0 AND (p_at IS NULL OR t.created_at <= p_at)
$$;
