CREATE OR REPLACE FUNCTION wallet_private.call_of(p_function pg_catalog.pg_proc, p_given jsonb)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- A statement that calls an API function with the arguments that its parameter $1 has. The
    -- names in it are those of the catalogue. What is null counts as not given, and then has its
    -- default.
    SELECT format(
        'SELECT to_jsonb(r) FROM wallet.%I(%s) AS r', p_function.proname,
        string_agg(format(
            CASE a.type_id
                WHEN 'jsonb'::regtype THEN '%I => nullif($1 -> %L, ''null'')::%s'
                ELSE '%I => ($1 ->> %L)::%s'
            END,
            'p_' || a.name, a.name, a.type_id::regtype
        ), ', ')
    )
    FROM (
        SELECT
            substr(n.name, 3) AS name,
            n.type_id,
            n.ord
        FROM unnest(p_function.proargnames, p_function.proargtypes::oid[])
        WITH ORDINALITY AS n (name, type_id, ord)
    ) AS a
    WHERE
        p_given ->> a.name IS NOT NULL
        OR a.ord <= p_function.pronargs - p_function.pronargdefaults
$$;
