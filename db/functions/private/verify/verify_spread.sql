CREATE OR REPLACE FUNCTION wallet_private.verify_spread() RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- How balances are spread is what the ledger says, up to where it was folded.
BEGIN
    RETURN QUERY
    SELECT
        'a day''s balances are spread as its transfers make it',
        format(
            'step %s of asset %s on %s', trim_scale(coalesce(s.step, l.step)),
            wallet_private.asset_code(coalesce(s.asset_id, l.asset_id)), coalesce(s.day, l.day)
        ),
        format('%s wallets, %s', coalesce(l.wallets, 0), trim_scale(coalesce(l.amount, 0))),
        format('%s wallets, %s', coalesce(s.wallets, 0), trim_scale(coalesce(s.amount, 0)))
    FROM wallet_private.spread AS s
    FULL JOIN (
        SELECT
            t.asset_id, (t.created_at AT TIME ZONE 'UTC')::date AS day,
            wallet_private.balance_step(b.balance) AS step, sum(b.sign) AS wallets,
            sum(b.sign * b.balance) AS amount
        FROM wallet_private.transfer AS t
        CROSS JOIN wallet_private.fold AS f
        CROSS JOIN LATERAL (
            VALUES (1, t.balance_after::numeric), (-1, t.balance_after - t.amount)
        ) AS b (sign, balance)
        WHERE t.amount <> 0 AND b.balance > 0
            AND (
                wallet_private.is_imported(t)
                OR (coalesce(t.feed_position, 0), t.user_id, t.asset_id, t.seq) <= (
                    (f.place).feed_position, (f.place).user_id, (f.place).asset_id, (f.place).seq
                )
            )
        GROUP BY t.asset_id, (t.created_at AT TIME ZONE 'UTC')::date,
            wallet_private.balance_step(b.balance)
    ) AS l ON s.asset_id = l.asset_id AND s.day = l.day AND s.step = l.step
    WHERE (coalesce(s.wallets, 0), coalesce(s.amount, 0))
        <> (coalesce(l.wallets, 0), coalesce(l.amount, 0))
    ORDER BY 2;
END
$$;
