CREATE OR REPLACE FUNCTION wallet_private.import_round(
    p_claim_id uuid, p_users wallet.user_request[], p_ords integer[], p_alive integer[],
    p_actor text
) RETURNS wallet.import_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Imports those users of an array who have no name in common.
DECLARE
    v_kinds text[];
    v_names text[];
    v_homes integer[];
    v_holders uuid[];
    v_places integer[];
    v_result wallet.import_result;
BEGIN
    -- 1. Claim the names. Whose name is taken goes where it is: there it is a replay, or refused.
    SELECT array_agg(n.kind), array_agg(n.name), array_agg(u.place)
    INTO v_kinds, v_names, v_homes
    FROM unnest(p_ords) AS o (ord)
    CROSS JOIN LATERAL (
        SELECT p_alive[1 + o.ord % cardinality(p_alive)]
    ) AS u (place)
    CROSS JOIN LATERAL (VALUES
        ('email', lower(p_users[o.ord].email)), ('external_id', p_users[o.ord].external_id)
    ) AS n (kind, name)
    WHERE n.name IS NOT NULL;

    WITH taken AS MATERIALIZED (
        SELECT c.kind, c.name, c.user_id
        FROM wallet_private.claim_many(p_claim_id, v_kinds, v_names, v_homes) AS c
    )

    SELECT
        array_agg(h.user_id ORDER BY o.ord),
        array_agg(coalesce(
            uuid_hash(h.user_id) & (wallet_private.partitions() - 1),
            p_alive[1 + o.ord % cardinality(p_alive)]
        ) ORDER BY o.ord)
    INTO v_holders, v_places
    FROM unnest(p_ords) AS o (ord)
    LEFT JOIN taken AS e ON e.kind = 'email' AND e.name = lower(p_users[o.ord].email)
    LEFT JOIN taken AS x ON x.kind = 'external_id' AND x.name = p_users[o.ord].external_id
    CROSS JOIN LATERAL (SELECT coalesce(e.user_id, x.user_id)) AS h (user_id);

    -- 2. Make the users, in all partitions side by side.
    SELECT
        sum(s.users)::integer, sum(s.replays)::integer,
        ARRAY(
            SELECT r FROM unnest(array_agg(s)) AS p (users, replays, refusals)
            CROSS JOIN LATERAL unnest(p.refusals) AS r
        )
    INTO v_result
    FROM wallet_private.split_import(
        v_places,
        p_claim_id,
        ARRAY(SELECT p_users[o.ord] FROM unnest(p_ords) AS o (ord) ORDER BY o.ord),
        ARRAY(SELECT o.ord FROM unnest(p_ords) AS o (ord) ORDER BY o.ord),
        v_holders,
        p_actor
    ) AS s;

    -- 3. Give the names to those who were made, and free the others.
    IF v_names IS NOT NULL THEN
        PERFORM wallet_private.settle_round(p_claim_id, v_kinds, v_names, v_homes);
    END IF;
    RETURN v_result;
END
$$;
