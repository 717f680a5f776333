CREATE OR REPLACE FUNCTION wallet.reject_proposal(
    p_proposal_id uuid, p_reason text, p_idempotency_key text, p_actor text DEFAULT NULL
) RETURNS wallet.proposal
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_proposal wallet_private.proposal := wallet_private.decide(
        p_proposal_id, 'rejected', p_reason, p_idempotency_key, p_actor
    );
BEGIN
    IF v_proposal.proposal_id IS NULL THEN
        RETURN (
            SELECT wallet_private.to_proposal(p, true) FROM wallet_private.proposal AS p
            WHERE p.proposal_id = p_proposal_id
        );
    END IF;
    PERFORM wallet_private.record_action(
        'reject_proposal', p_proposal_id::text,
        jsonb_build_object('function', v_proposal.function), v_proposal.decided_by
    );
    RETURN wallet_private.to_proposal(v_proposal, false);
END
$$;

COMMENT ON FUNCTION wallet.reject_proposal(uuid, text, text, text) IS
'Rejects a pending proposal, so that its call never runs. Who has proposed it may take it back like
this. p_reason says why. p_actor is as in wallet.propose.
Returns: wallet.proposal. For a key with which the same actor has rejected it already it is the
same, with is_replay.
Locks: the proposal.
Raises: WA101 WA104 WA106 WA230 WA417 WA418';
