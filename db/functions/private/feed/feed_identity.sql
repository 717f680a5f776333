CREATE OR REPLACE FUNCTION wallet_private.feed_identity() RETURNS text
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Another one after a failover or a restoration: what was read before that may be gone.
    SELECT left(md5(format(
        '%s %s %s', wallet_private.feed_origin(), d.oid,
        left(pg_walfile_name(pg_current_wal_lsn()), 8)
    )), 8)
    FROM pg_catalog.pg_database AS d
    WHERE d.datname = current_database()
$$;
