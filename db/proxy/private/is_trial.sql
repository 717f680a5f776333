CREATE OR REPLACE FUNCTION wallet_private.is_trial() RETURNS boolean
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Whether the caller will take back what the call does. A partition does not see his ROLLBACK,
    -- so it takes it back itself; he reads in the setting that it has.
    SELECT CASE WHEN coalesce(current_setting('pgwallet.trial', true), '') <> '' THEN
        set_config('pgwallet.trial', 'made', true) = 'made'
    ELSE false END
$$;
