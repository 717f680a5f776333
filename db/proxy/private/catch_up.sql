CREATE OR REPLACE FUNCTION wallet_private.catch_up(p_place integer) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Puts the catalogue of partition 0 into another one.
DECLARE
    v_behind integer[] := current_setting('pgwallet.behind')::integer[];
BEGIN
    PERFORM wallet_private.note_copies(
        0,
        ARRAY[p_place],
        wallet_private.put_catalogue(p_place, wallet_private.get_catalogue(0))
    );
    PERFORM set_config('pgwallet.behind', array_remove(v_behind, p_place)::text, false);
EXCEPTION
    WHEN OTHERS THEN
        PERFORM wallet_private.refuse_away(SQLERRM);
END
$$;
