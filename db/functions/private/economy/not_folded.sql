CREATE OR REPLACE FUNCTION wallet_private.not_folded() RETURNS wallet_private.fold_step
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Counts what wallet.fold_economy has not counted yet.
DECLARE
    v_rest wallet_private.fold_step;
    v_step wallet_private.fold_step;
BEGIN
    PERFORM wallet_private.check_feed();
    v_step.place := (SELECT f.place FROM wallet_private.fold AS f);
    LOOP
        v_step := wallet_private.fold_step(v_step.place, 10000);
        v_rest.days := v_rest.days || v_step.days;
        v_rest.spread := v_rest.spread || v_step.spread;
        EXIT WHEN v_step.is_last;
    END LOOP;
    RETURN v_rest;
END
$$;
