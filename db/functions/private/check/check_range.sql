CREATE OR REPLACE FUNCTION wallet_private.check_range(
    p_name text, p_value anycompatible, p_least anycompatible, p_most anycompatible
) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    IF p_value NOT BETWEEN p_least AND p_most THEN
        RAISE EXCEPTION 'a value is out of range'
            USING ERRCODE = 'WA109',
                DETAIL = format(
                    '%s is %s; it can be %s to %s.', p_name, p_value, p_least, p_most
                ),
                HINT = 'Give a value within the range.';
    END IF;
END
$$;
