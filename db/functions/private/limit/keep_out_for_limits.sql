CREATE OR REPLACE FUNCTION wallet_private.keep_out_for_limits(p_limits jsonb) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Keeps all movements out if there are limits among these that this database does not have yet:
-- what moved before is not counted, and what moves afterwards is.
BEGIN
    IF EXISTS (
        SELECT FROM jsonb_populate_recordset(NULL::wallet_private.limit_rule, p_limits) AS n
        LEFT JOIN wallet_private.limit_rule AS r ON r.limit_id = n.limit_id
        WHERE r.limit_id IS NULL
    ) THEN
        LOCK TABLE wallet_private.wallet IN SHARE ROW EXCLUSIVE MODE;
    END IF;
END
$$;
