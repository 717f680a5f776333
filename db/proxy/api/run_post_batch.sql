CREATE OR REPLACE FUNCTION wallet_private.run_post_batch(
    p_requests wallet.request[], p_actor text, p_actors text[], p_expires_at timestamptz[]
) RETURNS SETOF wallet.batch_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    v_count integer := cardinality(p_requests);
    v_actors text[];
    v_ords integer[];
    v_places integer[];
    v_place integer;
    v_part integer[];
    v_results wallet.batch_result[];
    v_result wallet.batch_result;
    v_try integer;
    v_is_trial boolean := wallet_private.is_trial();
BEGIN
    -- 1. What is no batch is refused as one.
    IF v_count BETWEEN 1 AND 8192 IS NOT TRUE THEN
        RETURN QUERY
        SELECT b.* FROM wallet_private.post_batch(
            wallet_private.any_place(), p_requests, p_actor, p_actors, p_expires_at
        ) AS b;
        RETURN;
    END IF;

    -- 2. All partitions side by side.
    p_requests := p_requests[:];
    v_ords := ARRAY(SELECT o.ord FROM generate_series(1, v_count) AS o (ord));
    p_expires_at := ARRAY(SELECT p_expires_at[o.ord] FROM unnest(v_ords) AS o (ord));
    v_actors := ARRAY(SELECT coalesce(p_actors[o.ord], p_actor) FROM unnest(v_ords) AS o (ord));
    BEGIN
        IF NOT v_is_trial THEN
            v_places := wallet_private.ready_places(ARRAY(
                SELECT r.user_id FROM unnest(p_requests) WITH ORDINALITY AS r (
                    user_id, kind, asset, amount, idempotency_key, reference, metadata, ord
                )
                ORDER BY r.ord
            ));
            v_results := ARRAY(
                SELECT b FROM wallet_private.split_batch(
                    v_places, p_requests, v_actors, v_ords, p_expires_at
                ) AS b
                ORDER BY b.ord
            );
        END IF;
    EXCEPTION
        WHEN OTHERS THEN
            IF NOT wallet_private.is_away(SQLSTATE, SQLERRM) THEN
                RAISE;
            END IF;
    END;

    -- 3. One is away, or it is a trial: each by itself. What was done above is done, and answered
    -- once more.
    IF v_results IS NULL THEN
        FOR v_place, v_part IN
            SELECT
                coalesce(uuid_hash(p_requests[o.ord].user_id), 0)
                & (wallet_private.partitions() - 1),
                array_agg(o.ord ORDER BY o.ord)
            FROM unnest(v_ords) AS o (ord)
            GROUP BY 1
        LOOP
            BEGIN
                v_results := v_results || ARRAY(
                    SELECT b FROM wallet_private.part_of_batch(
                        wallet_private.ready_place(v_place),
                        ARRAY(SELECT p_requests[o.ord] FROM unnest(v_part) AS o (ord)),
                        ARRAY(SELECT v_actors[o.ord] FROM unnest(v_part) AS o (ord)),
                        v_part,
                        ARRAY(SELECT p_expires_at[o.ord] FROM unnest(v_part) AS o (ord)),
                        v_is_trial
                    ) AS b
                );
            EXCEPTION
                WHEN OTHERS THEN
                    IF NOT wallet_private.is_away(SQLSTATE, SQLERRM) THEN
                        RAISE;
                    END IF;
                    v_results := v_results || ARRAY(
                        SELECT wallet_private.refused_away(o.ord, SQLERRM)
                        FROM unnest(v_part) AS o (ord)
                    );
            END;
        END LOOP;
    END IF;

    -- 4. Where a partition has too little of a cap, others may have some.
    FOR v_result IN SELECT r.* FROM unnest(v_results) AS r ORDER BY r.ord LOOP
        v_try := 0;
        LOOP
            EXIT WHEN v_result.code IS DISTINCT FROM 'WA402' OR v_try < 0;
            v_place := wallet_private.place(p_requests[v_result.ord].user_id);
            v_try := wallet_private.gather(v_place, 'WA402', v_result.detail, v_try);
            SELECT b.* INTO v_result FROM wallet_private.part_of_batch(
                v_place,
                ARRAY[p_requests[v_result.ord]],
                ARRAY[v_actors[v_result.ord]],
                ARRAY[v_result.ord],
                ARRAY[p_expires_at[v_result.ord]],
                v_is_trial
            ) AS b;
        END LOOP;
        RETURN NEXT v_result;
    END LOOP;
END
$$;
