CREATE OR REPLACE FUNCTION wallet_private.lift_again(p_kind text, p_code text, p_actor text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- If partition 0 has refused a limit, and has none, the others have none again.
BEGIN
    IF (SELECT s.available FROM wallet_private.see_share(0, p_kind, p_code) AS s) IS NULL THEN
        PERFORM wallet_private.lift_share(p.place, p_kind, p_code, p_actor)
        FROM generate_series(0, wallet_private.partitions() - 1) AS p (place);
    END IF;
END
$$;
