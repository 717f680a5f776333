-- What _history.sql makes, and pg_temp.refusal_as: what an error says that a role gets.
\ir _history.sql

CREATE FUNCTION pg_temp.refusal_as(p_role text, p_sql text) RETURNS pg_temp.refusal
LANGUAGE plpgsql
VOLATILE
AS $$
DECLARE
    v_refusal pg_temp.refusal;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', p_role);
    EXECUTE p_sql;
    RESET ROLE;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS
        v_refusal.code = RETURNED_SQLSTATE,
        v_refusal.message = MESSAGE_TEXT,
        v_refusal.detail = PG_EXCEPTION_DETAIL,
        v_refusal.hint = PG_EXCEPTION_HINT;
    RETURN v_refusal;
END
$$;
