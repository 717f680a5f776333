CREATE OR REPLACE FUNCTION wallet_private.feed_horizon() RETURNS bigint
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Below it the feed is settled, in the snapshot of whoever asks: no transaction that is under
    -- way or still to come adds anything there. On a server where nothing has moved yet since a
    -- dump was restored, that is all.
    SELECT CASE
        WHEN f.origin = wallet_private.feed_origin()
            THEN f.base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        ELSE 9223372036854775807
    END
    FROM wallet_private.feed AS f
$$;
