CREATE OR REPLACE FUNCTION wallet_private.pick_lots(
    p_lots wallet_private.lot[], p_amount numeric
) RETURNS jsonb
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Which of these lots an amount is taken from: [{"lot", "amount"}]. They are in the order of use.
DECLARE
    v_lot wallet_private.lot;
    v_used numeric;
    v_uses jsonb := '[]'::jsonb;
BEGIN
    FOREACH v_lot IN ARRAY coalesce(p_lots, '{}') LOOP
        EXIT WHEN p_amount <= 0;
        v_used := least(v_lot.remaining - v_lot.held, p_amount);
        CONTINUE WHEN v_used = 0;
        v_uses := v_uses || jsonb_build_object('lot', v_lot.lot_id, 'amount', v_used);
        p_amount := p_amount - v_used;
    END LOOP;
    RETURN v_uses;
END
$$;
