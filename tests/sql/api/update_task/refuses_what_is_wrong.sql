BEGIN;
SELECT plan(18);
\ir ../../support/_books.sql

SELECT task_id FROM wallet.create_task('visit', 'Visit', 'POINTS', 1, 5, '1 day') \gset
SELECT throws_ok(
    pg_temp.call(
        'update_task', jsonb_build_object('task_id', :task_id, 'name', 'Other') || v.change
    ),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"task_id": null}'::jsonb, 'WA101'),
    ('{"task_id": 0}', 'WA203'),
    ('{"name": ""}', 'WA106'),
    ('{"name": "a\nb"}', 'WA106'),
    ('{"reward": 0}', 'WA102'),
    ('{"reward": "NaN"}', 'WA102'),
    ('{"reward": 0.001}', 'WA103'),
    ('{"reward": 1000000000000001}', 'WA105'),
    ('{"max_completions": -1}', 'WA109'),
    ('{"cooldown": "-1 second"}', 'WA109'),
    ('{"cooldown": "0.5 seconds"}', 'WA109'),
    ('{"cooldown": "3661 days"}', 'WA109'),
    ('{"expires_in": "1 day"}', 'WA502'),
    ('{"period": "year"}', 'WA110'),
    ('{"period": "day", "time_zone": "berlin"}', 'WA116'),
    ('{"time_zone": "UTC"}', 'WA101'),
    ('{"actor": ""}', 'WA106')
) AS v (change, code);
SELECT results_eq(
    'SELECT t.name, t.reward, t.max_completions, t.cooldown FROM wallet.list_tasks() AS t',
    'VALUES (''Visit'', 1.00, 5, interval ''1 day'')', 'a refused request changes nothing'
);

SELECT * FROM finish();
ROLLBACK;
