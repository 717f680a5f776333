CREATE OR REPLACE FUNCTION wallet_private.ready_place(p_place integer) RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A partition, once it has the catalogue as it is: one that was away when it changed catches up
-- first. Each session asks partition 0 once a second who lacks what. No change can be made while
-- partition 0 is away, so then nobody lacks more than is known.
DECLARE
    v_now double precision := EXTRACT(EPOCH FROM clock_timestamp());
    v_behind integer[];
BEGIN
    IF v_now > coalesce(nullif(current_setting('pgwallet.ask_again', true), ''), '0')::float THEN
        PERFORM set_config('pgwallet.ask_again', (v_now + 1)::text, false);
        BEGIN
            v_behind := wallet_private.list_behind(0);
            PERFORM set_config('pgwallet.behind', v_behind::text, false);
        EXCEPTION
            WHEN OTHERS THEN
                PERFORM set_config('pgwallet.ask_again', (v_now + 10)::text, false);
        END;
    END IF;
    IF p_place = ANY (
        coalesce(nullif(current_setting('pgwallet.behind', true), ''), '{}')::integer[]
    ) THEN
        PERFORM wallet_private.catch_up(p_place);
    END IF;
    RETURN p_place;
END
$$;
