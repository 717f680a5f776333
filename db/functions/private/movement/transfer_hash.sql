CREATE OR REPLACE FUNCTION wallet_private.transfer_hash(
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
    p_created_at timestamptz
) RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Hashes a transfer together with the hash before it. The text form of a row quotes its fields,
    -- so no two different transfers have the same.
    SELECT sha256(p_previous || convert_to(ROW(
        p_user_id, p_asset_id, p_seq, p_transaction_id, p_leg, p_kind, p_amount, p_balance_after,
        p_counterparty, p_idempotency_key, p_reference, p_details, p_metadata, p_actor,
        EXTRACT(EPOCH FROM p_created_at)
    )::wallet_private.hashed::text, 'UTF8'))
$$;
