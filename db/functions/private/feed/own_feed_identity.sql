CREATE OR REPLACE FUNCTION wallet_private.own_feed_identity() RETURNS text
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Identifies this database as it is now. It changes with a failover, which begins a timeline,
    -- and with a restoration. After those, what was read before may be gone.
    SELECT left(md5(format(
        '%s %s %s %s', c.system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8),
        d.oid, 'wallet_private.transfer'::regclass::oid
    )), 8)
    FROM pg_control_system() AS c
    CROSS JOIN pg_catalog.pg_database AS d
    WHERE d.datname = current_database()
$$;
