CREATE OR REPLACE FUNCTION wallet_private.check_zone(p_zone text) RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Whether PostgreSQL knows this name of a time zone. Abbreviations and offsets are none: PostgreSQL
-- reads their sign the other way round than ISO does.
BEGIN
    PERFORM wallet_private.check_given('zone', p_zone);
    BEGIN
        IF p_zone ~ '^(UTC|[A-Za-z]+(/[A-Za-z0-9_+-]+)+)$' THEN
            PERFORM now() AT TIME ZONE p_zone;
            RETURN;
        END IF;
    EXCEPTION
        WHEN invalid_parameter_value THEN
            NULL;  -- there is no such zone
    END;
    RAISE EXCEPTION 'a value is not one of the known ones'
        USING ERRCODE = 'WA110',
            DETAIL = format('zone is %s.', left(quote_literal(p_zone), 40)),
            HINT = 'Give a name of the IANA database, such as Asia/Tokyo, or UTC.';
END
$$;
