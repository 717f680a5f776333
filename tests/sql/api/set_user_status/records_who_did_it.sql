BEGIN;
SELECT plan(5);
\ir ../../_setup.sql

SELECT status FROM wallet.set_user_status(:'alice', 'frozen', 'chargeback', 'ops-7') \gset
SELECT status FROM wallet.set_user_status(:'alice', 'active') \gset

SELECT results_eq(
    format(
        'SELECT actor, name, details FROM wallet.operator_action '
        'WHERE subject = %L AND name = ''set_user_status'' ORDER BY action_id', :'alice'
    ),
    $$
        VALUES
        ('ops-7', 'set_user_status', '{"status": "frozen", "reason": "chargeback"}'::jsonb),
        (
            session_user::text COLLATE "default", 'set_user_status',
            '{"status": "active", "reason": null}'
        )
    $$,
    'the actor, without one the session''s user, and what was changed why'
);
SELECT throws_ok(
    format('SELECT wallet.set_user_status(%L, %L, NULL, %L)', :'alice', 'closed', v.actor),
    'WA106', 'a text is malformed', v.what
) FROM (
    VALUES
    ('', 'an empty actor'),
    (E'ops\n7', 'an actor with a line break'),
    (repeat('a', 256), 'an actor of 256 characters')
) AS v (actor, what);
SELECT is((wallet.get_user(:'alice')).status, 'active', 'then nothing changes');

SELECT * FROM finish();
ROLLBACK;
