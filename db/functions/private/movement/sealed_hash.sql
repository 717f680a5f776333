CREATE OR REPLACE FUNCTION wallet_private.sealed_hash(
    p_previous bytea,
    p_user_id uuid,
    p_asset_id integer,
    p_seq bigint,
    p_transaction_id uuid,
    p_leg smallint,
    p_kind text,
    p_amount numeric,
    p_balance_after numeric,
    p_counterparty text,
    p_idempotency_key text,
    p_reference text,
    p_details jsonb,
    p_metadata jsonb,
    p_actor text,
    p_created_at timestamptz,
    p_seal bytea
) RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Hashes a transfer. If it has a seal, the digest of what its request wrote stands for that, in
    -- the place of the reference. Then there is no actor, whom every other transfer has: so no
    -- transfer with a seal has the hash of one without. A seal of 32 bytes is the digest itself.
    SELECT wallet_private.transfer_hash(
        p_previous, p_user_id, p_asset_id, p_seq, p_transaction_id, p_leg, p_kind, p_amount,
        p_balance_after, p_counterparty, p_idempotency_key,
        CASE
            WHEN p_seal IS NULL THEN p_reference
            WHEN octet_length(p_seal) = 32 THEN encode(p_seal, 'hex')
            ELSE wallet_private.text_digest(
                p_seal, p_reference, p_details, p_metadata, p_actor
            )
        END,
        CASE WHEN p_seal IS NULL THEN p_details ELSE p_details - 'reason' END,
        CASE WHEN p_seal IS NULL THEN p_metadata END,
        CASE WHEN p_seal IS NULL THEN p_actor END,
        p_created_at
    )
$$;
