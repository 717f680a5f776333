CREATE OR REPLACE FUNCTION wallet_private.settle(
    p_transfer wallet_private.transfer, p_hold numeric
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Does what plan wrote into a transfer.
BEGIN
    IF p_transfer.details -> 'result' ?| '{lot,lots}' THEN
        PERFORM wallet_private.settle_lots(p_transfer, p_hold);
    END IF;
    IF p_transfer.details -> 'result' ? 'limits' OR p_transfer.kind IN ('RELEASE', 'REVERSAL') THEN
        PERFORM wallet_private.settle_limits(p_transfer);
    END IF;
END
$$;
