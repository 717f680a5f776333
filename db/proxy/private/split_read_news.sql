CREATE OR REPLACE FUNCTION wallet_private.split_read_news(
    p_at integer[], p_readers integer[], p_user_ids uuid[], p_assets text[], p_seqs bigint[]
) RETURNS SETOF wallet.news
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; SPLIT p_at, p_readers, p_user_ids, p_assets, p_seqs; RUN ON p_at;
    SELECT r.* FROM wallet.read_news(p_readers, p_user_ids, p_assets, p_seqs) AS r;
$$;
