CREATE OR REPLACE FUNCTION wallet_private.heed_claim(p_claim_id uuid) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Until the transaction ends nobody can bar a claim. One that is barred makes no user: then the
-- proxy begins anew, by another claim.
BEGIN
    INSERT INTO wallet_private.barred_claim (claim_id) VALUES (p_claim_id)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this try is taken back'
            USING ERRCODE = 'WA901',
                DETAIL = 'Somebody else has taken the claim of a name away.',
                HINT = 'Claim it once more.';
    END IF;
    DELETE FROM wallet_private.barred_claim AS b WHERE b.claim_id = p_claim_id;
END
$$;
