CREATE OR REPLACE FUNCTION wallet_private.check_key(p_idempotency_key text) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    IF wallet_private.is_key(p_idempotency_key) IS NOT TRUE THEN
        RAISE EXCEPTION 'the idempotency key is missing or malformed'
            USING ERRCODE = 'WA104',
                DETAIL = format(
                    'The key has %s characters.', coalesce(length(p_idempotency_key), 0)
                ),
                HINT = 'Give each intent its own key of 1 to 255 printable ASCII characters, and '
                    'the same key again when you retry it.';
    END IF;
END
$$;
