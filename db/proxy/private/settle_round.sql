CREATE OR REPLACE FUNCTION wallet_private.settle_round(
    p_claim_id uuid, p_kinds text[], p_names text[], p_homes integer[]
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- wallet_private.settle for many: to whom a name belongs is asked where its user should be.
BEGIN
    PERFORM wallet_private.split_settle(
        array_agg(wallet_private.name_place(n.name)), array_agg(n.kind), array_agg(n.name),
        array_agg(n.user_id), p_claim_id
    )
    FROM wallet_private.split_named(p_homes, p_kinds, p_names) AS n;
EXCEPTION
    WHEN OTHERS THEN
        RAISE LOG 'the claim % is not settled: %', p_claim_id, SQLERRM;
END
$$;
