CREATE OR REPLACE FUNCTION wallet_private.refuse_as(
    p_code text, p_message text, p_detail text, p_hint text
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Raises an error; a part that is empty it does not have.
BEGIN
    IF p_detail = '' AND p_hint = '' THEN
        RAISE EXCEPTION USING ERRCODE = p_code, MESSAGE = p_message;
    ELSIF p_hint = '' THEN
        RAISE EXCEPTION USING ERRCODE = p_code, MESSAGE = p_message, DETAIL = p_detail;
    ELSIF p_detail = '' THEN
        RAISE EXCEPTION USING ERRCODE = p_code, MESSAGE = p_message, HINT = p_hint;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = p_code, MESSAGE = p_message, DETAIL = p_detail, HINT = p_hint;
END
$$;
