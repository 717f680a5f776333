CREATE OR REPLACE FUNCTION wallet.approve_proposal(
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
    -- Whoever decides it at the same time waits from here on.
    v_proposal wallet_private.proposal := wallet_private.decide(
        p_proposal_id, 'running', p_reason, p_idempotency_key, p_actor
    );
    v_result jsonb;
BEGIN
    IF v_proposal.proposal_id IS NULL THEN
        RETURN (
            SELECT wallet_private.to_proposal(p, true) FROM wallet_private.proposal AS p
            WHERE p.proposal_id = p_proposal_id
        );
    END IF;
    -- A refusal rolls all of this back: the proposal is pending again.
    v_result := wallet_private.run_call(v_proposal);
    UPDATE wallet_private.proposal AS p SET status = 'approved', result = v_result
    WHERE p.proposal_id = p_proposal_id
    RETURNING p.* INTO v_proposal;
    PERFORM wallet_private.record_action(
        'approve_proposal', p_proposal_id::text,
        jsonb_build_object('function', v_proposal.function), v_proposal.decided_by
    );
    RETURN wallet_private.to_proposal(v_proposal, false);
END
$$;

COMMENT ON FUNCTION wallet.approve_proposal(uuid, text, text, text) IS
'Approves a pending proposal and runs its call, once, in one transaction. Who has proposed it can''t
approve it. The call has the proposer as its actor and proposal:<id> as its idempotency key. If the
call is refused, the proposal stays pending, and the error is that of the call. p_reason says why it
is approved. p_actor is as in wallet.propose.
Returns: wallet.proposal, with the result of the call. For a key with which the same actor has
approved it already it is the same, with is_replay.
Locks: the proposal, then what the call locks.
Raises: WA101 WA104 WA106 WA230 WA416 WA417 WA418, and what the call raises.';
