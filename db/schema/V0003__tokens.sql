-- Tokens can be cut off, and an external id is for ever its user's.
ALTER TABLE wallet_private.user_account ADD COLUMN tokens_revoked_at timestamptz;
COMMENT ON COLUMN wallet_private.user_account.tokens_revoked_at
IS 'Tokens issued before it count no more; NULL: it never happened.';

CREATE TYPE wallet.token_state AS (
    user_id uuid,
    external_id text,
    status text,
    tokens_revoked_at timestamptz
);

CREATE TYPE wallet.user_key AS (
    external_id text,
    user_id uuid
);

-- So whoever has looked an external id up may remember the user for as long as he likes.
CREATE FUNCTION wallet_private.refuse_external_id() RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'an external id stays with its user'
        USING ERRCODE = 'WA310',
            DETAIL = format('User %s has the external id %s.', old.user_id, old.external_id),
            HINT = 'Make another user for another id.';
END
$$;

CREATE TRIGGER user_account_refuse_external_id
BEFORE UPDATE OF external_id ON wallet_private.user_account
FOR EACH ROW
WHEN (old.external_id IS DISTINCT FROM new.external_id AND old.external_id IS NOT NULL)
EXECUTE FUNCTION wallet_private.refuse_external_id();
