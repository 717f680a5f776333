CREATE OR REPLACE FUNCTION wallet_private.find_proposed(p_asked wallet_private.proposal)
RETURNS wallet_private.proposal
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Finds the proposal that has a request's actor and key, NULL if there is none. Raises WA301 if it
-- was another request. What was erased of it is not compared.
DECLARE
    v_proposal wallet_private.proposal;
BEGIN
    SELECT p.* INTO v_proposal
    FROM wallet_private.proposal AS p
    WHERE p.proposed_by = p_asked.proposed_by AND p.idempotency_key = p_asked.idempotency_key;
    IF v_proposal.reason IS NOT NULL AND (
        v_proposal.function, v_proposal.arguments, v_proposal.reason
    ) <> (p_asked.function, p_asked.arguments, p_asked.reason) THEN
        RAISE EXCEPTION 'the idempotency key was used for another request'
            USING ERRCODE = 'WA301',
                DETAIL = format('It differs from proposal %s.', v_proposal.proposal_id),
                HINT = 'Take a new key for a new intent, and send a retry unchanged.';
    END IF;
    RETURN v_proposal;
END
$$;
