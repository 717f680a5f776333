BEGIN;
SELECT plan(4);
\ir ../../_setup.sql

SELECT results_eq(
    $$
        SELECT c.campaign, c.asset, c.budget, c.granted, c.remaining, c.users
        FROM wallet.create_campaign('SPRING', 'POINTS', 100, 'till-3') AS c
    $$,
    $$ VALUES ('SPRING', 'POINTS', 100.00, 0.00, 100.00, 0::bigint) $$,
    'it has given nothing'
);
SELECT results_eq(
    $$
        SELECT c.budget, c.granted, c.remaining
        FROM wallet.create_campaign('endless', 'POINTS') AS c
    $$,
    $$ VALUES (NULL::numeric, 0.00, NULL::numeric) $$,
    'without a budget there is no limit'
);
SELECT results_eq(
    $$
        SELECT a.actor, a.subject, a.details ->> 'budget'
        FROM wallet.operator_action AS a
        WHERE a.name = 'create_campaign'
        ORDER BY a.action_id
        LIMIT 1
    $$,
    $$ VALUES ('till-3', 'SPRING', '100.00') $$,
    'and it is recorded who made it'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
