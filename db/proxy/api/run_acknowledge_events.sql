CREATE OR REPLACE FUNCTION wallet_private.run_acknowledge_events(
    p_subscription text, p_cursor text
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    PERFORM wallet_private.split_acknowledge(
        wallet_private.all_places(), p_subscription,
        wallet_private.part_cursors(p_subscription, p_cursor)
    );
END
$$;
