CREATE OR REPLACE FUNCTION wallet_private.new_transfer(
    p_kind text,
    p_user_id uuid,
    p_asset_id integer,
    p_amount numeric,
    p_idempotency_key text,
    p_reference text,
    p_details jsonb,
    p_metadata jsonb,
    p_actor text
) RETURNS wallet_private.transfer
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Makes a transfer as it is asked for. post fills in seq, balance_after, hash, its place in
    -- the feed and its seal.
    SELECT ROW(
        p_user_id, wallet_private.transaction_id(), NULL, clock_timestamp(), p_asset_id, 1, p_kind,
        p_amount, NULL, 'TREASURY', p_idempotency_key, p_reference, p_details, p_metadata,
        coalesce(p_actor, session_user), NULL, NULL, NULL
    )::wallet_private.transfer
$$;
