CREATE OR REPLACE FUNCTION wallet_private.renew_feed() RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The feed's base, looked at once after a start of the server. On a server where a dump was
-- restored, the base becomes the highest position: new movements come behind all that was restored,
-- and behind the places of readers. An operator has nothing to do.
DECLARE
    v_system_identifier bigint := (SELECT c.system_identifier FROM pg_control_system() AS c);
    v_base bigint;
BEGIN
    UPDATE wallet_private.feed AS f
    SET base = greatest(
            f.base, (SELECT max(t.feed_position) FROM wallet_private.transfer AS t),
            (SELECT max(e.feed_position) FROM wallet_private.alert_event AS e),
            (SELECT max((r.place).feed_position) FROM wallet_private.subscription AS r),
            (SELECT max(r.feed_position) FROM wallet_private.alert AS r)
        ),
        system_identifier = v_system_identifier
    WHERE f.system_identifier <> v_system_identifier;
    PERFORM wallet_private.note_start();
    SELECT f.base INTO v_base FROM wallet_private.feed AS f;
    RETURN v_base;
END
$$;
