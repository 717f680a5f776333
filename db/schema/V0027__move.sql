-- A partition of a cluster moves to another server. Readers of its feed go on there: nothing was
-- lost on the way, so cursors of the old place are good at the new one.
ALTER TABLE wallet_private.feed ADD COLUMN own_identity text;
ALTER TABLE wallet_private.feed ADD COLUMN identity text;
COMMENT ON COLUMN wallet_private.feed.own_identity
IS 'Of this database where it has moved to: as long as it is that, it counts as identity.';
COMMENT ON COLUMN wallet_private.feed.identity IS 'What it was where it came from.';

-- Fences a partition off that moves: pgwallet cluster move puts it on all tables, at the old place
-- for good and at the new place until everything is there. It waits for whoever writes, so nothing
-- is under way once all tables have it.
CREATE FUNCTION wallet_private.refuse_moving() RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'a partition is away'
        USING ERRCODE = 'WA601',
            DETAIL = 'The partition moves to another server.',
            HINT = 'Send the same request again later.';
END
$$;
