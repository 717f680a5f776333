CREATE OR REPLACE FUNCTION wallet_private.renew_feed() RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The feed's base on a server that has started since it was last looked at. Nobody has to do more
-- than restore a dump: the first movement there comes behind all that was restored, and every
-- other one waits for it.
DECLARE
    v_system_identifier bigint := (SELECT c.system_identifier FROM pg_control_system() AS c);
    v_base bigint;
BEGIN
    UPDATE wallet_private.feed AS f
    SET base = greatest(
            f.base, (SELECT max(t.feed_position) FROM wallet_private.transfer AS t)
        ),
        system_identifier = v_system_identifier
    WHERE f.system_identifier <> v_system_identifier;
    PERFORM wallet_private.note_start();
    SELECT f.base INTO v_base FROM wallet_private.feed AS f;
    RETURN v_base;
END
$$;
