CREATE OR REPLACE FUNCTION wallet_private.name_place(p_name text) RETURNS integer
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The partition that knows whose name this is.
    SELECT coalesce(hashtext(p_name COLLATE "C"), 0) & (wallet_private.partitions() - 1)
$$;
