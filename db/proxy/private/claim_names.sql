CREATE OR REPLACE FUNCTION wallet_private.claim_names(
    p_claim_id uuid, p_external_id text, p_name text, p_email text, p_phone text
) RETURNS TABLE (place integer, holder uuid)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Takes the names of a user who is about to be made. Returns the partition to make him in: one by
-- chance, or, if a name is taken, that of the user who has it, and this user. There its own indexes
-- refuse it. The order is that of wallet_private.claim_many.
DECLARE
    v_place integer := wallet_private.any_place();
    v_holder uuid;
    v_name record;
    v_holders jsonb := '{}';
BEGIN
    PERFORM wallet_private.check_claim(v_place, p_external_id, p_name, p_email, p_phone);
    FOR v_name IN
        SELECT n.kind, n.name
        FROM (VALUES
            ('email', lower(p_email)), ('external_id', p_external_id)
        ) AS n (kind, name)
        WHERE n.name IS NOT NULL
        ORDER BY wallet_private.name_place(n.name), n.name COLLATE "C", n.kind
    LOOP
        v_holders := v_holders || jsonb_build_object(
            v_name.kind, wallet_private.claim(v_name.kind, v_name.name, p_claim_id, v_place)
        );
    END LOOP;
    v_holder := coalesce(v_holders ->> 'email', v_holders ->> 'external_id');
    IF v_holder IS NOT NULL THEN
        v_place := wallet_private.place(v_holder);
    END IF;
    RETURN QUERY SELECT v_place, v_holder;
END
$$;
