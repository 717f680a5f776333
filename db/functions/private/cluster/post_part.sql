CREATE OR REPLACE FUNCTION wallet_private.post_part(
    p_requests wallet.request[], p_actors text[], p_ords integer[], p_expires_at timestamptz[]
) RETURNS SETOF wallet.batch_result
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    -- This partition's part of a batch. Each answer has the place of its request in the whole.
    SELECT
        p_ords[b.ord], b.transaction_id, b.kind, b.user_id, b.asset, b.amount, b.balance,
        b.reference, b.metadata, b.created_at, b.is_replay, b.code, b.message, b.detail, b.hint
    FROM wallet.post_batch(p_requests, NULL, p_actors, p_expires_at) AS b
$$;
