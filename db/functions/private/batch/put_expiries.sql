CREATE OR REPLACE FUNCTION wallet_private.put_expiries(
    p_items wallet_private.batch_item[], p_expires_at timestamptz[]
) RETURNS wallet_private.batch_item[]
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Writes into the transfers of a batch when what they credit expires. Where that is not allowed
    -- the request goes one by one, and is refused there.
    SELECT coalesce(array_agg(
        ROW(
            i.ord, i.asset, i.is_sound, i.is_plain,
            CASE
                WHEN p_expires_at[i.ord] IS NULL OR wallet_private.is_expiry(
                    a, (i.transfer).kind, (i.transfer).amount, p_expires_at[i.ord]
                ) THEN i.run_length
            END,
            ROW(
                t.user_id, t.transaction_id, t.seq, t.created_at, t.asset_id, t.leg, t.kind,
                t.amount, t.balance_after, t.counterparty, t.idempotency_key, t.reference,
                wallet_private.expiry_details(p_expires_at[i.ord]), t.metadata, t.actor, t.hash,
                t.feed_position, t.seal
            )::wallet_private.transfer
        )::wallet_private.batch_item
        ORDER BY i.place
    ), '{}')
    FROM unnest(p_items) WITH ORDINALITY AS i (
        ord, asset, is_sound, is_plain, run_length, transfer, place
    )
    CROSS JOIN LATERAL (SELECT (i.transfer).*) AS t
    INNER JOIN wallet_private.asset AS a ON a.asset_id = t.asset_id
$$;
