CREATE OR REPLACE FUNCTION wallet_private.verify_conversions(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Each conversion of these users has two legs.
BEGIN
    RETURN QUERY
    SELECT
        'a conversion has two legs',
        format('transaction %s of user %s', t.transaction_id, t.user_id), '2', count(*)::text
    FROM wallet_private.transfer AS t
    WHERE t.user_id BETWEEN p_from AND p_to AND t.kind = 'CONVERT'
    GROUP BY t.user_id, t.transaction_id
    HAVING count(*) <> 2
    ORDER BY t.user_id, t.transaction_id;
END
$$;
