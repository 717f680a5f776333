CREATE OR REPLACE FUNCTION wallet_private.refuse_unapproved(p_detail text) RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Refuses what a second operator has to approve, unless it is the call of an approved proposal.
-- Only the transaction that runs such a call sees its proposal running.
BEGIN
    IF NOT EXISTS (SELECT FROM wallet_private.proposal AS p WHERE p.status = 'running') THEN
        RAISE EXCEPTION 'a second operator has to approve this'
            USING ERRCODE = 'WA415',
                DETAIL = p_detail,
                HINT = 'Propose it with wallet.propose. Somebody else approves it.';
    END IF;
END
$$;
