CREATE OR REPLACE FUNCTION wallet_private.settle_supply(
    p_user_id uuid, p_asset_id integer, p_amount numeric
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A credit takes what it issues from the user's stripe of a capped asset, a debit gives it back.
DECLARE
    v_stripe integer := (hashtext(p_user_id::text) & 15);
    v_stripes numeric[];
    v_missing numeric := p_amount;
    v_taken numeric;
    v_asset wallet_private.asset;
BEGIN
    IF p_amount <= 0 THEN
        UPDATE wallet_private.supply AS s SET available = s.available - p_amount
        WHERE s.asset_id = p_asset_id AND s.stripe = v_stripe;
        RETURN;
    END IF;

    -- A credit that had to wait for its stripe and finds too little would keep it locked. Then it
    -- would lock the others out of order. So the whole try is taken back.
    BEGIN
        UPDATE wallet_private.supply AS s SET available = s.available - p_amount
        WHERE s.asset_id = p_asset_id AND s.stripe = v_stripe
            AND s.available >= p_amount;
        IF FOUND THEN
            RETURN;
        END IF;
        RAISE EXCEPTION 'this try is taken back'
            USING ERRCODE = 'WA901',
                DETAIL = 'The stripe has not enough.',
                HINT = 'This is caught and never reaches a caller.';
    EXCEPTION
        WHEN SQLSTATE 'WA901' THEN NULL;
    END;

    v_stripes := wallet_private.lock_supply(p_asset_id);
    FOR v_index IN 0..15 LOOP
        v_taken := least(v_stripes[v_index], v_missing);
        CONTINUE WHEN v_taken = 0;
        UPDATE wallet_private.supply AS s SET available = s.available - v_taken
        WHERE s.asset_id = p_asset_id AND s.stripe = v_index;
        v_missing := v_missing - v_taken;
    END LOOP;
    IF v_missing > 0 THEN
        SELECT a.* INTO v_asset FROM wallet_private.asset AS a
        WHERE a.asset_id = p_asset_id;
        RAISE EXCEPTION 'the supply is exhausted'
            USING ERRCODE = 'WA402',
                DETAIL = format(
                    '%s %s of the cap of %s is left to issue, %s is needed.',
                    p_amount - v_missing, v_asset.code, v_asset.supply,
                    p_amount
                ),
                HINT = 'An operator can raise the cap with wallet.change_supply.';
    END IF;
END
$$;
