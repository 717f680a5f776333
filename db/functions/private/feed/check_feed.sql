CREATE OR REPLACE FUNCTION wallet_private.check_feed() RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- The feed is read along its index.
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_index AS i
        WHERE i.indexrelid = to_regclass('wallet_private.transfer_feed_position_idx')
            AND i.indisvalid
    ) THEN
        RAISE EXCEPTION 'the feed has no index'
            USING ERRCODE = 'WA321',
                DETAIL = 'The ledger was too large for the migration to make it.',
                HINT = 'Run, as wallet_owner: CREATE INDEX CONCURRENTLY '
                'transfer_feed_position_idx ON wallet_private.transfer (feed_position)';
    END IF;
END
$$;
