-- What the scripts share: a batch of spends, built by the server for pgwallet and the floor alike.
-- The n-th user's id is md5(n). Where p_step has no factor in common with p_users, the users of a
-- batch differ; p_step 0 makes all of them the same one.
CREATE SCHEMA bench;
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
INSERT INTO wallet_private.user_account (user_id)
SELECT md5(n::text)::uuid FROM generate_series(1, :users) AS n;
