CREATE OR REPLACE FUNCTION wallet_private.run_list_webhook_failures(
    p_subscription text, p_limit integer, p_cursor text
) RETURNS SETOF wallet.webhook_failure
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- One partition after the other. A cursor has the number of its partition before a dot.
DECLARE
    v_words text[] := regexp_match(p_cursor, '^([0-9]{1,4})\.(.*)$');
    v_place integer := coalesce(v_words[1]::integer, 0);
    v_cursor text := nullif(v_words[2], '');
    v_limit integer := coalesce(p_limit, 50);
    v_left integer := v_limit;
    v_page wallet.webhook_failure[];
    v_failures wallet.webhook_failure[] := '{}';
    v_next text;
BEGIN
    IF (p_cursor IS NOT NULL AND v_words IS NULL) OR v_place >= wallet_private.partitions() THEN
        v_place := 0;
        v_cursor := p_cursor || '.';  -- a partition refuses that
    END IF;
    WHILE v_next IS NULL AND v_place < wallet_private.partitions() LOOP
        -- When the page is full, one more shows whether there is another page.
        v_page := ARRAY(
            SELECT f FROM wallet_private.list_webhook_failures(
                v_place, p_subscription,
                CASE WHEN v_left = 0 AND v_limit > 0 THEN 1 ELSE v_left END, v_cursor
            ) AS f
        );
        IF v_left = 0 THEN
            v_next := CASE WHEN cardinality(v_page) > 0 THEN v_place || '.' END;
        ELSE
            v_failures := v_failures || v_page;
            v_left := v_limit - cardinality(v_failures);
            v_next := v_place || '.' || v_page[cardinality(v_page)].cursor;
        END IF;
        v_place := v_place + 1;
        v_cursor := NULL;
    END LOOP;
    IF v_next IS NOT NULL THEN
        v_failures[v_limit].cursor := v_next;
    END IF;
    RETURN QUERY SELECT f.* FROM unnest(v_failures) AS f;
END
$$;
