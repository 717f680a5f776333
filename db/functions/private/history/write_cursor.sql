CREATE OR REPLACE FUNCTION wallet_private.write_cursor(p_query text, p_place text) RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Writes where a page ended, and a digest of the query that it belongs to, in base64 that is
    -- safe in a URL.
    SELECT translate(encode(convert_to(
        left(md5(p_query), 8) || p_place, 'UTF8'
    ), 'base64'), E'+/=\n', '-_')
$$;
