BEGIN;
SELECT plan(5);
\ir ../../_setup.sql

SELECT count(*) AS passwords FROM (
    VALUES ('first', 'support-3'), ('second', NULL)
) AS v (hash, actor)
CROSS JOIN LATERAL wallet.set_password(:'alice', v.hash, v.actor) \gset

SELECT results_eq(
    format(
        'SELECT actor, name, details FROM wallet.operator_action '
        'WHERE subject = %L AND name = ''set_password'' ORDER BY action_id', :'alice'
    ),
    $$
        VALUES
        ('support-3', 'set_password', '{}'::jsonb),
        (session_user::text COLLATE "default", 'set_password', '{}')
    $$,
    'the actor, without one the session''s user, and no hash'
);
SELECT throws_ok(
    format('SELECT wallet.set_password(%L, %L, %L)', :'alice', 'third', v.actor),
    'WA106', 'a text is malformed', v.what
) FROM (
    VALUES
    ('', 'an empty actor'),
    (E'support\n3', 'an actor with a line break'),
    (repeat('a', 256), 'an actor of 256 characters')
) AS v (actor, what);
SELECT is(
    (wallet.get_credential('alice@example.com')).password_hash, 'second', 'then nothing changes'
);

SELECT * FROM finish();
ROLLBACK;
