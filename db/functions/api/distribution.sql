CREATE OR REPLACE FUNCTION wallet.distribution(
    p_asset text, p_from_day date DEFAULT NULL, p_to_day date DEFAULT NULL
) RETURNS SETOF wallet.distribution_day
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_to_day date := coalesce(p_to_day, (statement_timestamp() AT TIME ZONE 'UTC')::date);
    v_from_day date := coalesce(p_from_day, v_to_day - 29);
BEGIN
    RETURN QUERY
    SELECT f.*
    FROM wallet_private.spread_figures(p_asset, v_from_day, v_to_day, ARRAY(
        SELECT c FROM wallet_private.part_spread(p_asset, v_from_day, v_to_day) AS c
    )) AS f;
END
$$;

COMMENT ON FUNCTION wallet.distribution(text, date, date) IS
'How balances of an asset were spread at the end of each day, from one day to another, both included
(UTC), at most 366 days: the last 30 by default. Wallets with nothing are left out. Closed days come
from what wallet.fold_economy has counted, and what came since from the ledger. A movement shows
when every transaction that began before it has ended. Balances with the same first two digits count
as equal, each as the average of them. So the median and top_share can be off by less than a tenth
of what they are, and gini can be too low by at most 0.024. Where balances have no more than two
digits, all is exact. Holders and average always are.
Returns: wallet.distribution_day for each day: how many users have some (holders), the average and
the median of what they have (half of them have at most as much; both with two decimals more than
the asset), the part of it all that the richest 1 % of them have (top_share, of at least one user),
and the Gini coefficient over them: 0 where all have the same, near 1 where one has all. All but
holders are NULL where nobody has any.
Locks: nothing. It asks the server that takes writes.
Raises: WA101 WA109 WA202 WA321';
