-- What _history.sql makes, settled as if each transfer's transaction had ended long ago (a test's
-- own is still under way), pg_temp.settle for more of that, and pg_temp.read, which follows a
-- subscription page by page.
\ir _history.sql

CREATE PROCEDURE pg_temp.settle()
LANGUAGE plpgsql
AS $$
BEGIN
    CALL pg_temp.unlock();
    UPDATE wallet_private.transfer AS t SET feed_position = o.position
    FROM (
        SELECT
            s.user_id, s.asset_id, s.seq,
            2 + row_number() OVER (ORDER BY s.created_at, s.asset_id) AS position
        FROM wallet_private.transfer AS s
    ) AS o
    WHERE t.user_id = o.user_id AND t.asset_id = o.asset_id AND t.seq = o.seq
        AND t.feed_position IS NOT NULL;
    UPDATE wallet_private.wallet AS w SET feed_position = (
        SELECT max(t.feed_position) FROM wallet_private.transfer AS t
        WHERE t.user_id = w.user_id AND t.asset_id = w.asset_id
    );
    CALL pg_temp.lock();
END
$$;

CREATE FUNCTION pg_temp.read(p_subscription text, p_limit integer)
RETURNS SETOF wallet.event
LANGUAGE plpgsql
AS $$
DECLARE
    v_page wallet.event_page;
    v_cursor text;
BEGIN
    LOOP
        v_page := wallet.read_events(p_subscription, p_limit, v_cursor);
        RETURN QUERY SELECT e.* FROM unnest(v_page.events) AS e;
        EXIT WHEN v_page.is_last;
        v_cursor := v_page.next_cursor;
    END LOOP;
END
$$;

CALL pg_temp.settle();
