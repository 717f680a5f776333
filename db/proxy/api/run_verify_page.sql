CREATE OR REPLACE FUNCTION wallet_private.run_verify_page(
    p_from uuid, p_limit integer, p_before uuid, p_since bigint
) RETURNS wallet.verify_page
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- One partition after the other. A user's id says which one he is in. A checkpoint of the cluster
-- is one in each partition.
DECLARE
    v_place integer := CASE WHEN p_from IS NULL THEN 0 ELSE wallet_private.place(p_from) END;
    v_checkpoint_ids bigint[] := wallet_private.find_checkpoint(0, p_since);
    v_page wallet.verify_page;
BEGIN
    IF p_before IS NOT NULL THEN
        PERFORM wallet_private.refuse_on_cluster('p_before of wallet.verify_page');
    END IF;
    IF p_since IS NOT NULL AND v_checkpoint_ids IS NULL THEN
        PERFORM wallet_private.refuse_as(
            'WA209', 'checkpoint not found', format('There is no checkpoint %s.', p_since), ''
        );
    END IF;
    v_page := wallet_private.verify_page(
        v_place, p_from, p_limit, NULL, v_checkpoint_ids[v_place + 1]
    );
    WHILE v_page.next_user_id IS NULL AND v_place < wallet_private.partitions() - 1 LOOP
        v_place := v_place + 1;
        v_page.next_user_id := wallet_private.first_user_id(v_place);
        -- Nobody is there, but its books are.
        IF v_page.next_user_id IS NULL THEN
            v_page.findings := v_page.findings || (
                wallet_private.verify_page(
                    v_place, NULL, p_limit, NULL, v_checkpoint_ids[v_place + 1]
                )
            ).findings;
        END IF;
    END LOOP;
    RETURN v_page;
END
$$;
