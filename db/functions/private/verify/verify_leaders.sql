CREATE OR REPLACE FUNCTION wallet_private.verify_leaders() RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Those who earned and spent most are who the ledger says, if they were counted.
DECLARE
    v_ranked_day date;
BEGIN
    SELECT f.ranked_day INTO v_ranked_day FROM wallet_private.fold AS f;
    IF v_ranked_day IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT
        'who earned or spent most is who the ledger says',
        format(
            '%s of asset %s, number %s in %s days', coalesce(s.direction, l.direction),
            wallet_private.asset_code(coalesce(s.asset_id, l.asset_id)), coalesce(s.rank, l.rank),
            coalesce(s.days, l.days)
        ),
        format(
            'user %s with %s, of %s with the median %s', l.user_id, trim_scale(l.amount), l.users,
            trim_scale(l.median)
        ),
        format(
            'user %s with %s, of %s with the median %s', s.user_id, trim_scale(s.amount), s.users,
            trim_scale(s.median)
        )
    FROM wallet_private.leader AS s
    FULL JOIN wallet_private.ranking(v_ranked_day) AS l
        ON s.asset_id = l.asset_id AND s.days = l.days AND s.direction = l.direction
            AND s.rank = l.rank
    WHERE (s.user_id, s.amount, s.users, s.median)
        IS DISTINCT FROM (l.user_id, l.amount, l.users, l.median)
    ORDER BY 2;
END
$$;
