CREATE OR REPLACE FUNCTION wallet.propose(
    p_function text,
    p_arguments jsonb,
    p_reason text,
    p_idempotency_key text,
    p_expires_in interval DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.proposal
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_proposal wallet_private.proposal;
    v_asked wallet_private.proposal;
BEGIN
    -- 1. Check the request.
    v_asked.proposal_id := wallet_private.transaction_id();
    v_asked.proposed_by := wallet_private.who_asks(p_actor);
    PERFORM wallet_private.check_given('function', p_function);
    PERFORM wallet_private.check_choice('function', p_function, wallet_private.proposable());
    PERFORM wallet_private.check_given('arguments', p_arguments);
    IF NOT wallet_private.is_metadata(p_arguments) THEN
        PERFORM wallet_private.refuse_arguments(
            p_function, 'They have to be an object of at most 8192 bytes.'
        );
    END IF;
    PERFORM wallet_private.check_given('reason', p_reason);
    PERFORM wallet_private.check_text('reason', p_reason);
    PERFORM wallet_private.check_key(p_idempotency_key);
    v_asked.created_at := clock_timestamp();
    v_asked.expires_at := v_asked.created_at + coalesce(
        wallet_private.check_duration('expires_in', p_expires_in), interval '7 days'
    );
    v_asked.function := p_function;
    v_asked.arguments := p_arguments;
    v_asked.reason := p_reason;
    v_asked.idempotency_key := p_idempotency_key;

    -- 2. Answer a replay.
    v_proposal := wallet_private.find_proposed(v_asked);
    IF v_proposal.proposal_id IS NOT NULL THEN
        RETURN wallet_private.to_proposal(v_proposal, true);
    END IF;

    -- 3. Try the call, as if it had been approved, and take back what it did.
    v_asked.forecast := wallet_private.try_call(v_asked);

    -- 4. Keep it, and 5. settle what a race decided.
    v_asked.status := 'pending';
    v_asked.user_id := (p_arguments ->> 'user_id')::uuid;
    INSERT INTO wallet_private.proposal VALUES (v_asked.*)
    ON CONFLICT (proposed_by, idempotency_key) DO NOTHING;
    IF NOT FOUND THEN
        RETURN wallet_private.to_proposal(wallet_private.find_proposed(v_asked), true);
    END IF;
    PERFORM wallet_private.record_action(
        'propose', v_asked.proposal_id::text, jsonb_build_object('function', p_function),
        v_asked.proposed_by
    );

    -- 6. Return it.
    RETURN wallet_private.to_proposal(v_asked, false);
END
$$;

COMMENT ON FUNCTION wallet.propose(text, jsonb, text, text, interval, text) IS
'Proposes a call of a function, which another operator approves or rejects. p_function is one of
topup, bonus, adjust, reverse, forgive_debt, create_task, update_task, set_conversion_rate,
create_campaign, change_budget, change_supply and set_threshold. p_arguments has its arguments by
name, without p_, and without the actor and the idempotency key: the actor is who proposes, and the
key is made of the proposal''s id. The call is tried, and what it did is taken back: what it would
return now is the forecast. A call that would be refused now can''t be proposed. p_expires_in is how
long it can be approved (NULL = 7 days). A login that may not call what the gateway calls can''t
name another as p_actor.
Returns: wallet.proposal. For a key that the actor has used before it is that one, with is_replay.
Locks: what the call locks, until it has been tried.
Raises: WA101 WA104 WA106 WA109 WA110 WA130 WA301 WA418, and what the call raises.';
