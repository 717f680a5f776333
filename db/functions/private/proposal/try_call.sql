CREATE OR REPLACE FUNCTION wallet_private.try_call(p_proposal wallet_private.proposal)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Runs the call of a proposal as if it had been approved, and takes back what it did. Returns what
-- it would return. Raises what it raises.
DECLARE
    v_forecast jsonb := '{}'::jsonb;
BEGIN
    p_proposal.status := 'running';
    p_proposal.forecast := v_forecast;
    -- If a duplicate of it comes first, nobody needs to know.
    INSERT INTO wallet_private.proposal VALUES (p_proposal.*)
    ON CONFLICT (proposed_by, idempotency_key) DO NOTHING;
    IF FOUND THEN
        v_forecast := wallet_private.run_call(p_proposal);
    END IF;
    RAISE EXCEPTION 'this try is taken back'
        USING ERRCODE = 'WA901', DETAIL = 'It was only to see what the call would do.';
EXCEPTION
    WHEN SQLSTATE 'WA901' THEN
        RETURN v_forecast;
END
$$;
