CREATE OR REPLACE FUNCTION wallet_private.with_result(
    p_details jsonb, p_name text, p_value anyelement
) RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Adds to the details of a request what the function decided. A replay does not compare that.
    SELECT coalesce(p_details, '{}') || jsonb_build_object(
        'result',
        coalesce(p_details -> 'result', '{}') || jsonb_build_object(p_name, p_value)
    )
$$;
