CREATE OR REPLACE FUNCTION wallet_private.uuid_before(p_uuid uuid) RETURNS uuid
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Finds the uuid that sorts just before another one. It subtracts 1 from the last byte, and borrows
-- from the byte before while a byte is 0.
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
