CREATE OR REPLACE FUNCTION wallet_private.any_place() RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A partition that answers and has the catalogue as it is, beginning with one by chance.
DECLARE
    v_size integer := wallet_private.partitions();
    v_first integer := floor(random() * v_size);
    v_place integer;
BEGIN
    FOR v_try IN 0..v_size - 1 LOOP
        BEGIN
            v_place := wallet_private.ready_place((v_first + v_try) & (v_size - 1));
            PERFORM wallet_private.here(v_place);
            RETURN v_place;
        EXCEPTION
            WHEN OTHERS THEN
                IF v_try = v_size - 1 THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
END
$$;
