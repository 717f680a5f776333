CREATE OR REPLACE FUNCTION wallet_private.lift_share(p_kind text, p_code text, p_actor text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- What was scarce has no limit any more, so it does not count what was given and taken either.
BEGIN
    DELETE FROM wallet_private.share_move AS m WHERE m.kind = p_kind AND m.code = p_code;
    IF p_kind = 'stock' THEN
        UPDATE wallet_private.item AS i SET stock = NULL WHERE i.code = p_code;
    ELSIF p_kind = 'budget' THEN
        PERFORM wallet.change_budget(p_code, NULL, p_actor);
    ELSE
        PERFORM wallet.change_supply(p_code, NULL, p_actor);
    END IF;
END
$$;
