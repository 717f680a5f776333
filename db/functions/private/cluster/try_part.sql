CREATE OR REPLACE FUNCTION wallet_private.try_part(
    p_requests wallet.request[], p_actors text[], p_ords integer[]
) RETURNS SETOF wallet.batch_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- What wallet_private.post_part would answer; it is taken back.
DECLARE
    v_results wallet.batch_result[];
BEGIN
    BEGIN
        v_results := ARRAY(
            SELECT p FROM wallet_private.post_part(p_requests, p_actors, p_ords) AS p
        );
        RAISE EXCEPTION 'take it back';
    EXCEPTION
        WHEN OTHERS THEN
            IF v_results IS NULL THEN
                RAISE;
            END IF;
    END;
    RETURN QUERY SELECT r.* FROM unnest(v_results) AS r;
END
$$;
