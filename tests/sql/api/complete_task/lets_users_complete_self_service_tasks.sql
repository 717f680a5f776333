BEGIN;
SELECT plan(7);
\ir ../../support/_economy.sql

SELECT task_id FROM wallet.create_task('boss', 'Defeat a boss', 'GOLD', 10) \gset
SELECT task_id AS login
FROM wallet.create_task('login', 'Log in', 'GOLD', 10, p_is_self_service => true) \gset

SELECT is(
    pg_temp.refusal_of(
        format('SELECT wallet.complete_task(%L, %s, %L, true)', :'alice', :task_id, 'key-1')
    ),
    (
        'WA502', 'this is not allowed here', 'Users don''t complete task boss themselves.',
        'A service reports it when it has been done.'
    )::pg_temp.refusal,
    'a user doesn''t complete a task himself'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'GOLD') AS b), 100::numeric,
    'and gets nothing for trying'
);
SELECT is(
    (wallet.complete_task(:'alice', :login, 'key-1', true)).balance, 110::numeric,
    'but a self-service task'
);
SELECT is(
    (wallet.complete_task(:'alice', :login, 'key-1', true)).is_replay, true,
    'whose replay is answered'
);
SELECT is(
    (wallet.complete_task(:'alice', v.task_id, v.key, false)).balance, v.balance, v.description
) FROM (
    VALUES
    (:task_id, 'key-2', 120::numeric, 'a service can complete the one'),
    (:login, 'key-3', 130, 'and the other')
) AS v (task_id, key, balance, description);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
