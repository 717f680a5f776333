CREATE OR REPLACE FUNCTION wallet_private.feed_base(p_asset_id integer) RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A movement's feed_position is this base plus the number of its transaction. The first movement
-- after a start of the server looks whether the base is for this server.
DECLARE
    v_base bigint;
BEGIN
    SELECT a.feed_base INTO v_base FROM wallet_private.asset AS a
    WHERE a.asset_id = p_asset_id AND a.server_started_at = pg_postmaster_start_time();
    RETURN coalesce(v_base, wallet_private.renew_feed());
END
$$;
