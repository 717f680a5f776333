CREATE OR REPLACE FUNCTION wallet_private.refuse_on_cluster(p_what text) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION 'this is not allowed here'
        USING ERRCODE = 'WA502',
            DETAIL = format('%s can''t be had on a cluster of partitions.', p_what),
            HINT = 'Use a wallet that is one database.';
END
$$;
