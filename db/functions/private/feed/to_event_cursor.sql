CREATE OR REPLACE FUNCTION wallet_private.to_event_cursor(
    p_identity text, p_place wallet_private.feed_place
) RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT wallet_private.write_cursor('events', format(
        '%s %s %s %s %s', p_identity, p_place.feed_position, p_place.user_id, p_place.asset_id,
        p_place.seq
    ))
$$;
