BEGIN;
SELECT plan(6);
\ir ../../support/_books.sql

CREATE TEMPORARY TABLE answer AS
SELECT t.*
FROM wallet.create_task('Daily_1', 'Daily', 'POINTS', 0.5, 3, '1 day', true, 'till-3') AS t;
SELECT task_id FROM answer \gset
SELECT is(
    (SELECT to_jsonb(a.*) - '{task_id, created_at}'::text[] FROM answer AS a),
    jsonb_build_object(
        'code', 'Daily_1', 'name', 'Daily', 'asset', 'POINTS', 'reward', 0.50,
        'max_completions', 3, 'cooldown', '1 day', 'is_self_service', true, 'is_active', true,
        'expires_in', NULL, 'period', NULL, 'time_zone', NULL
    ),
    'the answer is the task'
);
SELECT results_eq(
    'SELECT * FROM wallet.list_tasks()', 'SELECT * FROM answer', 'which is listed alike'
);
SELECT is(
    (
        SELECT to_jsonb(t.*) - '{task_id, created_at}'::text[]
        FROM wallet.create_task('t', 'T', 'GOLD', 7) AS t
    ),
    jsonb_build_object(
        'code', 't', 'name', 'T', 'asset', 'GOLD', 'reward', 7, 'max_completions', NULL,
        'cooldown', NULL, 'is_self_service', false, 'is_active', true,
        'expires_in', NULL, 'period', NULL, 'time_zone', NULL
    ),
    'by default it has no limits and users can''t report it'
);
SELECT is(
    (wallet.complete_task(:'bob', :task_id, 'key', true)).balance, 0.50, 'it can be completed'
);
SELECT results_eq(
    $$
        SELECT nullif(o.actor, session_user COLLATE "default"), o.subject
        FROM wallet.operator_action AS o
        WHERE o.name = 'create_task' ORDER BY o.action_id
    $$,
    $$VALUES ('till-3', 'Daily_1'), (NULL, 't')$$, 'who made it is written down'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
