CREATE OR REPLACE FUNCTION wallet_private.is_imported(p_transfer wallet_private.transfer)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Whether import_history has brought it over.
    SELECT coalesce(p_transfer.details -> 'result' ? 'is_imported', false)
$$;
