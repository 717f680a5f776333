CREATE OR REPLACE FUNCTION wallet_private.settle(
    p_claim_id uuid, p_external_id text, p_email text, p_user_id uuid
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Gives the names of a claim to the user, or frees them (NULL). What fails here is settled by the
-- next one who wants the name.
BEGIN
    IF p_email IS NOT NULL THEN
        PERFORM wallet_private.settle_name(
            wallet_private.name_place(lower(p_email)), 'email', lower(p_email), p_claim_id,
            p_user_id
        );
    END IF;
    IF p_external_id IS NOT NULL THEN
        PERFORM wallet_private.settle_name(
            wallet_private.name_place(p_external_id), 'external_id', p_external_id, p_claim_id,
            p_user_id
        );
    END IF;
EXCEPTION
    WHEN OTHERS THEN
        RAISE LOG 'the claim % is not settled: %', p_claim_id, SQLERRM;
END
$$;
