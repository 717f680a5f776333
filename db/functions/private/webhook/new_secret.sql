CREATE OR REPLACE FUNCTION wallet_private.new_secret(p_secret text) RETURNS text
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The one given, or one at random.
DECLARE
    v_key bytea;
BEGIN
    IF p_secret IS NULL THEN
        RETURN 'whsec_' || encode(
            sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'
        );
    END IF;
    IF p_secret ~ '^whsec_([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$' THEN
        v_key := decode(substr(p_secret, 7), 'base64');
    END IF;
    IF v_key IS NULL OR length(v_key) NOT BETWEEN 24 AND 64 THEN
        RAISE EXCEPTION 'a secret is malformed'
            USING ERRCODE = 'WA126',
                DETAIL = 'A secret is whsec_ and 24 to 64 bytes in base64.',
                HINT = 'Give none, and a good one is made.';
    END IF;
    RETURN p_secret;
END
$$;
