CREATE OR REPLACE FUNCTION wallet_private.claim_names(
    p_claim_id uuid, p_external_id text, p_name text, p_email text, p_phone text
) RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Takes the names of a user who is about to be made. Returns the partition to make him in: one by
-- chance, or, if a name is taken, that of the user who has it. There its own indexes refuse it.
DECLARE
    v_place integer := wallet_private.any_place();
    v_taken integer;
BEGIN
    PERFORM wallet_private.check_claim(v_place, p_external_id, p_name, p_email, p_phone);
    IF p_email IS NOT NULL THEN
        v_taken := wallet_private.claim('email', lower(p_email), p_claim_id, v_place);
    END IF;
    IF v_taken IS NULL AND p_external_id IS NOT NULL THEN
        v_taken := wallet_private.claim('external_id', p_external_id, p_claim_id, v_place);
    END IF;
    RETURN coalesce(v_taken, v_place);
END
$$;
