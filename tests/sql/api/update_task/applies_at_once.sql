BEGIN;
SELECT plan(13);
\ir ../../support/_books.sql

SELECT task_id FROM wallet.create_task('visit', 'Visit', 'GOLD', 1) \gset
SELECT balance FROM wallet.complete_task(:'bob', :task_id, 'key-1') \gset
SELECT format('SELECT wallet.complete_task(%L, %s, %L)', :'bob', :task_id, 'key-2') AS again \gset

SELECT is((wallet.update_task(:task_id, p_max_completions => 1)).max_completions, 1, 'a limit');
SELECT throws_ok(
    :'again', 'WA405', 'the task''s limit per user is reached', 'holds for what was before it'
);
SELECT is((wallet.update_task(:task_id, p_max_completions => 2)).max_completions, 2, 'and rises');
SELECT is(
    (wallet.update_task(:task_id, p_cooldown => '1 hour')).cooldown, interval '1 hour',
    'a cooldown'
);
SELECT throws_ok(:'again', 'WA406', 'the task is cooling down', 'begins with the last completion');
SELECT is((wallet.update_task(:task_id, p_cooldown => '0')).cooldown, NULL, 'and can be ended');
SELECT is((wallet.update_task(:task_id, p_is_active => false)).is_active, false, 'a task closed');
SELECT throws_ok(
    :'again', 'WA503', 'the asset, task or item is closed', 'pays no more'
);
SELECT is((wallet.update_task(:task_id, p_is_active => true)).is_active, true, 'until reopened');
SELECT is((wallet.update_task(:task_id, p_reward => 5)).reward, 5::numeric, 'a reward');
SELECT is(
    (wallet.complete_task(:'bob', :task_id, 'key-2')).amount, 5::numeric, 'is for what comes'
);
SELECT is(
    (wallet.complete_task(:'bob', :task_id, 'key-1')).amount, 1::numeric, 'and not for what was'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
