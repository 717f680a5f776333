CREATE OR REPLACE FUNCTION wallet_private.claim_names(
    p_claim_id uuid, p_external_id text, p_name text, p_email text, p_phone text
) RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Takes the names of a user who is about to be made. Returns the partition to make him in: one by
-- chance, or, if a name is taken, that of the user who has it. There its own indexes refuse it.
-- The order is that of wallet_private.claim_many.
DECLARE
    v_place integer := wallet_private.any_place();
    v_name record;
    v_taken integer;
    v_places jsonb := '{}';
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
        v_taken := wallet_private.claim(v_name.kind, v_name.name, p_claim_id, v_place);
        v_places := v_places || jsonb_build_object(v_name.kind, v_taken);
    END LOOP;
    RETURN coalesce(
        (v_places ->> 'email')::integer, (v_places ->> 'external_id')::integer, v_place
    );
END
$$;
