CREATE OR REPLACE FUNCTION wallet_private.give_share(
    p_move_id uuid, p_kind text, p_code text, p_amount numeric, p_from integer
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- Gives what was taken in another partition, once, however often it is called.
BEGIN
    INSERT INTO wallet_private.share_move (move_id, is_in, kind, code, amount, peer)
    VALUES (p_move_id, true, p_kind, p_code, p_amount, p_from)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF p_kind = 'supply' THEN
        UPDATE wallet_private.supply AS s SET available = s.available + p_amount
        WHERE s.stripe = 0 AND s.asset_id = (
            SELECT a.asset_id FROM wallet_private.asset AS a WHERE a.code = p_code
        );
    ELSIF p_kind = 'budget' THEN
        UPDATE wallet_private.budget AS b SET available = b.available + p_amount
        WHERE b.stripe = 0 AND b.campaign_id = (
            SELECT c.campaign_id FROM wallet_private.campaign AS c WHERE c.code = p_code
        );
    ELSE
        UPDATE wallet_private.item AS i SET stock = i.stock + p_amount WHERE i.code = p_code;
    END IF;
END
$$;
