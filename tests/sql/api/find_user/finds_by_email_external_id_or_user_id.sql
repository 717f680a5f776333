BEGIN;
SELECT plan(13);
\ir ../../support/_economy.sql

SELECT user_id AS carol FROM wallet.create_user('Host-7', 'Carol', 'Carol@Example.com') \gset

SELECT results_eq(
    format('SELECT * FROM wallet.find_user(%L)', v.query),
    format('SELECT * FROM wallet.get_user(%L)', :'carol'),
    'finds her by ' || v.what
) FROM (
    VALUES
    ('Carol@Example.com', 'the address'),
    ('cAROL@eXAMPLE.cOM', 'the address in other case'),
    ('Host-7', 'the external id'),
    (:'carol', 'the user id')
) AS v (query, what);
SELECT is_empty(
    format('SELECT * FROM wallet.find_user(%L)', v.query), 'finds nobody by ' || v.what
) FROM (
    VALUES
    ('host-7', 'an external id in other case'),
    ('Host', 'the beginning of an external id'),
    ('%', 'a pattern'),
    ('carol@', 'the beginning of an address'),
    ('Carol', 'a name'),
    (:'nobody', 'an unknown user id'),
    ('', 'no text')
) AS v (query, what);

SELECT user_id AS namesake FROM wallet.create_user('carol@example.com') \gset
SELECT bag_eq(
    'SELECT user_id FROM wallet.find_user(''carol@example.com'')',
    format('VALUES (%L::uuid), (%L)', :'carol', :'namesake'),
    'finds both whose address or external id it is'
);
SELECT throws_ok(
    'SELECT * FROM wallet.find_user(NULL)', 'WA101', 'an argument is missing', 'no query'
);

SELECT * FROM finish();
ROLLBACK;
