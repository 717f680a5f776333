BEGIN;
SELECT plan(18);
\ir ../../support/_economy.sql

SELECT user_id AS carol FROM wallet.create_user('Host-7', 'Carol', 'Zed@Example.com') \gset
SELECT user_id AS caro FROM wallet.create_user('Carola', p_email => 'host-9@example.com') \gset
SELECT user_id AS caroline FROM wallet.create_user(p_name => 'caroline_%') \gset
SELECT user_id AS zofie FROM wallet.create_user(p_name => chr(381) || 'ofie') \gset

CREATE FUNCTION pg_temp.found(p_query text, p_limit integer DEFAULT NULL) RETURNS uuid[]
LANGUAGE sql
AS $$ SELECT array(SELECT u.user_id FROM wallet.search_users(p_query, p_limit) AS u) $$;
SELECT is(pg_temp.found(v.query), v.users::uuid[], v.what) FROM (
    VALUES
    ('Caro', ARRAY[:'carol', :'caroline', :'caro'], 'by name, and those without one last'),
    ('CARO', ARRAY[:'carol', :'caroline'], 'a name in other case, not an external id'),
    ('Carol', ARRAY[:'carol', :'caroline', :'caro'], 'a whole name too'),
    ('zeD@', ARRAY[:'carol'], 'an address in other case'),
    ('host', ARRAY[:'caro'], 'an external id only in its case'),
    ('Host-', ARRAY[:'carol', :'caro'], 'an external id and an address'),
    ('caroline_', ARRAY[:'caroline'], 'a sign is a sign'),
    (chr(381), ARRAY[:'zofie'], 'a letter of two bytes'),
    ('c%', ARRAY[]::text[], 'and not a pattern'),
    ('arol', ARRAY[]::text[], 'the middle is not searched')
) AS v (query, users, what);
SELECT is(cardinality(pg_temp.found('Caro', 1)), 1, 'no more than one wants');
SELECT results_eq(
    'SELECT * FROM wallet.search_users(''Zed@'')',
    format('SELECT * FROM wallet.get_user(%L)', :'carol'), 'all of the user'
);

SELECT throws_ok(
    format('SELECT * FROM wallet.search_users(%s)', v.arguments), v.code,
    pg_temp.message_of(v.code), v.arguments
) FROM (
    VALUES
    ('NULL', 'WA101'),
    ('''''', 'WA106'),
    ('repeat(''x'', 256)', 'WA106'),
    ('''x'', 0', 'WA109'),
    ('''x'', 201', 'WA109')
) AS v (arguments, code);

SELECT status AS erased FROM wallet.erase_user(:'carol', 'asked for it') \gset
SELECT is(pg_temp.found('Carol'), ARRAY[:'caroline', :'caro']::uuid[], 'nobody who was erased');

SELECT * FROM finish();
ROLLBACK;
