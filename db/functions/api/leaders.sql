CREATE OR REPLACE FUNCTION wallet.leaders(p_asset text, p_days integer DEFAULT 30)
RETURNS SETOF wallet.leader
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_asset wallet_private.asset := wallet_private.find_asset(p_asset);
    v_days integer := coalesce(p_days, 30);
BEGIN
    PERFORM wallet_private.check_choice('days', v_days::text, '{7,30,90}');
    RETURN QUERY
    SELECT
        v_asset.code, f.ranked_day - v_days + 1, f.ranked_day, l.direction, l.rank, l.user_id,
        u.name, round(l.amount, v_asset.scale), l.users, round(l.median, v_asset.scale),
        round(l.amount / l.median, 1)
    FROM wallet_private.fold AS f
    INNER JOIN wallet_private.leader AS l
        ON l.asset_id = v_asset.asset_id AND l.days = v_days AND f.ranked_day IS NOT NULL
    INNER JOIN wallet_private.user_account AS u ON l.user_id = u.user_id
    ORDER BY l.direction, l.rank;
END
$$;

COMMENT ON FUNCTION wallet.leaders(text, integer) IS
'The 20 users who earned most of an asset, and the 20 who spent most, in the last 7, 30 (the
default) or 90 days (UTC) that were over when wallet.rank_users ran last. Earned is what BONUS, TASK
and ADJUST gave. Spent is what SPEND, PURCHASE and CAPTURE took. What was taken back later counts.
Returns: wallet.leader for each: in which days; the direction, earned or spent; the rank; the user
and how much; how many users earned (or spent) something in these days, and the median of what they
did: half of them did at most as much; and how many times the median this user did. Nothing before
wallet.rank_users ran, or after history was brought over, until it runs again. On a cluster, users
and median are those of the partition where the user lives.
Locks: nothing.
Raises: WA101 WA110 WA202';
