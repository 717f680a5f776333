BEGIN;
SELECT plan(6);
\ir ../../support/_books.sql

SELECT budget FROM wallet.create_campaign('SPRING', 'POINTS', 10) \gset
SELECT (wallet.grant_batch('SPRING', ARRAY[
    (:'alice', NULL, NULL, 7, NULL)::wallet.grant_request
])).users AS granted \gset

SELECT is((wallet.change_budget('SPRING', 20)).remaining, 13.00, 'more leaves more');
SELECT throws_ok(
    'SELECT wallet.change_budget(''SPRING'', 6.99)', 'WA411', pg_temp.message('WA411'),
    'less than was granted is refused'
);
SELECT is((wallet.change_budget('SPRING', 7)).remaining, 0.00, 'exactly that leaves nothing');
SELECT is(
    ((wallet.grant_batch('SPRING', ARRAY[
        (:'bob', NULL, NULL, 0.01, NULL)::wallet.grant_request
    ])).refusals[1]).code, 'WA410', 'and then nobody gets anything'
);
SELECT is((wallet.change_budget('SPRING', NULL)).budget, NULL::numeric, 'NULL lifts the limit');
SELECT results_eq(
    $$
        SELECT a.details ->> 'budget' FROM wallet.operator_action AS a
        WHERE a.name = 'change_budget'
        ORDER BY a.action_id
    $$,
    $$ VALUES ('20.00'), ('7.00'), (NULL) $$,
    'each change is recorded'
);

SELECT * FROM finish();
ROLLBACK;
