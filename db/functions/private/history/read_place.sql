CREATE OR REPLACE FUNCTION wallet_private.read_place(
    p_query text, p_cursor text, p_user_id uuid, p_asset text
) RETURNS jsonb
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Finds the place in a user's history where a page begins: for each asset_id, the seq of the newest
-- transfer that no page has shown yet. What is appended while a user turns pages is in none of
-- them.
DECLARE
    v_asset_id integer := CASE
        WHEN p_asset IS NOT NULL THEN (wallet_private.find_asset(p_asset)).asset_id
    END;
    v_pair CONSTANT text := '"(0|[1-9][0-9]{0,8})": (0|[1-9][0-9]{0,17})';
    v_place text := wallet_private.read_cursor(
        p_query, p_cursor, format('^\{%1$s(, %1$s)*\}$', v_pair)
    );
BEGIN
    PERFORM wallet_private.find_user(p_user_id);
    RETURN coalesce(v_place::jsonb, (
        SELECT jsonb_object_agg(w.asset_id, w.seq)
        FROM wallet_private.wallet AS w
        WHERE w.user_id = p_user_id
            AND w.seq > 0
            AND (v_asset_id IS NULL OR w.asset_id = v_asset_id)
    ));
END
$$;
