BEGIN;
SELECT plan(4);
\ir ../../support/_lots.sql

SELECT campaign FROM wallet.create_campaign('SPRING', 'STAR', p_expires_in => '3 days') \gset
SELECT task_id FROM wallet.create_task('visit', 'Visit', 'STAR', 4, p_expires_in => '2 days') \gset
SELECT users FROM wallet.grant_batch('SPRING', ARRAY[
    ROW(:'bob', NULL, NULL, 6, NULL)::wallet.grant_request
]) \gset
SELECT amount FROM wallet.complete_task(:'bob', :task_id, 'visit') \gset
SELECT balance FROM wallet.bonus(:'bob', 'STAR', 1, 'bonus') \gset
SELECT results_eq(
    format(
        'SELECT l.remaining, l.origin, l.expires_at - l.created_at '
        'FROM wallet.list_lots(%L, ''STAR'') AS l', :'bob'
    ),
    $$
        VALUES
        (4::numeric, 'free', interval '2 days'), (6, 'free', interval '3 days'),
        (1, 'free', interval '30 days')
    $$,
    'they expire as the task and the campaign say, else as the asset'
);
SELECT is(
    (wallet.update_task(:task_id, p_expires_in => '0')).expires_in, NULL,
    'a task''s can be taken away'
);
SELECT is(
    (
        SELECT string_agg(b.kind || coalesce(b.code, ''), ' ' ORDER BY b.ord)
        FROM wallet.post_batch(ARRAY[
            ROW(:'bob', 'SPEND', 'STAR', 5, 'batch-1', NULL, NULL),
            ROW(:'alice', 'SPEND', 'STAR', 5, 'batch-2', NULL, NULL),
            ROW(:'bob', 'TOPUP', 'STAR', 2, 'batch-3', NULL, NULL),
            ROW(:'bob', 'SPEND', 'GOLD', 2, 'batch-4', NULL, NULL)
        ]::wallet.request[]) AS b
    ),
    'SPEND SPEND TOPUP', 'batches move wallets with lots'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
