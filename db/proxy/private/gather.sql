CREATE OR REPLACE FUNCTION wallet_private.gather(
    p_place integer, p_code text, p_detail text, p_try integer, p_campaign text DEFAULT NULL
) RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A partition was short of something: by WA402 of an asset's cap, by WA403 of an item's stock, by
-- WA410 of a campaign's budget. This moves there what others have of it, so that the call can be
-- made once more. It returns the number of the next try, or -1 when all of them together have too
-- little. Then that is the last one: a copy of the same call may have had it meanwhile. What was
-- ever taken and what was ever given are the same once nothing is on its way. As long as something
-- is, or somebody makes it scarce or lifts the limit, nothing is known, and who is slow is helped.
DECLARE
    v_kind text := CASE p_code
        WHEN 'WA402' THEN 'supply' WHEN 'WA410' THEN 'budget' ELSE 'stock'
    END;
    v_words text[] := regexp_match(
        p_detail,
        CASE p_code
            WHEN 'WA402' THEN
                '^(?:Remote detail: )?\S+ (\S+) of the cap of \S+ is left to issue, (\S+) is needed'
            WHEN 'WA410' THEN '^The campaign (has) \S+ left, (\S+) is needed'
            ELSE '^(?:Remote detail: )?\S+ of item (\S+) are left, (\S+) are wanted'
        END
    );
    v_name text := coalesce(p_campaign, v_words[1]);
    v_needed numeric := v_words[2]::numeric;
    v_all record;
    v_donor record;
    v_move_id uuid;
    v_missing numeric;
    v_amount numeric;
BEGIN
    PERFORM pg_sleep(random() * least(0.005 * p_try, 0.1));
    SELECT
        sum(s.available) AS available, sum(s.taken) - sum(s.given) AS under_way,
        sum(s.available) FILTER (WHERE s.place = p_place) AS own,
        bool_or(s.available IS NULL) AS is_partly_lifted
    INTO v_all
    FROM wallet_private.all_see_share(v_kind, v_name) AS s;
    IF p_try > 300 THEN
        RETURN -1;
    ELSIF v_all.under_way <> 0 OR v_all.is_partly_lifted THEN
        PERFORM wallet_private.finish_moves(v_kind, v_name);
        RETURN p_try + 1;
    ELSIF v_all.available < v_needed THEN
        RETURN -1;
    END IF;

    v_missing := v_needed - v_all.own;
    FOR v_donor IN
        SELECT s.place FROM wallet_private.all_see_share(v_kind, v_name) AS s
        WHERE s.place <> p_place AND s.available > 0
        ORDER BY s.available DESC
    LOOP
        EXIT WHEN v_missing <= 0;
        v_move_id := gen_random_uuid();
        v_amount := wallet_private.take_share(
            v_donor.place, v_move_id, v_kind, v_name, v_missing, p_place
        );
        IF v_amount > 0 THEN
            PERFORM wallet_private.give_share(
                p_place, v_move_id, v_kind, v_name, v_amount, v_donor.place
            );
            v_missing := v_missing - v_amount;
        END IF;
    END LOOP;
    RETURN p_try + 1;
END
$$;
