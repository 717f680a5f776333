CREATE OR REPLACE FUNCTION wallet.post_batch(
    p_requests wallet.request[],
    p_actor text DEFAULT NULL,
    p_actors text[] DEFAULT NULL,
    p_expires_at timestamptz[] DEFAULT NULL
) RETURNS SETOF wallet.batch_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
SET enable_hashjoin = off
SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan
AS $$
-- All plans are generic. A plan for this call's arrays would hold copies of them, in which an
-- element is found only by reading the array from its beginning.
DECLARE
    v_actors text[];
    v_results wallet.batch_result[];
    v_try integer := 1;
BEGIN
    PERFORM wallet_private.check_given('requests', p_requests);
    PERFORM wallet_private.check_range('requests', cardinality(p_requests), 1, 8192);
    p_requests := p_requests[:];  -- whatever its bounds were, from 1 on
    v_actors := coalesce(p_actors, array_fill(p_actor, ARRAY[cardinality(p_requests)]));

    -- Post what can be posted together. The tries are explained in post_together. A used key or
    -- anything that is left over ends a try, and the next one locks more. If the requests together
    -- reach a cap (WA402), none is posted together.
    LOOP
        BEGIN
            v_results := wallet_private.post_together(
                p_requests, v_actors, p_expires_at, v_try
            );
            EXIT;
        EXCEPTION
            WHEN SQLSTATE 'WA901' OR unique_violation THEN v_try := v_try + 1;
            WHEN SQLSTATE 'WA402' THEN v_try := 3;
        END;
    END LOOP;

    -- Post the rest one by one.
    FOR v_ord IN 1..cardinality(p_requests) LOOP
        IF v_results[v_ord].transaction_id IS NULL THEN
            v_results[v_ord] := wallet_private.post_one(
                v_ord, p_requests[v_ord], v_actors[v_ord], p_expires_at[v_ord]
            );
        END IF;
    END LOOP;
    RETURN QUERY SELECT r.* FROM unnest(v_results) AS r;
END
$$;

COMMENT ON FUNCTION wallet.post_batch(wallet.request[], text, text[], timestamptz[]) IS
'Posts up to 8192 TOPUP, BONUS and SPEND movements in one call. Each is accepted or refused by
itself. The answers are those of the same calls one by one, in the order given. p_actors names the
actor of each where they differ. p_expires_at says when what each credits expires, as in
wallet.bonus.
Returns: wallet.batch_result for each, in order: a receipt, or code, message, detail and hint of the
refusal.
Locks: the wallets by user and asset; then, of capped assets, supply stripes by asset.
Raises: WA101 WA109';
