BEGIN;
SELECT plan(33);
\ir ../../support/_economy.sql

SELECT task_id FROM wallet.create_task('quest', 'Quest', 'SILVER', 10, 1) \gset
SELECT task_id AS dear FROM wallet.create_task('dear', 'Dear quest', 'GOLD', 901) \gset
SELECT task_id AS over FROM wallet.create_task('over', 'Old quest', 'SILVER', 10) \gset
SELECT is_active FROM wallet.update_task(:over, p_is_active => false) \gset
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT task_id AS mine FROM wallet.create_task('mine', 'Dig for rubies', 'RUBY', 3) \gset
SELECT is_archived FROM wallet.update_asset('RUBY', p_is_archived => true) \gset

SELECT jsonb_build_object(
    'user_id', :'alice', 'task_id', :task_id, 'idempotency_key', 'key',
    'metadata', jsonb_build_object('a', repeat('m', 8183)), 'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('complete_task', :'request'::jsonb || jsonb_build_object(m.field, m.value)),
    m.code, pg_temp.message_of(m.code), m.description
) FROM malformed AS m
WHERE
    m.field NOT IN ('asset', 'amount', 'reference')
    AND m.code IN ('WA101', 'WA104', 'WA106', 'WA111', 'WA201', 'WA501');

SELECT throws_ok(
    pg_temp.call(
        'complete_task', :'request'::jsonb || jsonb_build_object('task_id', v.task_id)
    ), v.code, pg_temp.message_of(v.code), v.description
) FROM (
    VALUES
    (NULL, 'WA101', 'task_id: none'),
    (0, 'WA203', 'task_id: unknown'),
    (-1, 'WA203', 'task_id: negative'),
    (:over, 'WA503', 'task_id: of a task that is closed'),
    (:mine, 'WA503', 'task_id: of a task that pays in an archived asset'),
    (:dear, 'WA402', 'task_id: of a task that pays more than the cap lets be issued')
) AS v (task_id, code, description);

SELECT is_empty(
    'SELECT * FROM wallet.transaction WHERE kind = ''TASK''',
    'a refused request leaves nothing behind'
);
SELECT results_eq(
    format('SELECT is_replay FROM (%s) AS r', pg_temp.call('complete_task', :'request')),
    'VALUES (false)', 'its key is free, the limit unused, and the longest texts are good'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
