CREATE OR REPLACE FUNCTION wallet_private.run_read_news(
    p_readers integer[], p_user_ids uuid[], p_assets text[], p_seqs bigint[]
) RETURNS SETOF wallet.news
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Readers whose partition is away are cut off. Who comes back is told why.
DECLARE
    v_places integer[] := ARRAY(
        SELECT uuid_hash(u.user_id) & (wallet_private.partitions() - 1)
        FROM unnest(p_user_ids) WITH ORDINALITY AS u (user_id, ord)
        ORDER BY u.ord
    );
    v_place integer;
    v_ords integer[];
    v_news wallet.news[];
BEGIN
    BEGIN
        v_news := ARRAY(
            SELECT n FROM wallet_private.split_read_news(
                v_places, p_readers, p_user_ids, p_assets, p_seqs
            ) AS n
        );
    EXCEPTION
        WHEN OTHERS THEN
            IF NOT wallet_private.is_away(SQLSTATE, SQLERRM) THEN
                RAISE;
            END IF;
    END;
    IF v_news IS NOT NULL THEN
        RETURN QUERY SELECT n.* FROM unnest(v_news) AS n;
        RETURN;
    END IF;
    FOR v_place, v_ords IN
        SELECT p.place, array_agg(p.ord) FROM unnest(v_places) WITH ORDINALITY AS p (place, ord)
        GROUP BY p.place
    LOOP
        BEGIN
            RETURN QUERY
            SELECT n.* FROM wallet_private.read_news(
                v_place,
                ARRAY(SELECT p_readers[o.ord] FROM unnest(v_ords) AS o (ord)),
                ARRAY(SELECT p_user_ids[o.ord] FROM unnest(v_ords) AS o (ord)),
                ARRAY(SELECT p_assets[o.ord] FROM unnest(v_ords) AS o (ord)),
                ARRAY(SELECT p_seqs[o.ord] FROM unnest(v_ords) AS o (ord))
            ) AS n;
        EXCEPTION
            WHEN OTHERS THEN
                IF NOT wallet_private.is_away(SQLSTATE, SQLERRM) THEN
                    RAISE;
                END IF;
                RETURN QUERY
                SELECT DISTINCT
                    p_readers[o.ord], true, NULL::text, NULL::bigint, NULL::numeric,
                    NULL::wallet.event[]
                FROM unnest(v_ords) AS o (ord);
        END;
    END LOOP;
END
$$;
