CREATE OR REPLACE FUNCTION wallet_private.erase_actor(p_user_id uuid, p_names text[])
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- What a user did to others by a name: the id stays. Returns whether that was to a rate.
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
    UPDATE wallet_private.conversion_rate AS r SET created_by = p_user_id::text
    WHERE r.created_by = ANY (p_names);
    RETURN FOUND;
END
$$;
