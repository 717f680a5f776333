CREATE OR REPLACE FUNCTION wallet_private.run_call(p_proposal wallet_private.proposal)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Runs the call of a proposal and returns what it returns, with amounts as texts. Its actor is who
-- proposed it, and its key is of the proposal. A function that takes no key is called without.
DECLARE
    v_function pg_catalog.pg_proc;
    v_given jsonb := p_proposal.arguments || jsonb_build_object(
        'idempotency_key', 'proposal:' || p_proposal.proposal_id, 'actor', p_proposal.proposed_by
    );
    v_misfit text;
    v_result jsonb;
    v_amounts text[];
BEGIN
    SELECT p.* INTO STRICT v_function FROM pg_catalog.pg_proc AS p
    WHERE p.pronamespace = 'wallet'::regnamespace AND p.proname = p_proposal.function;
    SELECT format('%s has no argument %s.', p_proposal.function, left(quote_literal(g.name), 60))
    INTO v_misfit
    FROM jsonb_object_keys(p_proposal.arguments) AS g (name)
    WHERE 'p_' || g.name <> ALL (v_function.proargnames) OR g.name IN ('idempotency_key', 'actor')
    LIMIT 1;
    IF v_misfit IS NULL THEN
        BEGIN
            EXECUTE wallet_private.call_of(v_function, v_given) INTO v_result USING v_given;
        EXCEPTION
            WHEN data_exception THEN v_misfit := SQLERRM || '.';
        END;
    END IF;
    IF v_misfit IS NOT NULL THEN
        PERFORM wallet_private.refuse_arguments(p_proposal.function, v_misfit);
    END IF;

    v_amounts := ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.pg_type AS t
        INNER JOIN pg_catalog.pg_attribute AS a ON t.typrelid = a.attrelid
        WHERE t.oid = v_function.prorettype AND a.atttypid = 'numeric'::regtype
    );
    RETURN (
        SELECT jsonb_object_agg(f.key, CASE
            WHEN f.key = ANY (v_amounts) THEN to_jsonb(f.value #>> '{}')
            ELSE f.value
        END)
        FROM jsonb_each(v_result) AS f
    );
END
$$;
