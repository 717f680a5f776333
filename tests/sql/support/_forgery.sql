-- What _history.sql makes, the tables without the triggers that keep it as it is, and what forges
-- something, asks wallet.verify and undoes it: pg_temp.found_after, pg_temp.missed_after.
\ir _history.sql

CALL pg_temp.unlock();

-- The checks that find something after p_forgery, with all users or one.
CREATE FUNCTION pg_temp.found_after(p_forgery text, p_user_id uuid DEFAULT NULL) RETURNS text[]
LANGUAGE plpgsql
AS $$
DECLARE
    v_checks text[];
BEGIN
    EXECUTE p_forgery;
    v_checks := ARRAY(SELECT DISTINCT f.check FROM wallet.verify(p_user_id) AS f ORDER BY f.check);
    RAISE SQLSTATE 'PT000';
EXCEPTION WHEN SQLSTATE 'PT000' THEN
    RETURN v_checks;
END
$$;

-- Of the checks that should find something after p_forgery, those that do not.
CREATE FUNCTION pg_temp.missed_after(p_forgery text, p_checks text[]) RETURNS text[]
LANGUAGE sql
AS $$
    SELECT array(SELECT unnest(p_checks) EXCEPT SELECT unnest(pg_temp.found_after(p_forgery)))
$$;
