BEGIN;
SELECT plan(3);
\ir ../../support/_books.sql

SELECT is_empty('SELECT * FROM wallet.list_tasks()', 'at first there is none');
SELECT task_id AS one FROM wallet.create_task('zebra', 'Zebra', 'GOLD', 5) \gset
SELECT task_id AS two FROM wallet.create_task('ant', 'Ant', 'POINTS', 0.5) \gset
CREATE TEMPORARY TABLE answer AS
SELECT a.* FROM wallet.update_task(:one, 'Zebras', p_is_active => false) AS a
UNION ALL
SELECT a.* FROM wallet.update_task(:two) AS a;
SELECT results_eq(
    'SELECT * FROM wallet.list_tasks()', 'SELECT * FROM answer',
    'the oldest comes first, inactive ones too'
);
SELECT results_eq(
    'SELECT a.code, a.is_active FROM wallet.list_tasks() AS a',
    'VALUES (''zebra'', false), (''ant'', true)', 'each as it is now'
);

SELECT * FROM finish();
ROLLBACK;
