CREATE OR REPLACE FUNCTION wallet_private.write_cursor(p_query text, p_place text) RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Writes where a page ended, and a digest of the query that it belongs to, in base64 that is
    -- safe in a URL. A page of events has 1000 of them: it is inlined, as it is no more than
    -- STABLE, which convert_to is; and replace is far quicker than translate.
    SELECT replace(replace(replace(replace(encode(convert_to(
        left(md5(p_query), 8) || p_place, 'UTF8'
    ), 'base64'), '+', '-'), '/', '_'), '=', ''), E'\n', '')
$$;
