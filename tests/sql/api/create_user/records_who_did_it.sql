BEGIN;
SELECT plan(5);
\ir ../../_setup.sql

SELECT user_id AS carol FROM wallet.create_user(
    'host-7', 'Carol', 'carol@example.com', '+15550107788', 'admin', 'ops-7'
) \gset
SELECT user_id AS plain FROM wallet.create_user() \gset

SELECT results_eq(
    format(
        'SELECT subject, actor, name, details FROM wallet.operator_action '
        'WHERE subject IN (%L, %L) ORDER BY action_id', :'carol', :'plain'
    ),
    format(
        'VALUES (%L, ''ops-7'', ''create_user'', ''{"role": "admin"}''::jsonb), '
        '(%L, %L, ''create_user'', ''{"role": "user"}'')', :'carol', :'plain', session_user
    ),
    'the actor, without one the session''s user, and nothing personal'
);
SELECT throws_ok(
    format('SELECT wallet.create_user(%L, p_actor => %L)', 'host-8', v.actor),
    'WA106', 'a text is malformed', v.what
) FROM (
    VALUES
    ('', 'an empty actor'),
    (E'ops\n7', 'an actor with a line break'),
    (repeat('a', 256), 'an actor of 256 characters')
) AS v (actor, what);
SELECT is_empty('SELECT * FROM wallet.find_user(''host-8'')', 'then nobody is made');

SELECT * FROM finish();
ROLLBACK;
