CREATE OR REPLACE FUNCTION wallet_private.feed_horizon() RETURNS bigint
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- The feed is settled below this position: no transaction that is under way or still to come
    -- adds anything there. If nothing has moved since a dump was restored, all is settled.
    SELECT CASE
        WHEN f.system_identifier = c.system_identifier
            THEN f.base + txid_snapshot_xmin(txid_current_snapshot())
        ELSE 9223372036854775807
    END
    FROM wallet_private.feed AS f
    CROSS JOIN pg_control_system() AS c
$$;
