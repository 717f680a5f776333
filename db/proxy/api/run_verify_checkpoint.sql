CREATE OR REPLACE FUNCTION wallet_private.run_verify_checkpoint(
    p_checkpoint_id bigint, p_root text
) RETURNS SETOF wallet.finding
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The roots of all partitions, computed anew, make the root; then each looks at its history.
DECLARE
    v_checkpoint_ids bigint[];
    v_roots text[];
    v_found text := 'no such checkpoint';
BEGIN
    IF p_checkpoint_id IS NULL OR p_root IS NULL THEN
        RETURN QUERY
        SELECT f.* FROM wallet_private.verify_checkpoint(0, p_checkpoint_id, p_root) AS f;
    END IF;
    v_checkpoint_ids := wallet_private.find_checkpoint(0, p_checkpoint_id);
    IF v_checkpoint_ids IS NOT NULL THEN
        v_roots := ARRAY(
            SELECT wallet_private.root_again(c.ord::integer - 1, c.checkpoint_id)
            FROM unnest(v_checkpoint_ids) WITH ORDINALITY AS c (checkpoint_id, ord)
            ORDER BY c.ord
        );
        v_found := wallet_private.root_of_roots(v_roots);
    END IF;
    IF v_found <> p_root THEN
        RETURN QUERY
        SELECT
            'root is that of the checkpoint', format('checkpoint %s', p_checkpoint_id), p_root,
            v_found;
    END IF;
    RETURN QUERY
    SELECT f.*
    FROM unnest(v_checkpoint_ids, v_roots) WITH ORDINALITY AS c (checkpoint_id, root, ord)
    CROSS JOIN LATERAL wallet_private.verify_checkpoint(
        c.ord::integer - 1, c.checkpoint_id, c.root
    ) AS f;
END
$$;
