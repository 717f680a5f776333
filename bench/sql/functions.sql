-- What the scripts call. The n-th user's id is md5(n).
CREATE SCHEMA bench;

-- A batch of spends, built by the server for pgwallet and the floor alike. Where p_step has no
-- factor in common with p_users, its users differ; p_step 0 makes all of them the same one.
CREATE FUNCTION bench.requests(
    p_start bigint, p_step bigint, p_size bigint, p_users bigint, p_key bigint
) RETURNS wallet.request[]
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
    SELECT array_agg(ROW(
        md5(((p_start + i * p_step) % p_users + 1)::text)::uuid, 'SPEND', 'SILVER', 1,
        md5(p_key::text || '.' || i), NULL, NULL
    )::wallet.request)
    FROM generate_series(1, p_size) AS i
$$;

-- The floor's two writes in a function like wallet.spend, for what PL/pgSQL itself costs.
CREATE FUNCTION bench.spend(
    p_user_id uuid, p_asset_id integer, p_amount numeric, p_idempotency_key text
) RETURNS wallet.receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_transaction_id uuid := uuidv7();
    v_seq bigint;
    v_created_at timestamptz;
    v_balance numeric;
    v_hash bytea;
BEGIN
    UPDATE wallet_private.wallet AS w
    SET balance = w.balance - p_amount, seq = w.seq + 1, moved_at = clock_timestamp(),
        head = sha256(w.head)
    WHERE w.user_id = p_user_id AND w.asset_id = p_asset_id AND w.balance - w.held >= p_amount
    RETURNING w.seq, w.moved_at, w.balance, w.head
    INTO v_seq, v_created_at, v_balance, v_hash;
    INSERT INTO wallet_private.transfer (
        user_id, transaction_id, seq, created_at, asset_id, leg, kind, amount, balance_after,
        idempotency_key, actor, hash, feed_position
    ) VALUES (
        p_user_id, v_transaction_id, v_seq, v_created_at, p_asset_id, 1, 'SPEND', -p_amount,
        v_balance, p_idempotency_key, 'postgres', v_hash, txid_current()
    );
    RETURN ROW(
        v_transaction_id, 'SPEND', p_user_id, 'SILVER', p_amount, v_balance, NULL, NULL,
        v_created_at, false
    )::wallet.receipt;
END
$$;
ALTER FUNCTION bench.spend(uuid, integer, numeric, text) OWNER TO wallet_owner;

-- A spend of more than anybody has; a client of pgbench would end with the refusal.
CREATE FUNCTION bench.refused_spend(p_user_id uuid, p_key text) RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM wallet.spend(p_user_id, 'SILVER', 1000000000000, p_key);
    RETURN false;
EXCEPTION
    WHEN SQLSTATE 'WA401' THEN
        RETURN true;
END
$$;
