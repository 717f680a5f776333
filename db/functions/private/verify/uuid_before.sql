CREATE OR REPLACE FUNCTION wallet_private.uuid_before(p_uuid uuid) RETURNS uuid
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- The uuid that sorts just before another one: 1 less, with the borrow.
DECLARE
    v_bytes bytea := uuid_send(p_uuid);
BEGIN
    FOR v_index IN REVERSE 15..0 LOOP
        IF get_byte(v_bytes, v_index) > 0 THEN
            v_bytes := set_byte(v_bytes, v_index, get_byte(v_bytes, v_index) - 1);
            EXIT;
        END IF;
        v_bytes := set_byte(v_bytes, v_index, 255);
    END LOOP;
    RETURN encode(v_bytes, 'hex')::uuid;
END
$$;
