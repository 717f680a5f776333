-- What the hash of a transfer covers beside the hash before it: a row of this type, as text. It is
-- the text that a ROW(...) without a type has too, but an expression of a named type is set up with
-- less work, and each movement sets one up.
CREATE TYPE wallet_private.hashed AS (
    user_id uuid,
    asset_id integer,
    seq bigint,
    transaction_id uuid,
    leg smallint,
    kind text,
    amount numeric,
    balance_after numeric,
    counterparty text,
    idempotency_key text,
    reference text,
    details jsonb,
    metadata jsonb,
    actor text,
    created_at numeric
);
COMMENT ON TYPE wallet_private.hashed
IS 'What a transfer''s hash covers, as text. Old hashes were made of it: never change it.';
COMMENT ON COLUMN wallet_private.hashed.created_at
IS 'In seconds since 1970, which no setting of a session changes.';
