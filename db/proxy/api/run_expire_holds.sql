CREATE OR REPLACE FUNCTION wallet_private.run_expire_holds(p_limit integer)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN (SELECT sum(e.holds) FROM wallet_private.expire_holds(p_limit) AS e (holds));
END
$$;
