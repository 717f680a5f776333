CREATE OR REPLACE FUNCTION wallet_private.claim_many(
    p_claim_id uuid, p_kinds text[], p_names text[], p_homes integer[]
) RETURNS TABLE (kind text, name text, user_id uuid)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- wallet_private.claim for many: a row for each name that somebody else has. One partition after
-- the other, and who is slow is waited for before the next one: so no two wait for each other.
DECLARE
    v_part record;
    v_holder record;
    v_user_id uuid;
BEGIN
    FOR v_part IN
        SELECT
            wallet_private.name_place(n.name) AS place, array_agg(n.kind) AS kinds,
            array_agg(n.name) AS names, array_agg(n.home) AS homes
        FROM unnest(p_kinds, p_names, p_homes) AS n (kind, name, home)
        GROUP BY 1
        ORDER BY 1
    LOOP
        FOR v_holder IN
            SELECT c.* FROM wallet_private.claim_list(
                v_part.place, v_part.kinds, v_part.names, v_part.homes, p_claim_id
            ) AS c
        LOOP
            v_user_id := v_holder.user_id;
            IF v_user_id IS NULL THEN
                v_user_id := wallet_private.claim(
                    v_holder.kind, v_holder.name, p_claim_id, v_holder.home
                );
            END IF;
            IF v_user_id IS NOT NULL THEN
                RETURN QUERY SELECT v_holder.kind, v_holder.name, v_user_id;
            END IF;
        END LOOP;
    END LOOP;
END
$$;
