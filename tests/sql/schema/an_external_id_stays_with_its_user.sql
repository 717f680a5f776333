BEGIN;
SELECT plan(6);
\ir ../_setup.sql

SELECT user_id AS carol FROM wallet.create_user(NULL, 'Carol') \gset
SELECT throws_ok(
    format(
        'UPDATE wallet_private.user_account SET external_id = %L WHERE user_id = %L',
        v.external_id, :'alice'
    ),
    'WA310', 'an external id stays with its user', v.what
) FROM (
    VALUES
    ('another', 'it is not changed'),
    ('bob', 'not to one that is taken either'),
    (NULL, 'and not taken away, to be given to another')
) AS v (external_id, what);
SELECT lives_ok(
    format('UPDATE wallet_private.user_account SET %s WHERE user_id = %L', v.change, v.user_id),
    v.what
) FROM (
    VALUES
    (:'alice', 'external_id = ''alice'', name = ''A''', 'the same again is no change'),
    (:'alice', 'name = NULL, email = NULL', 'all else can change'),
    (:'carol', 'external_id = ''carol''', 'and who has none can get one')
) AS v (user_id, change, what);

SELECT * FROM finish();
ROLLBACK;
