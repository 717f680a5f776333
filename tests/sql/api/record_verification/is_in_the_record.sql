BEGIN;
SELECT plan(8);
\ir ../../support/_books.sql

SELECT record_verification FROM wallet.record_verification(12, 0, 'ada') \gset
SELECT results_eq(
    'SELECT a.actor, a.name, a.subject, a.details FROM wallet.list_actions(p_limit => 1) AS a',
    $$VALUES ('ada', 'verify', 'books', '{"users": 12, "findings": 0}'::jsonb)$$,
    'the record says who checked how many, and what was found'
);
SELECT throws_ok(
    format(
        'SELECT wallet.record_verification(%L, %L, %L)', v.users, v.findings, v.actor
    ), v.code, pg_temp.message(v.code), v.description
) FROM (
    VALUES
    (NULL, 0, 'x', 'WA101', 'no number of users'),
    (1, NULL, 'x', 'WA101', 'no number of faults'),
    (-1, 0, 'x', 'WA109', 'fewer than no user'),
    (1, -1, 'x', 'WA109', 'fewer than no fault'),
    (1, 0, E'a\nb', 'WA106', 'an actor of two lines')
) AS v (users, findings, actor, code, description);
SELECT is(
    (SELECT count(*) FROM wallet.list_actions(p_name => 'verify')), 1::bigint,
    'a refused one leaves nothing'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are as they were');

SELECT * FROM finish();
ROLLBACK;
