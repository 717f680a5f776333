CREATE OR REPLACE FUNCTION wallet_private.run_fold_economy(p_limit integer)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN (SELECT sum(e.transfers) FROM wallet_private.fold_economy(p_limit) AS e (transfers));
END
$$;
