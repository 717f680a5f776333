CREATE OR REPLACE FUNCTION wallet.read_news(
    p_readers integer[], p_user_ids uuid[], p_assets text[], p_seqs bigint[]
) RETURNS SETOF wallet.news
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH known AS (
        SELECT k.reader, k.user_id, k.asset, k.seq
        FROM unnest(p_readers, p_user_ids, p_assets, p_seqs) AS k (reader, user_id, asset, seq)
    ), reader AS (
        SELECT k.reader, k.user_id, bool_or(k.asset IS NULL AND k.seq IS NULL) AS is_new
        FROM known AS k
        GROUP BY k.reader, k.user_id
    )
    SELECT
        r.reader, false, a.code, w.seq, trim_scale(w.balance)::numeric,
        CASE WHEN r.is_new THEN '{}' ELSE ARRAY(
            SELECT wallet_private.to_event(t, a.code, NULL)
            FROM wallet_private.transfer AS t
            WHERE t.user_id = w.user_id AND t.asset_id = w.asset_id
                AND t.seq > greatest(coalesce(k.seq, 0), w.seq - 100)
            ORDER BY t.seq
        ) END
    FROM reader AS r
    INNER JOIN wallet_private.wallet AS w ON w.user_id = r.user_id
    INNER JOIN wallet_private.asset AS a ON a.asset_id = w.asset_id
    LEFT JOIN known AS k ON k.reader = r.reader AND k.asset = a.code
    WHERE r.is_new OR w.seq <> coalesce(k.seq, 0);

    RETURN QUERY
    SELECT r.reader, true, NULL::text, NULL::bigint, NULL::numeric, NULL::wallet.event[]
    FROM (SELECT DISTINCT k.reader, k.user_id FROM unnest(p_readers, p_user_ids) AS k (
        reader, user_id
    )) AS r
    LEFT JOIN wallet_private.user_account AS u ON u.user_id = r.user_id
    WHERE u.status IS DISTINCT FROM 'active'
        OR u.tokens_revoked_at > clock_timestamp() - interval '10 seconds';
END
$$;

COMMENT ON FUNCTION wallet.read_news(integer[], uuid[], text[], bigint[]) IS
'What is new for many readers at once, each of a user''s wallets: what has another seq than the one
that the reader knows. Each reader has a line for each asset that it knows; and one without an
asset, with seq 0, or NULL for a reader that wants to know how the wallets stand first.
Returns: wallet.news for each wallet: its seq and balance, and its last events, 100 at most, behind
what is known; is_cut_off for a reader whose account is not active or whose tokens were just revoked.
Locks: nothing.
Raises: nothing.';
