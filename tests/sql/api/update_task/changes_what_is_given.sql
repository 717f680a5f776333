BEGIN;
SELECT plan(11);
\ir ../../support/_books.sql

SELECT task_id FROM wallet.create_task('visit', 'Visit', 'POINTS', 1) \gset
SELECT jsonb_build_object(
    'task_id', :task_id, 'code', 'visit', 'name', 'Visit', 'asset', 'POINTS', 'reward', 1.00,
    'max_completions', NULL, 'cooldown', NULL, 'is_self_service', false, 'is_active', true,
    'expires_in', NULL, 'period', NULL, 'time_zone', NULL
) AS task \gset

-- One after the other, each only what it names.
SELECT results_eq(
    format(
        'SELECT to_jsonb(r.*) - ''created_at'' FROM (%s) AS r',
        pg_temp.call(
            'update_task',
            jsonb_build_object('task_id', :task_id, 'actor', 'till-3') || v.change
        )
    ),
    format('VALUES (%L::jsonb)', :'task'::jsonb || v.expected),
    format('after %s', v.change)
) FROM (
    VALUES
    ('{}'::jsonb, '{}'::jsonb),
    ('{"name": "Visits"}', '{"name": "Visits"}'),
    ('{"reward": 2.5}', '{"name": "Visits", "reward": 2.50}'),
    ('{"max_completions": 4}', '{"name": "Visits", "reward": 2.50, "max_completions": 4}'),
    (
        '{"cooldown": "1 hour"}',
        '{"name": "Visits", "reward": 2.50, "max_completions": 4, "cooldown": "01:00:00"}'
    ),
    (
        '{"is_self_service": true, "is_active": false}',
        '{
            "name": "Visits", "reward": 2.50, "max_completions": 4, "cooldown": "01:00:00",
            "is_self_service": true, "is_active": false
        }'
    ),
    (
        '{"max_completions": 0}',
        '{
            "name": "Visits", "reward": 2.50, "cooldown": "01:00:00",
            "is_self_service": true, "is_active": false
        }'
    ),
    (
        '{"cooldown": "0"}',
        '{"name": "Visits", "reward": 2.50, "is_self_service": true, "is_active": false}'
    ),
    ('{"is_self_service": false, "is_active": true}', '{"name": "Visits", "reward": 2.50}')
) AS v (change, expected);
SELECT results_eq(
    'SELECT t.name, t.reward FROM wallet.list_tasks() AS t', 'VALUES (''Visits'', 2.50)',
    'the list shows it as it is now'
);
SELECT is(
    (
        SELECT count(*) FROM wallet.operator_action AS o
        WHERE o.name = 'update_task' AND o.subject = 'visit' AND o.actor = 'till-3'
    ),
    9::bigint, 'who changed it is written down each time'
);

SELECT * FROM finish();
ROLLBACK;
