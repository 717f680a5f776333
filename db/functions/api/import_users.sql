CREATE OR REPLACE FUNCTION wallet.import_users(
    p_users wallet.user_request[], p_actor text DEFAULT NULL
) RETURNS wallet.import_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_made integer[];
    v_ord integer;
    v_refusal wallet.refusal;
    v_result wallet.import_result;
BEGIN
    -- 1. Check the request.
    PERFORM wallet_private.check_given('users', p_users);
    PERFORM wallet_private.check_range('users', cardinality(p_users), 1, 1000);
    PERFORM wallet_private.check_text('actor', p_actor);
    p_users := p_users[:];  -- whatever its bounds were, from 1 on

    -- 2. Make the users that are sound and new, in one order, and their wallets.
    PERFORM wallet_private.heed_caps();
    WITH request AS MATERIALIZED (
        SELECT wallet_private.new_user_id() AS user_id, r.*
        FROM unnest(p_users) WITH ORDINALITY AS r (external_id, name, email, phone, ord)
        WHERE coalesce(r.external_id, r.email) IS NOT NULL
            AND wallet_private.is_text(r.external_id, 255)
            AND wallet_private.is_text(r.name, 255)
            AND wallet_private.is_text(r.email, 255)
            AND wallet_private.is_text(r.phone, 32)
            AND wallet_private.is_contact(r.email, r.phone)
    ),

    made AS (
        INSERT INTO wallet_private.user_account (user_id, external_id, name, email, phone)
        SELECT r.user_id, r.external_id, r.name, r.email, r.phone
        FROM request AS r
        ORDER BY coalesce(r.external_id, lower(r.email COLLATE "C")), r.ord
        ON CONFLICT DO NOTHING
        RETURNING user_id
    ),

    opened AS (
        INSERT INTO wallet_private.wallet (user_id, asset_id, is_capped, is_plain)
        SELECT
            m.user_id, a.asset_id, a.supply IS NOT NULL,
            wallet_private.is_plain_wallet(m.user_id, a)
        FROM made AS m CROSS JOIN wallet_private.asset AS a
    )

    SELECT array_agg(r.ord::integer) INTO v_made
    FROM made AS m INNER JOIN request AS r ON m.user_id = r.user_id;

    -- 3. Look at the others: they are there already, or they are refused.
    v_result.users := coalesce(cardinality(v_made), 0);
    v_result.replays := 0;
    v_result.refusals := ARRAY[]::wallet.refusal[];
    FOR v_ord IN
        SELECT o.ord FROM generate_series(1, cardinality(p_users)) AS o (ord)
        EXCEPT SELECT unnest(v_made)
        ORDER BY 1
    LOOP
        v_refusal := wallet_private.refuse_import(v_ord, p_users[v_ord]);
        IF v_refusal.ord IS NULL THEN
            v_result.replays := v_result.replays + 1;
        ELSE
            v_result.refusals := v_result.refusals || v_refusal;
        END IF;
    END LOOP;

    IF v_result.users > 0 THEN
        PERFORM wallet_private.record_action(
            'import_users', 'users', jsonb_build_object('users', v_result.users), p_actor
        );
    END IF;
    RETURN v_result;
END
$$;

COMMENT ON FUNCTION wallet.import_users(wallet.user_request[], text) IS
'Makes up to 1000 users as wallet.create_user does, with the role user. Each is accepted or refused
by itself. A user is known by the external id, or without one by the email address. A user who is
there already is a replay and stays as it is.
Returns: wallet.import_result: how many were made, how many were there already, and the refusals
with the place (ord) of their request.
Locks: nothing that others wait for, except calls that make the same users.
Raises: WA101 WA106 WA109';
