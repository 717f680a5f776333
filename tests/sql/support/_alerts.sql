-- What _feed.sql makes. pg_temp.alert makes an alert, as if it had been there when what moves from
-- now on was made; pg_temp.look settles what has moved, and says which alerts that raised.
\ir _feed.sql

CREATE FUNCTION pg_temp.alert(p_arguments text) RETURNS wallet.alert
LANGUAGE plpgsql
AS $$
DECLARE
    v_alert wallet.alert;
BEGIN
    CALL pg_temp.settle();
    EXECUTE 'SELECT * FROM wallet.create_alert(' || p_arguments || ')' INTO v_alert;
    UPDATE wallet_private.alert SET feed_position = 0;
    UPDATE wallet_private.alert_feed SET place = ROW(
        (SELECT max(t.feed_position) FROM wallet_private.transfer AS t),
        'ffffffff-ffff-ffff-ffff-ffffffffffff', 0, 0
    );
    RETURN v_alert;
END
$$;

CREATE FUNCTION pg_temp.look(p_limit integer DEFAULT 10000) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    v_last bigint := (SELECT max(e.seq) FROM wallet_private.alert_event AS e);
BEGIN
    CALL pg_temp.settle();
    LOOP
        EXIT WHEN (wallet.check_alerts(p_limit)).is_last;
    END LOOP;
    UPDATE wallet_private.alert_event AS e
    SET feed_position = (SELECT max(t.feed_position) FROM wallet_private.transfer AS t)
    WHERE v_last IS NULL OR e.seq > v_last;
    RETURN (
        SELECT string_agg(
            concat_ws(' ', e.alert, u.external_id, trim_scale(e.value)), ', ' ORDER BY e.seq
        )
        FROM wallet_private.alert_event AS e
        LEFT JOIN wallet_private.user_account AS u ON u.user_id = e.user_id
        WHERE v_last IS NULL OR e.seq > v_last
    );
END
$$;
