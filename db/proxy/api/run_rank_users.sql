CREATE OR REPLACE FUNCTION wallet_private.run_rank_users() RETURNS date
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN (SELECT max(r.day) FROM wallet_private.rank_users() AS r (day));
END
$$;
