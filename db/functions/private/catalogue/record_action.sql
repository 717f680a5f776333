CREATE OR REPLACE FUNCTION wallet_private.record_action(
    p_name text, p_subject text, p_details jsonb, p_actor text
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Writes down what an operator changed, without what an asset has for the feed alone.
BEGIN
    PERFORM wallet_private.check_text('actor', p_actor);
    INSERT INTO wallet_private.action (actor, name, subject, details)
    VALUES (
        coalesce(p_actor, session_user), p_name, p_subject,
        p_details - '{feed_base,server_started_at}'::text[]
    );
END
$$;
