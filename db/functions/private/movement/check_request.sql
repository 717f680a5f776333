CREATE OR REPLACE FUNCTION wallet_private.check_request(
    p_user_id uuid,
    p_idempotency_key text,
    p_reference text,
    p_metadata jsonb,
    p_actor text
) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Checks what the requests of all writers have in common.
BEGIN
    PERFORM wallet_private.check_given('user_id', p_user_id);
    PERFORM wallet_private.check_text('reference', p_reference);
    PERFORM wallet_private.check_text('actor', p_actor);
    IF NOT wallet_private.is_metadata(p_metadata) THEN
        RAISE EXCEPTION 'metadata has to be a small object'
            USING ERRCODE = 'WA111',
                DETAIL = format(
                    'It is of type %s and has %s bytes of 8192.',
                    jsonb_typeof(p_metadata), octet_length(p_metadata::text)
                ),
                HINT = 'Keep large data elsewhere and put its id here.';
    END IF;
    IF wallet_private.is_key(p_idempotency_key) IS NOT TRUE THEN
        PERFORM wallet_private.check_key(p_idempotency_key);
    END IF;
END
$$;
