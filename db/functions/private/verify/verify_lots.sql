CREATE OR REPLACE FUNCTION wallet_private.verify_lots(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Goes through each wallet with lots once more, transfer by transfer, and compares what it used,
-- and what is left, with what the rules say.
DECLARE
    v_wallet record;
    v_event record;
    v_lots wallet_private.lot[];
    v_name text;
BEGIN
    FOR v_wallet IN
        SELECT
            w.user_id, w.asset_id, w.balance, w.held, a.code, a.is_paid_expiring,
            -- The transfers before the first one that knows of lots.
            coalesce((
                SELECT min(t.seq) - 1 FROM wallet_private.transfer AS t
                WHERE t.user_id = w.user_id AND t.asset_id = w.asset_id
                    AND t.details -> 'result' ?| '{lot,lots}'
            ), w.seq) AS past_seq
        FROM wallet_private.wallet AS w
        INNER JOIN wallet_private.asset AS a ON a.asset_id = w.asset_id
        WHERE w.user_id BETWEEN p_from AND p_to AND a.lot_order IS NOT NULL
        ORDER BY w.user_id, w.asset_id
    LOOP
        v_name := format('of user %s asset %s', v_wallet.user_id, v_wallet.code);
        -- What was there then, and what of it the holds of that time were given.
        v_lots := wallet_private.change_lots(
            ARRAY(
                SELECT l FROM wallet_private.past_lots(
                    v_wallet.user_id, v_wallet.asset_id, v_wallet.past_seq
                ) AS l
            ),
            (
                SELECT jsonb_agg(e.use)
                FROM wallet_private.hold AS h
                INNER JOIN wallet_private.transfer AS t
                    ON t.user_id = h.user_id AND t.transaction_id = h.hold_id
                CROSS JOIN LATERAL jsonb_array_elements(h.lots) AS e (use)
                WHERE h.user_id = v_wallet.user_id AND h.asset_id = v_wallet.asset_id
                    AND t.seq <= v_wallet.past_seq
            ),
            0, 1
        );

        FOR v_event IN
            SELECT
                t.created_at AS at, t, t.kind, t.details #> '{result,lots}' AS lots,
                t.details #> '{result,lot}' AS lot, sign(t.amount) AS remaining,
                CASE t.kind WHEN 'HOLD' THEN 1 WHEN 'CAPTURE' THEN -1 WHEN 'RELEASE' THEN -1
                    ELSE 0 END AS held,
                CASE t.kind WHEN 'HOLD' THEN (t.details ->> 'amount')::numeric
                    WHEN 'RELEASE' THEN NULL ELSE abs(t.amount) END AS amount,
                o AS original
            FROM wallet_private.transfer AS t
            LEFT JOIN wallet_private.transfer AS o
                ON t.kind IN ('REVERSAL', 'REFUND') AND o.user_id = t.user_id
                    AND o.asset_id = t.asset_id
                    AND o.transaction_id = (t.details ->> 'transaction_id')::uuid
            WHERE t.user_id = v_wallet.user_id AND t.asset_id = v_wallet.asset_id
                AND t.seq > v_wallet.past_seq
            UNION ALL
            SELECT
                h.expires_at, NULL, NULL,
                wallet_private.slice_lots(h.lots, h.captured, h.amount - h.captured), NULL, 0, -1,
                NULL, NULL
            FROM wallet_private.hold AS h
            WHERE h.user_id = v_wallet.user_id AND h.asset_id = v_wallet.asset_id
                AND h.status = 'expired'
            ORDER BY at, kind NULLS FIRST
        LOOP
            IF v_event.kind IS NOT NULL THEN
                RETURN QUERY
                SELECT c.name, format('transfer %s %s', (v_event.t).seq, v_name),
                    c.expected, c.found
                FROM (
                    SELECT
                        sum((e.use ->> 'amount')::numeric) AS amount,
                        jsonb_agg(e.use - 'expires_at' ORDER BY e.place) AS lots
                    FROM jsonb_array_elements(v_event.lots) WITH ORDINALITY AS e (use, place)
                ) AS u
                CROSS JOIN LATERAL (VALUES
                    ('a credit makes a lot or gives back', CASE
                        WHEN v_event.remaining > 0 THEN ((v_event.lots IS NULL))::text
                    END, CASE WHEN v_event.remaining > 0 THEN (v_event.lot IS NOT NULL)::text END),
                    ('a lot is paid if it was topped up', CASE
                        WHEN v_event.lot IS NOT NULL AND v_event.kind <> 'CONVERT' THEN
                            CASE WHEN 'TOPUP' IN (v_event.kind, (v_event.original).kind)
                                THEN 'paid' ELSE 'free' END
                        ELSE v_event.lot ->> 'origin'
                    END, v_event.lot ->> 'origin'),
                    ('what was paid for does not expire', 'false', ((
                        v_event.lot ->> 'origin' = 'paid' AND v_event.lot ? 'expires_at'
                        AND NOT v_wallet.is_paid_expiring
                    ) IS TRUE)::text),
                    ('lots used make the amount', CASE WHEN v_event.lot IS NULL
                        THEN trim_scale(v_event.amount::numeric)::text END, CASE
                        WHEN v_event.amount IS NOT NULL AND v_event.lot IS NULL
                            THEN trim_scale(coalesce(u.amount, 0))::text END),
                    ('the order of use is kept', CASE
                        WHEN v_event.kind IN ('CAPTURE', 'RELEASE', 'EXPIRE')
                            OR v_event.remaining > 0 OR v_event.amount = 0 THEN u.lots
                        ELSE wallet_private.pick_lots(
                            ARRAY(
                                SELECT l FROM unnest(v_lots) AS l
                                ORDER BY wallet_private.lot_rank(
                                    l, (v_event.t).details #>> '{result,lot_order}',
                                    (v_event.original).seq
                                )
                            ),
                            v_event.amount
                        )
                    END::text, u.lots::text),
                    ('what is reversed goes back to its lots', CASE
                        WHEN v_event.remaining > 0 AND v_event.lots IS NOT NULL THEN (
                            SELECT jsonb_agg(b.use - 'expires_at' ORDER BY b.place)
                            FROM jsonb_array_elements(CASE v_event.kind
                                WHEN 'REFUND'
                                    THEN wallet_private.return_lots(v_event.t, v_event.original)
                                ELSE wallet_private.give_back_lots(v_event.t, v_event.original)
                            END) WITH ORDINALITY AS b (use, place)
                        )
                    END::text, CASE WHEN v_event.remaining > 0 THEN u.lots END::text)
                ) AS c (name, expected, found)
                WHERE c.expected IS DISTINCT FROM c.found;

                RETURN QUERY
                SELECT
                    c.name, format('lot %s at transfer %s %s', l.lot_id, (v_event.t).seq, v_name),
                    'false', c.found::text
                FROM unnest(v_lots) AS l
                LEFT JOIN jsonb_to_recordset(v_event.lots) AS u (lot bigint) ON u.lot = l.lot_id
                CROSS JOIN LATERAL (VALUES
                    ('a lot expired early', v_event.kind = 'EXPIRE' AND u.lot IS NOT NULL
                        AND (l.expires_at <= v_event.at) IS NOT TRUE),
                    ('a lot was left when it had expired',
                        v_event.kind NOT IN ('EXPIRE', 'CAPTURE', 'RELEASE', 'REPAY')
                        AND l.expires_at <= v_event.at AND l.remaining > l.held)
                ) AS c (name, found)
                WHERE c.found;
            END IF;
            v_lots := wallet_private.change_lots(
                v_lots, v_event.lots, v_event.remaining, v_event.held
            );
            IF v_event.lot IS NOT NULL THEN
                v_lots := v_lots || ROW(
                    v_wallet.user_id, v_wallet.asset_id, (v_event.t).seq,
                    v_event.lot ->> 'origin', v_event.amount, v_event.amount, 0,
                    wallet_private.to_instant(v_event.lot ->> 'expires_at'), true
                )::wallet_private.lot;
            END IF;
        END LOOP;

        -- The lots are as all of that left them, and make up the wallet.
        RETURN QUERY
        SELECT c.name, c.subject, c.expected, c.found
        FROM (
            SELECT
                'a lot is as its transfers left it' AS name,
                format('lot %s %s', coalesce(x.lot_id, l.lot_id), v_name) AS subject,
                wallet_private.lot_text(x) AS expected, wallet_private.lot_text(l) AS found
            FROM unnest(v_lots) AS x
            FULL JOIN (
                SELECT * FROM wallet_private.lot AS o
                WHERE o.user_id = v_wallet.user_id AND o.asset_id = v_wallet.asset_id
            ) AS l ON l.lot_id = x.lot_id
            UNION ALL
            SELECT
                s.name, 'wallet ' || v_name, trim_scale(s.expected::numeric)::text,
                trim_scale(coalesce(s.found::numeric, 0))::text
            FROM (
                SELECT sum(o.remaining) AS remaining, sum(o.held) AS held
                FROM wallet_private.lot AS o
                WHERE o.user_id = v_wallet.user_id AND o.asset_id = v_wallet.asset_id
            ) AS l
            CROSS JOIN LATERAL (VALUES
                ('lots add up to the balance', v_wallet.balance, l.remaining),
                ('lots hold what is held', v_wallet.held, l.held)
            ) AS s (name, expected, found)
        ) AS c
        WHERE c.expected IS DISTINCT FROM c.found
        ORDER BY 2, 1;
    END LOOP;
END
$$;
