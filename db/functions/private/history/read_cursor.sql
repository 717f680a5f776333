CREATE OR REPLACE FUNCTION wallet_private.read_cursor(
    p_query text, p_cursor text, p_pattern text
) RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Reads the place that write_cursor wrote; it has to match p_pattern. Returns NULL for no cursor.
DECLARE
    v_base64 text := translate(p_cursor, '-_', '+/');
    v_text text;
BEGIN
    IF p_cursor IS NULL THEN
        RETURN NULL;
    END IF;
    IF length(p_cursor) < 100000 AND p_cursor ~ '^[A-Za-z0-9_-]+$'
        AND length(p_cursor) % 4 <> 1 THEN
        v_text := encode(
            decode(rpad(v_base64, (length(v_base64) + 3) / 4 * 4, '='), 'base64'), 'escape'
        );
        IF wallet_private.write_cursor(p_query, substr(v_text, 9)) = p_cursor
            AND substr(v_text, 9) ~ p_pattern THEN
            RETURN substr(v_text, 9);
        END IF;
    END IF;
    RAISE EXCEPTION 'the cursor is malformed or of another query'
        USING ERRCODE = 'WA108',
            DETAIL = format(
                'Cursor %s does not continue this query.', left(quote_literal(p_cursor), 40)
            ),
            HINT = 'Give the next_cursor of the page before, with the same filters.';
END
$$;
