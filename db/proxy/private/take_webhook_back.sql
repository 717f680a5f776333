CREATE OR REPLACE FUNCTION wallet_private.take_webhook_back(p_subscription text) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- From all partitions that can be reached. Whoever makes it anew replaces what is left.
BEGIN
    FOR v_place IN 0..wallet_private.partitions() - 1 LOOP
        BEGIN
            PERFORM wallet_private.drop_webhook(v_place, p_subscription);
        EXCEPTION
            WHEN OTHERS THEN
                RAISE LOG 'a webhook is left in partition %: %', v_place, SQLERRM;
        END;
    END LOOP;
END
$$;
