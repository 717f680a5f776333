BEGIN;
SELECT plan(13);
\ir ../../support/_books.sql

SELECT task_id
FROM wallet.create_task('daily', 'Log in today', 'GOLD', 10, 3, interval '1 day') \gset
SELECT task_id AS other
FROM wallet.create_task('other', 'Other', 'GOLD', 10, NULL, interval '1 day') \gset
SELECT format('SELECT wallet.complete_task(%L, %s, %L)', :'alice', :task_id, 'key-2') AS again \gset

SELECT is(
    (wallet.complete_task(:'alice', :task_id, 'key-1')).balance, 110::numeric,
    'the first time is free'
);
SELECT matches(
    (pg_temp.refusal_of(:'again')).detail, '^Task daily pays again in 86[34][0-9]{2} seconds\.$',
    'the detail says in how many seconds it pays again'
);
SELECT is(
    (pg_temp.refusal_of(:'again')).hint,
    'Try it with the same key when the cooldown is over.', 'the hint says how'
);
SELECT throws_ok(:'again', 'WA406', 'the task is cooling down', 'until then it pays nothing');
SELECT is(
    (wallet.complete_task(:'alice', :task_id, 'key-1')).is_replay, true,
    'a replay needs no cooldown'
);
SELECT is(
    (wallet.complete_task(:'alice', :other, 'key-3')).balance, 120::numeric,
    'each task has a cooldown of its own'
);
SELECT is(
    (wallet.complete_task(:'bob', :task_id, 'key-2')).balance, 10::numeric,
    'and each user'
);

-- Time passes.
CALL pg_temp.let_pass('23:58:00');
SELECT throws_ok(:'again', 'WA406', 'the task is cooling down', 'two minutes too early');
SELECT matches(
    (pg_temp.refusal_of(:'again')).detail, '^Task daily pays again in 1[0-2][0-9] seconds\.$',
    'the detail counts down'
);
CALL pg_temp.let_pass('2 minutes');
SELECT lives_ok(:'again', 'after a day it pays again, by the key that was refused');
SELECT throws_ok(
    replace(:'again', 'key-2', 'key-4'), 'WA406', 'the task is cooling down',
    'and cools down anew'
);
SELECT cooldown FROM wallet.update_task(:task_id, p_cooldown => interval '1 second') \gset
CALL pg_temp.let_pass('1 second');
SELECT is(
    (wallet.complete_task(:'alice', :task_id, 'key-4')).balance, 140::numeric,
    'a shorter cooldown holds at once'
);
SELECT is_empty(
    $$ SELECT * FROM wallet.verify() WHERE "check" <> 'completion is backed by its transfer' $$,
    'the books are sound, but for the times that were moved here'
);

SELECT * FROM finish();
ROLLBACK;
