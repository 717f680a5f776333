CREATE OR REPLACE FUNCTION wallet_private.free_names(p_place integer, p_user_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Frees the names of a user whom a partition has erased, or of all those (NULL).
BEGIN
    PERFORM wallet_private.free_name(n.kind, n.name, h.user_id, p_place)
    FROM wallet_private.list_half_erased(p_place, p_user_id) AS h
    CROSS JOIN LATERAL (
        VALUES ('email', lower(h.email)), ('external_id', h.external_id)
    ) AS n (kind, name)
    WHERE n.name IS NOT NULL;
END
$$;
