CREATE OR REPLACE FUNCTION wallet_private.decide(
    p_proposal_id uuid, p_status text, p_reason text, p_idempotency_key text, p_actor text
) RETURNS wallet_private.proposal
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Takes a pending proposal: to run it (running) or to reject it (rejected). One of several who try
-- gets it. Returns it as it is then, or NULL if the same actor has decided the same with this key.
DECLARE
    v_actor text := wallet_private.who_asks(p_actor);
    v_proposal wallet_private.proposal;
BEGIN
    PERFORM wallet_private.check_given('proposal_id', p_proposal_id);
    PERFORM wallet_private.check_given('reason', p_reason);
    PERFORM wallet_private.check_text('reason', p_reason);
    PERFORM wallet_private.check_key(p_idempotency_key);
    UPDATE wallet_private.proposal AS p
    SET status = p_status,
        decided_by = v_actor,
        decided_at = clock_timestamp(),
        decision_key = p_idempotency_key,
        decision_reason = p_reason
    WHERE p.proposal_id = p_proposal_id
        AND p.status = 'pending'
        AND p.expires_at > clock_timestamp()
        AND (p.proposed_by <> v_actor OR p_status = 'rejected')
    RETURNING p.* INTO v_proposal;
    IF FOUND THEN
        RETURN v_proposal;
    END IF;

    SELECT p.* INTO v_proposal FROM wallet_private.proposal AS p
    WHERE p.proposal_id = p_proposal_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'proposal not found'
            USING ERRCODE = 'WA230',
                DETAIL = format('There is no proposal %s.', p_proposal_id),
                HINT = 'Look it up with wallet.list_proposals.';
    ELSIF v_proposal.decided_by = v_actor AND v_proposal.decision_key = p_idempotency_key
        AND v_proposal.status = replace(p_status, 'running', 'approved') THEN
        RETURN NULL;
    ELSIF v_proposal.status <> 'pending' OR v_proposal.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'the proposal is no longer pending'
            USING ERRCODE = 'WA417',
                DETAIL = CASE v_proposal.status
                    WHEN 'pending' THEN format('It expired at %s.', v_proposal.expires_at)
                    ELSE format(
                        '%s %s it at %s.', v_proposal.decided_by, v_proposal.status,
                        v_proposal.decided_at
                    )
                END,
                HINT = 'Propose it again if it is still wanted.';
    END IF;
    RAISE EXCEPTION 'nobody approves their own proposal'
        USING ERRCODE = 'WA416',
            DETAIL = format('%s has proposed it.', v_actor),
            HINT = 'Ask another operator to approve it, or reject it to take it back.';
END
$$;
