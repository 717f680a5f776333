CREATE OR REPLACE FUNCTION wallet_private.read_history(p_lines wallet_private.history_line[])
RETURNS SETOF wallet_private.history_item
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Reads lines, each with what it would be in the ledger. A wallet's lines are in their order.
    --   created_at  later than the line before: equal times are a microsecond apart
    --   last_at     of the line before in the wallet
    --   first_ord   the user's first line with this key
    --   is_taken    the ledger has this key for another movement of the user
    --   is_new      the wallet has no transfer
    --   is_replay   the wallet's transfer in this place is this line
    --   is_sound    nothing is wrong with the line
    SELECT
        k.ord, k.user_id, k.asset_id, k.seq, k.kind, k.amount, k.balance_after, k.created_at,
        k.idempotency_key, k.reference, k.metadata, k.last_at, k.first_ord, k.is_taken, k.is_new,
        k.is_replay,
        (
            k.is_fit AND k.created_at IS NOT NULL AND k.line_at >= coalesce(k.last_at, k.line_at)
            AND (k.is_new OR k.is_replay) AND NOT k.is_taken AND k.first_ord = k.ord
            AND k.balance_after >= 0 AND wallet_private.is_key(k.idempotency_key)
        ) IS TRUE
    FROM (
        SELECT
            s.*,
            (min(s.ord) OVER (
                PARTITION BY s.user_id, hashtextextended(s.idempotency_key, 0)
            ))::integer AS first_ord,
            o.user_id IS NOT NULL AS is_taken,
            coalesce(w.seq, 0) = 0 AS is_new,
            (
                t.kind, t.amount, t.created_at, t.idempotency_key, t.reference, t.metadata
            ) IS NOT DISTINCT FROM (
                s.kind, s.amount, s.created_at, s.idempotency_key, s.reference, s.metadata
            ) AS is_replay
        FROM (
            SELECT
                n.ord, n.user_id, n.asset_id, n.seq, n.line_at, n.reference, n.metadata,
                CASE n.kind WHEN 'OPENING' THEN 'ADJUST' ELSE n.kind END AS kind,
                n.amount,
                sum(n.amount) OVER line AS balance_after,
                lag(n.line_at) OVER line AS last_at,
                max(n.line_at - n.seq * interval '1 microsecond') OVER line
                    + n.seq * interval '1 microsecond' AS created_at,
                coalesce(
                    n.idempotency_key, format('import:%s:%s', n.asset, n.seq)
                ) AS idempotency_key,
                n.is_fit AND (n.kind <> 'OPENING' OR n.seq = 1) AS is_fit
            FROM (
                SELECT
                    l.ord, l.asset, l.kind, l.idempotency_key, l.metadata, u.user_id, a.asset_id,
                    row_number() OVER (PARTITION BY u.user_id, a.asset_id ORDER BY l.ord) AS seq,
                    CASE l.kind WHEN 'SPEND' THEN -1 ELSE 1 END
                        * round(l.amount, a.scale) AS amount,
                    CASE WHEN l.created_at BETWEEN timestamptz '1970-01-01 00:00:00+00'
                            AND clock_timestamp()
                        THEN l.created_at
                    END AS line_at,
                    CASE WHEN l.kind = 'OPENING' THEN coalesce(l.reference, 'opening balance')
                        ELSE l.reference
                    END AS reference,
                    l.kind IN ('TOPUP', 'BONUS', 'SPEND', 'ADJUST', 'OPENING')
                    AND wallet_private.is_amount(
                        CASE l.kind WHEN 'ADJUST' THEN abs(l.amount) ELSE l.amount END, a.scale
                    )
                    AND wallet_private.is_text(l.reference, 255)
                    AND wallet_private.is_metadata(l.metadata)
                    AND u.user_id IS NOT NULL AS is_fit
                FROM unnest(p_lines) WITH ORDINALITY AS l (
                    user_id, external_id, email, asset, kind, amount, created_at, idempotency_key,
                    reference, metadata, ord
                )
                LEFT JOIN wallet_private.asset AS a ON l.asset = a.code
                LEFT JOIN wallet_private.user_account AS e
                    ON l.user_id IS NULL AND l.external_id = e.external_id
                LEFT JOIN wallet_private.user_account AS m
                    ON coalesce(l.user_id::text, l.external_id) IS NULL
                    AND lower(l.email COLLATE "C") = lower(m.email COLLATE "C")
                LEFT JOIN wallet_private.user_account AS u
                    ON u.user_id = coalesce(l.user_id, e.user_id, m.user_id)
            ) AS n
            WINDOW line AS (PARTITION BY n.user_id, n.asset_id ORDER BY n.seq)
        ) AS s
        LEFT JOIN wallet_private.wallet AS w
            ON s.user_id = w.user_id AND s.asset_id = w.asset_id
        LEFT JOIN wallet_private.transfer AS t
            ON s.user_id = t.user_id AND s.asset_id = t.asset_id AND s.seq = t.seq
        LEFT JOIN wallet_private.transfer AS o
            ON s.user_id = o.user_id
            AND hashtextextended(s.idempotency_key, 0) = hashtextextended(o.idempotency_key, 0)
            AND (o.asset_id, o.seq) <> (s.asset_id, s.seq)
    ) AS k
    ORDER BY k.user_id, k.asset_id, k.seq
$$;
