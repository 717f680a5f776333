CREATE OR REPLACE FUNCTION wallet_private.new_transfer(
    p_kind text,
    p_user_id uuid,
    p_idempotency_key text,
    p_reference text,
    p_details jsonb,
    p_metadata jsonb,
    p_actor text
) RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_transfer wallet_private.transfer;
BEGIN
    IF p_user_id IS NULL THEN
        PERFORM wallet_private.check_given('user_id', p_user_id);
    END IF;
    IF p_idempotency_key IS NULL OR length(p_idempotency_key) > 255
        OR p_idempotency_key !~ '^[!-~]([ -~]*[!-~])?$' THEN
        RAISE EXCEPTION 'the idempotency key is missing or malformed'
            USING ERRCODE = 'WA104',
                DETAIL = format(
                    'The key has %s characters.', coalesce(length(p_idempotency_key), 0)
                ),
                HINT = 'Give each intent its own key of 1 to 255 printable ASCII characters, and '
                    'the same key again when you retry it.';
    END IF;
    IF p_reference IS NOT NULL THEN
        PERFORM wallet_private.check_text('reference', p_reference);
    END IF;
    IF p_actor IS NOT NULL THEN
        PERFORM wallet_private.check_text('actor', p_actor);
    END IF;
    IF jsonb_typeof(p_metadata) <> 'object' OR octet_length(p_metadata::text) > 8192 THEN
        RAISE EXCEPTION 'metadata has to be a small object'
            USING ERRCODE = 'WA111',
                DETAIL = format(
                    'It is of type %s and has %s bytes of 8192.',
                    jsonb_typeof(p_metadata), octet_length(p_metadata::text)
                ),
                HINT = 'Keep large data elsewhere and put its id here.';
    END IF;
    v_transfer.user_id := p_user_id;
    v_transfer.transaction_id := wallet_private.transaction_id();
    v_transfer.created_at := clock_timestamp();
    v_transfer.leg := 1;
    v_transfer.kind := p_kind;
    v_transfer.counterparty := 'TREASURY';
    v_transfer.idempotency_key := p_idempotency_key;
    v_transfer.reference := p_reference;
    v_transfer.details := p_details;
    v_transfer.metadata := p_metadata;
    v_transfer.actor := coalesce(p_actor, session_user);
    RETURN v_transfer;
END
$$;
