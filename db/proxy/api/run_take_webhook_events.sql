CREATE OR REPLACE FUNCTION wallet_private.run_take_webhook_events(p_limit integer)
RETURNS SETOF wallet.webhook_batch
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A batch of each partition that has one, side by side.
BEGIN
    RETURN QUERY
    SELECT t.* FROM wallet_private.split_take_webhook_events(
        wallet_private.places_that_answer(), p_limit
    ) AS t;
END
$$;
