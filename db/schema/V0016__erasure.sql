-- squawk-ignore-file ban-drop-constraint, ban-drop-not-null
-- Who a user is, and what requests wrote about him, can be erased. The ledger stays whole.

-- Before anything changes, so that a call that is under way has ended.
LOCK TABLE wallet_private.user_account, wallet_private.transfer IN ACCESS EXCLUSIVE MODE;

-- NULL in what is there already, so nothing is written anew: its hash covers the texts themselves.
ALTER TABLE wallet_private.transfer ADD COLUMN seal bytea;
COMMENT ON COLUMN wallet_private.transfer.seal
IS 'Salt of the digest of its texts, which the hash covers; once they are erased, the digest.';
ALTER TABLE wallet_private.transfer ALTER COLUMN actor DROP NOT NULL;
COMMENT ON COLUMN wallet_private.transfer.actor IS 'NULL: it was erased.';

ALTER TABLE wallet_private.user_account DROP CONSTRAINT user_account_status_is_known_check;
-- It allows what the one before allowed, and erased: no row needs to be looked at.
ALTER TABLE wallet_private.user_account ADD CONSTRAINT user_account_status_is_known_check
CHECK (status IN ('active', 'frozen', 'closed', 'erased')) NOT VALID;

-- An external id stays with its user until he is erased.
DROP TRIGGER user_account_refuse_external_id ON wallet_private.user_account;
CREATE TRIGGER user_account_refuse_external_id
BEFORE UPDATE OF external_id ON wallet_private.user_account
FOR EACH ROW
WHEN (
    old.external_id IS DISTINCT FROM new.external_id AND old.external_id IS NOT NULL
    AND new.status <> 'erased'
)
EXECUTE FUNCTION wallet_private.refuse_external_id();

-- A chain that an erasure made anew: hashes of an earlier release covered what was erased.
CREATE TABLE wallet_private.erased_chain (
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    seq bigint NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT erased_chain_pkey PRIMARY KEY (user_id, asset_id)
);
COMMENT ON COLUMN wallet_private.erased_chain.seq IS 'From this transfer on it was made anew.';

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX action_erase_user_idx ON wallet_private.action (subject) WHERE name = 'erase_user';

-- wallet_private.erase_texts sets this for as long as it runs.
CREATE OR REPLACE FUNCTION wallet_private.refuse_change() RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME IN ('transfer', 'action')
        AND current_setting('wallet.is_erasing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'history is append-only'
        USING ERRCODE = 'WA902',
            DETAIL = format('%s on %I.%I was refused.', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME),
            HINT = 'Correct a movement by another one: wallet.reverse or wallet.adjust.';
END
$$;

CREATE TRIGGER erased_chain_refuse_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_private.erased_chain
FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();
ALTER TABLE wallet_private.erased_chain ENABLE ALWAYS TRIGGER erased_chain_refuse_change;
