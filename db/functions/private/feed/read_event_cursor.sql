CREATE OR REPLACE FUNCTION wallet_private.read_event_cursor(
    p_subscription wallet_private.subscription, p_cursor text
) RETURNS wallet_private.feed_place
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The place that a cursor names; without a cursor, the subscription's place.
DECLARE
    v_number text := '(0|[1-9][0-9]{0,17})';
    v_fields text[] := string_to_array(wallet_private.read_cursor(
        'events', p_cursor,
        format('^[0-9a-f]{8} %1$s [0-9a-f-]{36} (0|[1-9][0-9]{0,8}) %1$s$', v_number)
    ), ' ');
    v_place wallet_private.feed_place;
BEGIN
    IF p_cursor IS NULL THEN
        RETURN p_subscription.place;
    END IF;
    v_place := ROW(
        v_fields[2]::bigint, v_fields[3]::uuid, v_fields[4]::integer, v_fields[5]::bigint
    );
    -- The acknowledged place went with the ledger from server to server. Events that were only read
    -- may have been lost on the way, and others may come in their place.
    IF v_place > p_subscription.place AND (
        v_fields[1] <> wallet_private.feed_identity()
        OR v_place.feed_position > wallet_private.feed_horizon()
    ) THEN
        RAISE EXCEPTION 'the cursor is of another history'
            USING ERRCODE = 'WA320',
                DETAIL = format(
                    'The database was restored or failed over after this cursor was given; what '
                    'was read since subscription %s was last acknowledged may be gone.',
                    p_subscription.code
                ),
                HINT = 'Read on without a cursor, and look which events you have already by '
                'user_id, asset and seq.';
    END IF;
    RETURN v_place;
END
$$;
