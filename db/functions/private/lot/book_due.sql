CREATE OR REPLACE FUNCTION wallet_private.book_due(
    p_user_id uuid, p_asset_id integer, p_with_holds boolean DEFAULT true
) RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Books what has expired in a locked wallet, with an EXPIRE for each lot. Returns the instant at
-- which nothing is left to book. A movement of that instant uses nothing that has expired.
DECLARE
    v_now timestamptz;
    v_held numeric;
    v_due wallet_private.lot[];
    v_lot wallet_private.lot;
    v_transfer wallet_private.transfer;
BEGIN
    LOOP
        -- Each EXPIRE takes a microsecond of the wallet's time, in which more may expire.
        SELECT greatest(clock_timestamp(), w.moved_at + interval '1 microsecond'), w.held
        INTO v_now, v_held
        FROM wallet_private.wallet AS w
        WHERE w.user_id = p_user_id AND w.asset_id = p_asset_id;
        IF p_with_holds AND v_held > 0 THEN
            -- What is freed may repay a debt, and so take more of the wallet's time.
            CONTINUE WHEN wallet_private.expire_holds(p_user_id, p_asset_id, v_now) > 0;
        END IF;
        v_due := ARRAY(
            SELECT l FROM wallet_private.lot AS l
            WHERE l.user_id = p_user_id AND l.asset_id = p_asset_id AND l.is_open
                AND l.expires_at <= v_now AND l.remaining > l.held
            ORDER BY l.expires_at, l.lot_id
        );
        EXIT WHEN v_due = '{}';

        -- All stripes of a cap in their order: the movement that follows may need more than one.
        PERFORM wallet_private.lock_supply(a.asset_id) FROM wallet_private.asset AS a
        WHERE a.asset_id = p_asset_id AND a.supply IS NOT NULL;
        FOREACH v_lot IN ARRAY v_due LOOP
            v_transfer := wallet_private.new_transfer(
                'EXPIRE', p_user_id, p_asset_id, v_lot.held - v_lot.remaining, NULL, NULL,
                wallet_private.with_result(NULL, 'lots', jsonb_build_array(jsonb_build_object(
                    'lot', v_lot.lot_id, 'amount', v_lot.remaining - v_lot.held
                ))),
                NULL, NULL
            );
            v_transfer.created_at := v_now;
            PERFORM wallet_private.post(v_transfer);
        END LOOP;
    END LOOP;
    RETURN v_now;
END
$$;
