CREATE OR REPLACE FUNCTION wallet_private.check_time_zone(p_time_zone text) RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- A zone is UTC or one of Area/City. An abbreviation like IST means different things to different
-- people, and for an offset like UTC+3 PostgreSQL counts to the west.
DECLARE
    v_is_known boolean := p_time_zone ~ '^(UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z_-]+)+)$';
BEGIN
    IF v_is_known THEN
        BEGIN
            PERFORM now() AT TIME ZONE p_time_zone;
        EXCEPTION
            WHEN invalid_parameter_value THEN v_is_known := false;
        END;
    END IF;
    IF NOT v_is_known THEN
        RAISE EXCEPTION 'the time zone is not known'
            USING ERRCODE = 'WA116',
                DETAIL = format('It is %s.', left(quote_literal(p_time_zone), 40)),
                HINT = 'Take UTC, or a name of the IANA time zone database: Europe/Berlin.';
    END IF;
END
$$;
