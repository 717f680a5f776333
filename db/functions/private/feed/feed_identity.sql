CREATE OR REPLACE FUNCTION wallet_private.feed_identity() RETURNS text
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Identifies this database's history: what it is here, or what it was before it moved here.
    SELECT CASE WHEN f.own_identity = o.own_identity THEN f.identity ELSE o.own_identity END
    FROM wallet_private.feed AS f
    CROSS JOIN wallet_private.own_feed_identity() AS o (own_identity)
$$;
