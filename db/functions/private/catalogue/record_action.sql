CREATE OR REPLACE FUNCTION wallet_private.record_action(
    p_name text, p_subject text, p_details jsonb, p_actor text, p_reason text DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Writes down what an operator changed, and why, without what an asset has for the feed alone.
BEGIN
    PERFORM wallet_private.check_text('actor', p_actor);
    PERFORM wallet_private.check_text('reason', p_reason);
    IF p_reason IS NOT NULL THEN
        p_details := p_details || jsonb_build_object('reason', p_reason);
    END IF;
    INSERT INTO wallet_private.action (actor, name, subject, details)
    VALUES (
        coalesce(p_actor, session_user), p_name, p_subject,
        p_details - '{feed_base,server_started_at}'::text[]
    );
END
$$;
