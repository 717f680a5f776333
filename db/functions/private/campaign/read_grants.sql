CREATE OR REPLACE FUNCTION wallet_private.read_grants(
    p_campaign wallet_private.campaign, p_grants wallet.grant_request[], p_metadata jsonb
) RETURNS TABLE (
    ord integer, first_ord integer, status text, is_paid boolean, is_sound boolean, cost numeric,
    request wallet.request
)
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Reads grants, in their order:
    --   first_ord  the first grant for the same user; NULL if there is no such user
    --   status     the user's
    --   is_paid    whether the ledger has this grant already
    --   is_sound   whether nothing is wrong with the user
    --   cost       what it takes from the budget: nothing if post_batch is sure to refuse it
    --   request    the movement that it asks for
    SELECT
        r.ord, r.first_ord, r.status,
        (
            r.first_ord = r.ord AND t.kind = 'BONUS' AND t.asset_id = r.asset_id
            AND t.amount = r.amount AND t.reference IS NOT DISTINCT FROM r.reference
        ) IS TRUE,
        (r.first_ord = r.ord AND (r.status = 'active' OR t.user_id IS NOT NULL)) IS TRUE,
        CASE
            WHEN t.user_id IS NULL AND wallet_private.is_amount(r.amount, r.scale)
                AND wallet_private.is_text(r.reference, 255)
                THEN r.amount
            ELSE 0
        END,
        ROW(
            r.user_id, 'BONUS', r.asset, r.amount, wallet_private.campaign_key(p_campaign.code),
            r.reference, p_metadata
        )::wallet.request
    FROM (
        SELECT
            g.ord::integer AS ord, g.amount, g.reference, u.user_id, u.status, a.asset_id, a.scale,
            a.code AS asset,
            CASE WHEN u.user_id IS NOT NULL
                THEN (min(g.ord) OVER (PARTITION BY u.user_id))::integer
            END AS first_ord
        FROM unnest(p_grants) WITH ORDINALITY AS g (
            user_id, external_id, email, amount, reference, ord
        )
        INNER JOIN wallet_private.asset AS a ON a.asset_id = p_campaign.asset_id
        LEFT JOIN wallet_private.user_account AS e
            ON g.user_id IS NULL AND e.external_id = g.external_id
        LEFT JOIN wallet_private.user_account AS m
            ON coalesce(g.user_id::text, g.external_id) IS NULL
            AND lower(m.email COLLATE "C") = lower(g.email COLLATE "C")
        LEFT JOIN wallet_private.user_account AS u
            ON u.user_id = coalesce(g.user_id, e.user_id, m.user_id)
    ) AS r
    LEFT JOIN wallet_private.transfer AS t
        ON t.user_id = r.user_id
        AND hashtextextended(t.idempotency_key, 0)
            = hashtextextended(wallet_private.campaign_key(p_campaign.code), 0)
        AND t.idempotency_key = wallet_private.campaign_key(p_campaign.code)
    ORDER BY r.ord
$$;
