CREATE OR REPLACE FUNCTION wallet_private.erase_actor(p_user_id uuid, p_names text[])
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- What a user did to others by an external id or an email address: the user id stays. A name is
-- not looked for, as others may have it too. Returns whether that was to a rate.
BEGIN
    -- History is open for this: see wallet_private.refuse_change.
    PERFORM set_config('wallet.is_erasing', 'on', true);
    UPDATE wallet_private.action AS a
    SET actor = p_user_id::text,
        details = a.details || CASE
            WHEN a.details ->> 'created_by' = a.actor
                THEN jsonb_build_object('created_by', p_user_id)
            ELSE '{}'
        END
    WHERE a.actor = ANY (p_names);
    PERFORM set_config('wallet.is_erasing', '', true);
    -- The key is of no use any more, and could be the same under another name.
    UPDATE wallet_private.proposal AS p
    SET proposed_by = p_user_id::text, idempotency_key = p.proposal_id::text
    WHERE p.proposed_by = ANY (p_names);
    UPDATE wallet_private.proposal AS p SET decided_by = p_user_id::text
    WHERE p.decided_by = ANY (p_names);
    UPDATE wallet_private.conversion_rate AS r SET created_by = p_user_id::text
    WHERE r.created_by = ANY (p_names);
    RETURN FOUND;
END
$$;
