BEGIN;
SELECT plan(10);
\ir ../../support/_economy.sql

SELECT task_id FROM wallet.create_task('quest', 'Quest', 'GOLD', 10, 2) \gset
SELECT task_id AS other FROM wallet.create_task('other', 'Other quest', 'GOLD', 10, 1) \gset

SELECT is(
    (wallet.complete_task(:'alice', :task_id, 'key-' || n)).balance, 100 + n * 10::numeric,
    format('completion %s of 2', n)
) FROM generate_series(1, 2) AS g (n);
SELECT is(
    pg_temp.refusal_of(
        format('SELECT wallet.complete_task(%L, %s, %L)', :'alice', :task_id, 'key-3')
    ),
    (
        'WA405', 'the task''s limit per user is reached',
        'Task quest pays each user 2 times; this one has them all.', 'Offer another task.'
    )::pg_temp.refusal,
    'a third is refused'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'GOLD') AS b), 120::numeric,
    'and pays nothing'
);
SELECT is(
    (wallet.complete_task(:'bob', :task_id, 'key-3')).balance, 10::numeric,
    'each user has a limit of his own'
);
SELECT is(
    (wallet.complete_task(:'alice', :other, 'key-4')).balance, 130::numeric,
    'so has each task'
);

SELECT max_completions FROM wallet.update_task(:task_id, p_max_completions => 3) \gset
SELECT is(
    (wallet.complete_task(:'alice', :task_id, 'key-3')).balance, 140::numeric,
    'a higher limit lets it be completed again, by the key that was refused'
);
SELECT max_completions FROM wallet.update_task(:task_id, p_max_completions => 1) \gset
SELECT throws_ok(
    format('SELECT wallet.complete_task(%L, %s, %L)', user_id, :task_id, 'key-5'), 'WA405',
    'the task''s limit per user is reached', 'a lower one holds for ' || name
) FROM (
    VALUES (:'alice', 'who is far over it'), (:'bob', 'who is at it')
) AS v (user_id, name);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
