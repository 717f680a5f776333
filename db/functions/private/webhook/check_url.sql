CREATE OR REPLACE FUNCTION wallet_private.check_url(p_url text) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Whether it leads to an address that may be asked is seen when it is asked.
BEGIN
    IF p_url !~ '^https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?][!-~]*)?$'
        OR p_url ~ '#' OR length(p_url) > 2048 THEN
        RAISE EXCEPTION 'a url is malformed'
            USING ERRCODE = 'WA125',
                DETAIL = format('There is no webhook at %s.', left(quote_literal(p_url), 100)),
                HINT = 'Give an absolute https URL without a login and a fragment.';
    END IF;
END
$$;
