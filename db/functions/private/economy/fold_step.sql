CREATE OR REPLACE FUNCTION wallet_private.fold_step(
    p_place wallet_private.feed_place, p_limit integer
) RETURNS wallet_private.fold_step
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Counts the next p_limit transfers behind a place in the feed. At position 0 newer ones stand
-- among them, whose turn comes later, and those that were brought over, which were counted then.
DECLARE
    v_is_older boolean := p_place.feed_position = 0;
    v_scanned wallet_private.transfer[] := ARRAY(
        SELECT f FROM wallet_private.scan_feed(p_place, p_limit) AS f
    );
    v_last wallet_private.transfer := v_scanned[cardinality(v_scanned)];
    v_is_over boolean := cardinality(v_scanned) < p_limit;
    v_counted wallet_private.transfer[] := v_scanned;
BEGIN
    IF v_is_older THEN
        v_counted := ARRAY(
            SELECT t FROM unnest(v_scanned) AS t
            WHERE t.feed_position IS NULL AND NOT wallet_private.is_imported(t)
        );
    END IF;
    IF v_is_over AND v_is_older THEN
        p_place := ROW(1, '00000000-0000-0000-0000-000000000000', 0, 0);
    ELSIF v_last.user_id IS NOT NULL THEN
        p_place := ROW(
            CASE WHEN v_is_older THEN 0 ELSE v_last.feed_position END, v_last.user_id,
            v_last.asset_id, v_last.seq
        );
    END IF;
    RETURN ROW(
        p_place,
        ARRAY(SELECT d FROM wallet_private.count_days(v_counted) AS d),
        cardinality(v_scanned),
        v_is_over AND NOT v_is_older,
        ARRAY(SELECT s FROM wallet_private.count_spread(v_counted) AS s)
    )::wallet_private.fold_step;
END
$$;
