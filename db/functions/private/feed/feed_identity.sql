CREATE OR REPLACE FUNCTION wallet_private.feed_identity() RETURNS text
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Of this database as it is now: another one after a failover, which begins a timeline, or a
    -- restoration. What was read before may be gone then.
    SELECT left(md5(format(
        '%s %s %s %s', c.system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8),
        d.oid, 'wallet_private.transfer'::regclass::oid
    )), 8)
    FROM pg_control_system() AS c
    CROSS JOIN pg_catalog.pg_database AS d
    WHERE d.datname = current_database()
$$;
