CREATE OR REPLACE FUNCTION wallet_private.refuse_trial(p_what text) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- What no partition takes back is not tried either.
BEGIN
    IF coalesce(current_setting('pgwallet.trial', true), '') <> '' THEN
        PERFORM wallet_private.refuse_on_cluster(format('A dry run of %s', p_what));
    END IF;
END
$$;
