CREATE OR REPLACE FUNCTION wallet_private.part_of_batch(
    p_place integer,
    p_requests wallet.request[],
    p_actors text[],
    p_ords integer[],
    p_expires_at timestamptz[],
    p_is_trial boolean
) RETURNS SETOF wallet.batch_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The part of a batch that these requests are, in one partition.
BEGIN
    IF p_is_trial THEN
        RETURN QUERY SELECT b.* FROM wallet_private.try_part(
            p_place, p_requests, p_actors, p_ords, p_expires_at
        ) AS b;
    ELSE
        RETURN QUERY SELECT b.* FROM wallet_private.post_part(
            p_place, p_requests, p_actors, p_ords, p_expires_at
        ) AS b;
    END IF;
END
$$;
