CREATE OR REPLACE FUNCTION wallet_private.run_expire_lots(p_limit integer)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN (SELECT sum(e.lots) FROM wallet_private.expire_lots(p_limit) AS e (lots));
END
$$;
