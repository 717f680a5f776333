BEGIN;
SELECT plan(11);
\ir ../../support/_economy.sql

SELECT task_id FROM wallet.create_task('quest', 'Quest', 'GOLD', 10, 1, interval '1 day') \gset
SELECT task_id AS other FROM wallet.create_task('other', 'Other quest', 'GOLD', 10) \gset
SELECT jsonb_build_object(
    'user_id', :'alice', 'task_id', :task_id, 'idempotency_key', 'key'
) AS request \gset

CREATE TEMPORARY TABLE answer AS
SELECT r.* FROM wallet.complete_task(:'alice', :task_id, 'key', false, '{"try": 1}', 'game') AS r;
SELECT transaction_id FROM answer \gset
UPDATE answer SET is_replay = true;

SELECT balance FROM wallet.spend(:'alice', 'GOLD', 50, 'later') \gset
SELECT results_eq(
    pg_temp.call('complete_task', :'request'), 'SELECT * FROM answer',
    'the first receipt comes again, though the task has reached its limit and cools down'
);
SELECT results_eq(
    pg_temp.call('complete_task', :'request'::jsonb || '{"metadata": {"try": 2}, "actor": "app"}'),
    'SELECT * FROM answer', 'metadata and actor are those of the first time'
);
SELECT reward FROM wallet.update_task(:task_id, p_reward => 99, p_is_active => false) \gset
SELECT results_eq(
    pg_temp.call('complete_task', :'request'), 'SELECT * FROM answer',
    'a task that has changed meanwhile changes nothing'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'GOLD') AS b), 60::numeric,
    'nothing moves twice'
);

SELECT is(
    pg_temp.refusal_of(
        pg_temp.call(
            'complete_task', :'request'::jsonb || jsonb_build_object('task_id', :other)
        )
    ),
    (
        'WA301', 'the idempotency key was used for another request',
        format('Its task_id differs from that of transaction %s.', :'transaction_id'),
        'Take a new key for a new intent, and send a retry unchanged.'
    )::pg_temp.refusal,
    'the key is refused to another task'
);
SELECT throws_ok(
    format('SELECT wallet.bonus(%L, %L, 10, %L)', :'alice', 'GOLD', 'key'), 'WA301',
    'the idempotency key was used for another request', 'and to a bonus'
);
SELECT throws_ok(
    pg_temp.call('complete_task', :'request'::jsonb || '{"idempotency_key": "later"}'), 'WA301',
    'the idempotency key was used for another request', 'nor can a key of a spend be used'
);
SELECT is(
    (wallet.complete_task(:'bob', :other, 'key')).is_replay, false,
    'another user has keys of his own'
);
SELECT is_archived FROM wallet.update_asset('GOLD', p_is_archived => true) \gset
SELECT status FROM wallet.set_user_status(:'alice', 'closed') \gset
SELECT results_eq(
    pg_temp.call('complete_task', :'request'), 'SELECT * FROM answer',
    'the receipt also comes to a closed account, and in an archived asset'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_transactions(:'alice', p_kind => 'TASK')), 1::bigint,
    'and the task was paid once'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
