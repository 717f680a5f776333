CREATE OR REPLACE FUNCTION wallet_private.sort_batch(
    p_requests wallet.request[], p_actors text[]
) RETURNS SETOF wallet_private.batch_item
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Makes transfers of the requests, sorted by wallet and then in their order. run_length counts
    -- those on one wallet. It is NULL unless each request of the user is sound and has a key of its
    -- own. A request is plain if its asset has neither lots nor limits.
    SELECT
        s.ord, s.asset, s.is_sound, s.is_plain,
        CASE WHEN bool_and(s.is_sound AND s.is_for AND s.is_only) OVER (PARTITION BY s.user_id)
            THEN (count(*) OVER (PARTITION BY s.user_id, s.asset_id))::integer
        END,
        CASE WHEN s.is_sound THEN wallet_private.new_transfer(
            s.kind, s.user_id, s.asset_id, s.amount, s.idempotency_key, s.reference, NULL,
            s.metadata, s.actor
        ) END
    FROM (
        SELECT
            r.ord::integer AS ord, r.user_id, r.kind, r.asset, r.idempotency_key, r.reference,
            r.metadata, p_actors[r.ord] AS actor, a.asset_id,
            CASE r.kind WHEN 'SPEND' THEN -1 ELSE 1 END * round(r.amount, a.scale) AS amount,
            count(*) OVER (PARTITION BY r.user_id, r.idempotency_key) = 1 AS is_only,
            (
                r.user_id IS NOT NULL
                AND r.kind IN ('TOPUP', 'BONUS', 'SPEND')
                AND wallet_private.is_key(r.idempotency_key)
                AND wallet_private.is_text(r.reference, 255)
                AND wallet_private.is_metadata(r.metadata)
                AND wallet_private.is_text(p_actors[r.ord], 255)
                AND wallet_private.is_amount(r.amount, a.scale)
            ) IS TRUE AS is_sound,
            wallet_private.is_for(a, r.kind) AS is_for, wallet_private.is_plain(a) AS is_plain
        FROM unnest(p_requests) WITH ORDINALITY AS r (
            user_id, kind, asset, amount, idempotency_key, reference, metadata, ord
        )
        LEFT JOIN wallet_private.asset AS a ON a.code = r.asset
    ) AS s
    ORDER BY s.user_id, s.asset_id, s.ord
$$;
