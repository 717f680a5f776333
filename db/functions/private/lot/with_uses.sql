CREATE OR REPLACE FUNCTION wallet_private.with_uses(p_details jsonb, p_order text, p_uses jsonb)
RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Adds to the details of a debit which lots it uses, and by which order they were chosen.
    SELECT coalesce(p_details, '{}') || jsonb_build_object(
        'result',
        coalesce(p_details -> 'result', '{}')
        || jsonb_build_object('lot_order', p_order, 'lots', p_uses)
    )
$$;
