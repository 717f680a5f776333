CREATE OR REPLACE FUNCTION wallet_private.run_import_users(
    p_users wallet.user_request[], p_actor text
) RETURNS wallet.import_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- As wallet_private.run_create_user, for many. Who has a name of somebody before him in the array
-- waits for the next round.
DECLARE
    v_count integer := cardinality(p_users);
    v_alive integer[];
    v_left integer[];
    v_round integer[];
    v_claim_id uuid;
    v_result wallet.import_result;
    v_more wallet.import_result;
BEGIN
    IF v_count BETWEEN 1 AND 1000 IS NOT TRUE THEN
        RETURN wallet_private.import_users(wallet_private.any_place(), p_users, p_actor);
    END IF;
    p_users := p_users[:];
    v_alive := wallet_private.alive_places();
    v_left := ARRAY(SELECT o.ord FROM generate_series(1, v_count) AS o (ord));
    v_result.users := 0;
    v_result.replays := 0;
    v_result.refusals := '{}';
    WHILE v_left <> '{}' LOOP
        v_round := ARRAY(
            SELECT min(l.ord)
            FROM (
                SELECT
                    o.ord,
                    min(o.ord) OVER (
                        PARTITION BY coalesce(p_users[o.ord].external_id, 'none ' || o.ord)
                    ) AS first_id,
                    min(o.ord) OVER (
                        PARTITION BY coalesce(lower(p_users[o.ord].email), 'none ' || o.ord)
                    ) AS first_email
                FROM unnest(v_left) AS o (ord)
            ) AS l
            WHERE l.ord = l.first_id AND l.ord = l.first_email
            GROUP BY l.ord
            ORDER BY 1
        );
        v_claim_id := gen_random_uuid();
        PERFORM wallet_private.free_names(p.place, NULL) FROM unnest(v_alive) AS p (place);
        BEGIN
            v_more := wallet_private.import_round(
                v_claim_id, p_users, v_round, v_alive, p_actor
            );
        EXCEPTION
            WHEN SQLSTATE 'WA901' THEN CONTINUE;
        END;
        v_result.users := v_result.users + v_more.users;
        v_result.replays := v_result.replays + v_more.replays;
        v_result.refusals := v_result.refusals || v_more.refusals;
        v_left := ARRAY(
            SELECT o.ord FROM unnest(v_left) AS o (ord) WHERE o.ord <> ALL (v_round) ORDER BY 1
        );
    END LOOP;
    v_result.refusals := ARRAY(SELECT r FROM unnest(v_result.refusals) AS r ORDER BY r.ord);
    RETURN v_result;
END
$$;
