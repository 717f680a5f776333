CREATE OR REPLACE FUNCTION wallet_private.ready_places(p_users uuid[]) RETURNS integer[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- wallet_private.place for many, in their order.
DECLARE
    v_places integer[] := ARRAY(
        SELECT coalesce(uuid_hash(u.user_id), 0) & (wallet_private.partitions() - 1)
        FROM unnest(p_users) WITH ORDINALITY AS u (user_id, ord)
        ORDER BY u.ord
    );
BEGIN
    PERFORM wallet_private.ready_place(p.place)
    FROM (SELECT DISTINCT q.place FROM unnest(v_places) AS q (place)) AS p;
    RETURN v_places;
END
$$;
