CREATE OR REPLACE FUNCTION wallet.liability(
    p_asset text, p_at timestamptz DEFAULT NULL, p_time_zone text DEFAULT 'UTC'
) RETURNS SETOF wallet.liability_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_asset wallet_private.asset := wallet_private.find_asset(p_asset);
BEGIN
    PERFORM wallet_private.check_given('time_zone', p_time_zone);
    PERFORM wallet_private.check_time_zone(p_time_zone);
    IF v_asset.got_lots_at <= coalesce(p_at, 'infinity') THEN
        RETURN QUERY
        SELECT
            i.asset, i.origin, i.issue_month, i.expiry_month,
            round(i.issued, v_asset.scale), round(i.used, v_asset.scale),
            round(i.expired, v_asset.scale), round(i.reversed, v_asset.scale),
            round(i.outstanding, v_asset.scale)
        FROM wallet_private.cohorts_at(v_asset, p_at, p_time_zone) AS i
        ORDER BY i.origin, i.issue_month, i.expiry_month;
        RETURN;
    END IF;
    -- Without lots nothing is kept apart, and nothing expires.
    RETURN QUERY
    SELECT
        v_asset.code, NULL::text, NULL::date, NULL::date,
        round(coalesce(sum(e.amount) FILTER (WHERE e.effect = 'issued'), 0), v_asset.scale),
        round(coalesce(-sum(e.amount) FILTER (WHERE e.effect = 'used'), 0), v_asset.scale),
        round(0, v_asset.scale),
        round(coalesce(-sum(e.amount) FILTER (WHERE e.effect = 'reversed'), 0), v_asset.scale),
        round(coalesce(sum(e.amount), 0), v_asset.scale)
    FROM wallet_private.effects_until(v_asset.asset_id, p_at) AS e;
END
$$;

COMMENT ON FUNCTION wallet.liability(text, timestamptz, text) IS
'What users hold of an asset, for the books at a month''s end: by origin, by the month in which it
was issued and the month in which it expires, now or as it was at an instant. Of what was issued so
much was used, has expired (breakage, booked or not) or was reversed: the rest is outstanding. used
is less what reversals gave back. reversed is what refunds, reversals of credits and debits of an
operator took. Months are those of p_time_zone, such as Asia/Tokyo; each is given by its first day.
An instant to come shows what will have expired by then if nothing moves.
Returns: wallet.liability_item for each origin and pair of months that anything was issued in.
expiry_month is NULL for what never expires. An asset without lots, or before it had them, has one
row without origin and months. When an asset in use got lots, they count as issued in the month of
the last credit of their origin.
Locks: nothing. It reads the whole ledger of the asset.
Raises: WA101 WA116 WA202';
