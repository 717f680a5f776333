BEGIN;
SELECT plan(33);
\ir ../../support/_books.sql

SELECT task_id FROM wallet.create_task('visit', 'Visit', 'GOLD', 1) \gset
SELECT jsonb_build_object(
    'code', repeat('a', 64), 'name', repeat('n', 255), 'asset', 'POINTS', 'reward', 1e15,
    'max_completions', 2147483647, 'cooldown', '3660 days', 'is_self_service', true,
    'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('create_task', :'request'::jsonb || v.change), v.code, pg_temp.message(v.code),
    v.change::text
) FROM (
    VALUES
    ('{"code": null}'::jsonb, 'WA101'),
    ('{"code": ""}', 'WA114'),
    ('{"code": "1st"}', 'WA114'),
    ('{"code": "a-b"}', 'WA114'),
    ('{"code": "a\n"}', 'WA114'),
    (jsonb_build_object('code', repeat('a', 65)), 'WA114'),
    ('{"code": "visit"}', 'WA304'),
    ('{"name": null}', 'WA101'),
    ('{"name": ""}', 'WA106'),
    (jsonb_build_object('name', repeat('n', 256)), 'WA106'),
    ('{"asset": null}', 'WA101'),
    ('{"asset": "points"}', 'WA202'),
    ('{"reward": null}', 'WA101'),
    ('{"reward": 0}', 'WA102'),
    ('{"reward": "NaN"}', 'WA102'),
    ('{"reward": 0.001}', 'WA103'),
    ('{"reward": 1000000000000001}', 'WA105'),
    ('{"max_completions": 0}', 'WA109'),
    ('{"max_completions": -1}', 'WA109'),
    ('{"cooldown": "0"}', 'WA109'),
    ('{"cooldown": "-1 day"}', 'WA109'),
    ('{"cooldown": "0.999 seconds"}', 'WA109'),
    ('{"cooldown": "3660 days 1 second"}', 'WA109'),
    ('{"is_self_service": null}', 'WA101'),
    ('{"expires_in": "1 day"}', 'WA502'),
    ('{"period": "year"}', 'WA110'),
    ('{"period": "day", "time_zone": "berlin"}', 'WA116'),
    ('{"period": "day", "time_zone": ""}', 'WA116'),
    ('{"time_zone": "UTC"}', 'WA101'),
    ('{"actor": ""}', 'WA106')
) AS v (change, code);
SELECT is(
    pg_temp.refusal_of(pg_temp.call('create_task', :'request'::jsonb || '{"code": "visit"}')),
    (
        'WA304', 'the code is taken', 'There is a task visit already.',
        'Change that one, or take another code.'
    )::pg_temp.refusal,
    'a code that is taken is named'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_tasks()), 1::bigint, 'a refused request leaves nothing behind'
);
SELECT results_eq(
    format('SELECT t.reward, t.cooldown FROM (%s) AS t', pg_temp.call('create_task', :'request')),
    'VALUES (1e15, interval ''3660 days'')', 'the longest and largest are good'
);

SELECT * FROM finish();
ROLLBACK;
