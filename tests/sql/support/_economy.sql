-- What ../_setup.sql makes, and an economy around it: 50 SILVER convert into 1 GOLD; COPPER is
-- archived, and :'alice' has 10 of it left; :'frozen' and :'closed' have 100 SILVER each.
-- Then what helps with requests: pg_temp.call, pg_temp.message_of, pg_temp.refusal_of, malformed.
\ir ../_setup.sql

SELECT rate_id AS silver_to_gold FROM wallet.set_conversion_rate('SILVER', 'GOLD', 50, 1) \gset

SELECT asset AS archived FROM wallet.create_asset('COPPER', 'Copper') \gset
SELECT balance AS archived_balance
FROM wallet.bonus(:'alice', :'archived', 10, 'first COPPER') \gset
SELECT is_archived FROM wallet.update_asset(:'archived', p_is_archived => true) \gset

SELECT user_id AS frozen FROM wallet.create_user('frozen') \gset
SELECT user_id AS closed FROM wallet.create_user('closed') \gset
SELECT count(*) AS inactive FROM (
    VALUES
    (:'frozen'::uuid, 'frozen'),
    (:'closed'::uuid, 'closed')
) AS v (user_id, status)
CROSS JOIN LATERAL wallet.bonus(v.user_id, 'SILVER', 100, 'first SILVER')
CROSS JOIN LATERAL wallet.set_user_status(v.user_id, v.status) \gset

-- The SQL that calls a function of the API with the fields of a request.
CREATE FUNCTION pg_temp.call(p_function text, p_request jsonb) RETURNS text
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT format(
        'SELECT * FROM wallet.%I(%s)', p_function,
        string_agg(format('p_%s => %L', f.key, f.value), ', ')
    )
    FROM jsonb_each_text(p_request) AS f
$$;

-- All that an error says.
CREATE TYPE pg_temp.refusal AS (code text, message text, detail text, hint text);
CREATE FUNCTION pg_temp.refusal_of(p_sql text) RETURNS pg_temp.refusal
LANGUAGE plpgsql
VOLATILE
AS $$
DECLARE
    v_refusal pg_temp.refusal;
BEGIN
    EXECUTE p_sql;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS
        v_refusal.code = RETURNED_SQLSTATE,
        v_refusal.message = MESSAGE_TEXT,
        v_refusal.detail = PG_EXCEPTION_DETAIL,
        v_refusal.hint = PG_EXCEPTION_HINT;
    RETURN v_refusal;
END
$$;

-- The one message of each code.
CREATE FUNCTION pg_temp.message_of(p_code text) RETURNS text
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT m.message
    FROM (
        VALUES
        ('WA101', 'an argument is missing'),
        ('WA102', 'an amount has to be positive'),
        ('WA103', 'an amount has too many decimals'),
        ('WA104', 'the idempotency key is missing or malformed'),
        ('WA105', 'an amount is too large'),
        ('WA106', 'a text is malformed'),
        ('WA107', 'the amount does not convert exactly'),
        ('WA109', 'a value is out of range'),
        ('WA110', 'a value is not one of the known ones'),
        ('WA111', 'metadata has to be a small object'),
        ('WA112', 'an asset does not convert into itself'),
        ('WA113', 'an email address or phone number is malformed'),
        ('WA201', 'user not found'),
        ('WA202', 'asset not found'),
        ('WA203', 'task not found'),
        ('WA204', 'item not found'),
        ('WA207', 'conversion rate not found'),
        ('WA301', 'the idempotency key was used for another request'),
        ('WA302', 'the email address is taken'),
        ('WA303', 'the external id is taken'),
        ('WA305', 'the price has changed'),
        ('WA306', 'the conversion rate has changed'),
        ('WA401', 'the balance is too low'),
        ('WA402', 'the supply is exhausted'),
        ('WA403', 'the item is out of stock'),
        ('WA404', 'the item''s limit per user is reached'),
        ('WA405', 'the task''s limit per user is reached'),
        ('WA406', 'the task is cooling down'),
        ('WA501', 'the account is not active'),
        ('WA502', 'this is not allowed here'),
        ('WA503', 'the asset, task or item is closed')
    ) AS m (code, message)
    WHERE m.code = p_code
$$;

-- What is wrong in a field of any request, and the code that it has to be refused with.
CREATE TEMPORARY TABLE malformed AS
SELECT
    v.field,
    v.value,
    v.code,
    v.field || ': ' || v.what AS description
FROM (
    VALUES
    ('user_id', NULL, 'WA101', 'none'),
    ('user_id', :'nobody', 'WA201', 'unknown'),
    ('user_id', :'frozen', 'WA501', 'frozen'),
    ('user_id', :'closed', 'WA501', 'closed'),
    ('asset', NULL, 'WA101', 'none'),
    ('asset', '', 'WA202', 'empty'),
    ('asset', 'gold', 'WA202', 'in lower case'),
    ('asset', :'archived', 'WA503', 'archived'),
    ('amount', NULL, 'WA101', 'none'),
    ('amount', '0', 'WA102', 'zero'),
    ('amount', 'NaN', 'WA102', 'NaN'),
    ('amount', 'Infinity', 'WA102', 'Infinity'),
    ('amount', '-Infinity', 'WA102', '-Infinity'),
    ('amount', '-1', 'WA102', 'negative'),
    ('amount', '0.5', 'WA103', 'too many decimals'),
    ('amount', '1.00000000000000000001', 'WA103', 'far too many decimals'),
    ('amount', '1000000000000001', 'WA105', 'over 10^15'),
    ('amount', '1e1000', 'WA105', 'astronomical'),
    ('idempotency_key', NULL, 'WA104', 'none'),
    ('idempotency_key', '', 'WA104', 'empty'),
    ('idempotency_key', ' ', 'WA104', 'a space'),
    ('idempotency_key', ' key', 'WA104', 'a leading space'),
    ('idempotency_key', 'key ', 'WA104', 'a trailing space'),
    ('idempotency_key', E'key\n', 'WA104', 'a line break at the end'),
    ('idempotency_key', E'k\ney', 'WA104', 'a line break within'),
    ('idempotency_key', E'k\tey', 'WA104', 'a tab'),
    ('idempotency_key', 'key' || chr(127), 'WA104', 'a DEL'),
    ('idempotency_key', 'cl' || chr(233), 'WA104', 'not ASCII'),
    ('idempotency_key', repeat('k', 256), 'WA104', '256 characters'),
    ('reference', '', 'WA106', 'empty'),
    ('reference', E'order\n7', 'WA106', 'a line break'),
    ('reference', E'order\t7', 'WA106', 'a tab'),
    ('reference', 'order' || chr(1), 'WA106', 'a control character'),
    ('reference', 'order' || chr(127), 'WA106', 'a DEL'),
    ('reference', repeat('r', 256), 'WA106', '256 characters'),
    ('metadata', '[]', 'WA111', 'a list'),
    ('metadata', 'null', 'WA111', 'the null of JSON'),
    ('metadata', '"text"', 'WA111', 'a text'),
    ('metadata', '1', 'WA111', 'a number'),
    ('metadata', 'true', 'WA111', 'a boolean'),
    ('metadata', format('{"a": "%s"}', repeat('m', 8184)), 'WA111', '8193 bytes'),
    ('actor', '', 'WA106', 'empty'),
    ('actor', E'till\n3', 'WA106', 'a line break'),
    ('actor', repeat('a', 256), 'WA106', '256 characters')
) AS v (field, value, code, what);
