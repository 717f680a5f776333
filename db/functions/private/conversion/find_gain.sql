CREATE OR REPLACE FUNCTION wallet_private.find_gain(
    p_from_asset_id integer, p_to_asset_id integer, p_from_amount numeric, p_to_amount numeric
) RETURNS text
LANGUAGE sql
VOLATILE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Finds a way back from p_to to p_from whose round trip with this rate gains. The way goes
    -- through each asset at most once. The products of what is given and of what is got are
    -- compared and not divided, so nothing is rounded.
    WITH RECURSIVE way AS (
        SELECT
            ARRAY[p_from_asset_id, p_to_asset_id] AS assets,
            p_from_amount AS given,
            p_to_amount AS got
        UNION ALL
        SELECT
            w.assets || r.to_asset_id,
            w.given * r.from_amount,
            w.got * r.to_amount
        FROM way AS w
        INNER JOIN wallet_private.conversion_rate AS r
            ON r.from_asset_id = w.assets[cardinality(w.assets)] AND r.replaced_at IS NULL
        WHERE w.assets[1] <> w.assets[cardinality(w.assets)]
            AND (r.to_asset_id = w.assets[1] OR r.to_asset_id <> ALL (w.assets))
    )
    SELECT (
        SELECT string_agg(a.code, ' -> ' ORDER BY s.position)
        FROM unnest(w.assets) WITH ORDINALITY AS s (asset_id, position)
        INNER JOIN wallet_private.asset AS a ON a.asset_id = s.asset_id
    )
    FROM way AS w
    WHERE w.assets[1] = w.assets[cardinality(w.assets)] AND w.got > w.given
    ORDER BY cardinality(w.assets)
    LIMIT 1
$$;
