CREATE OR REPLACE FUNCTION wallet_private.find_open_hold(p_user_id uuid, p_hold_id uuid)
RETURNS wallet_private.hold
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The caller has locked the hold's wallet, so the hold stays as it is.
DECLARE
    v_hold wallet_private.hold := wallet_private.find_hold(p_user_id, p_hold_id);
BEGIN
    IF v_hold.status <> 'open' OR v_hold.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'the hold is closed'
            USING ERRCODE = 'WA307',
                DETAIL = format(
                    'Hold %s was %s on %s.', p_hold_id,
                    CASE v_hold.status WHEN 'open' THEN 'expired' ELSE v_hold.status END,
                    coalesce(v_hold.closed_at, v_hold.expires_at)
                ),
                HINT = 'Place a new hold.';
    END IF;
    RETURN v_hold;
END
$$;
