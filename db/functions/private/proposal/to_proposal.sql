CREATE OR REPLACE FUNCTION wallet_private.to_proposal(
    p_proposal wallet_private.proposal, p_is_replay boolean
) RETURNS wallet.proposal
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ROW(
        p_proposal.proposal_id, p_proposal.function, p_proposal.arguments, p_proposal.user_id,
        p_proposal.reason, p_proposal.proposed_by, p_proposal.forecast, p_proposal.created_at,
        p_proposal.expires_at,
        CASE
            WHEN p_proposal.status = 'pending' AND p_proposal.expires_at <= clock_timestamp()
                THEN 'expired'
            ELSE p_proposal.status
        END,
        p_proposal.decided_by, p_proposal.decision_reason, p_proposal.decided_at, p_proposal.result,
        p_is_replay
    )::wallet.proposal
$$;
