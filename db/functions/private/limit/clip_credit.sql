CREATE OR REPLACE FUNCTION wallet_private.clip_credit(
    p_limit wallet_private.limit_rule, p_transfer wallet_private.transfer, p_balance numeric
) RETURNS numeric
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- How much of a credit a cap on the balance lets in. Only gifts are clipped: what a user pays for,
-- with money or with another asset, comes whole or not at all.
DECLARE
    v_room numeric := greatest(p_limit.maximum - p_balance, 0);
BEGIN
    IF p_transfer.amount <= v_room THEN
        RETURN p_transfer.amount;
    ELSIF p_limit.is_clipping AND p_transfer.kind IN ('BONUS', 'TASK') AND v_room > 0 THEN
        RETURN v_room;
    END IF;
    RAISE EXCEPTION 'the user would hold too much'
        USING ERRCODE = 'WA413',
            DETAIL = format(
                'Limit %s lets a user hold %s %s: %s more fits, %s is too much.', p_limit.code,
                p_limit.maximum, wallet_private.asset_code(p_limit.asset_id), v_room,
                p_transfer.amount
            ),
            HINT = 'Credit less, or try it again when the user has spent some.';
END
$$;
