-- What _economy.sql makes, and pg_temp.difference: where the answers to a batch differ from those
-- to the same requests one by one, and what verify finds after it. It leaves nothing behind.
\ir _economy.sql

CREATE FUNCTION pg_temp.one_by_one(p_requests wallet.request[]) RETURNS SETOF wallet.batch_result
LANGUAGE plpgsql
VOLATILE
AS $$
DECLARE
    v_request wallet.request;
    v_result wallet.batch_result;
BEGIN
    FOREACH v_request IN ARRAY p_requests LOOP
        v_result := NULL;
        BEGIN
            EXECUTE format(
                'SELECT NULL::integer, r.*, NULL, NULL, NULL, NULL FROM (%s) AS r',
                pg_temp.call(lower(v_request.kind), to_jsonb(v_request) - 'kind')
            ) INTO v_result;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS
                v_result.code = RETURNED_SQLSTATE,
                v_result.message = MESSAGE_TEXT,
                v_result.detail = PG_EXCEPTION_DETAIL,
                v_result.hint = PG_EXCEPTION_HINT;
        END;
        RETURN NEXT v_result;
    END LOOP;
END
$$;

-- The answers by their places, but for ids and times, and what verify finds. All of it is undone.
CREATE FUNCTION pg_temp.outcome(p_function text, p_requests wallet.request[])
RETURNS TABLE (place bigint, answer jsonb)
LANGUAGE plpgsql
VOLATILE
AS $$
DECLARE
    v_answers jsonb[];
BEGIN
    BEGIN
        EXECUTE format(
            'SELECT array_agg('
            '    to_jsonb(r.*) - ''{ord, transaction_id, created_at}''::text[]'
            '    || jsonb_build_object('
            '        ''detail'', regexp_replace(detail, ''transaction .*'', ''''))'
            ') FROM %s($1) AS r', p_function
        ) INTO v_answers USING p_requests;
        v_answers := v_answers || ARRAY(SELECT to_jsonb(f.*) FROM wallet.verify() AS f);
        RAISE EXCEPTION 'undo';
    EXCEPTION WHEN raise_exception THEN
        NULL;
    END;
    RETURN QUERY SELECT a.ordinality, a.answer FROM unnest(v_answers) WITH ORDINALITY AS a (answer);
END
$$;

CREATE FUNCTION pg_temp.difference(p_requests wallet.request[])
RETURNS TABLE (place bigint, in_batch jsonb, one_by_one jsonb)
LANGUAGE sql
VOLATILE
AS $$
    SELECT
        place,
        b.answer,
        o.answer
    FROM pg_temp.outcome('wallet.post_batch', p_requests) AS b
    FULL JOIN pg_temp.outcome('pg_temp.one_by_one', p_requests) AS o USING (place)
    WHERE b.answer IS DISTINCT FROM o.answer OR b.answer ? 'check'
$$;
