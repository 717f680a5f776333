BEGIN;
SELECT plan(5);
\ir ../../support/_webhooks.sql

SELECT results_eq(
    $$
        SELECT w.url, w.status, w.is_ordered, w.secret
        FROM wallet.update_webhook('shop', p_status => 'paused', p_actor => 'till-3') AS w
    $$,
    $$ VALUES ('https://shop.example/hook', 'paused', true, NULL::text) $$,
    'what is not given stays'
);
SELECT is(pg_temp.take(), NULL, 'to a paused one nothing is sent');
SELECT results_eq(
    $$
        SELECT w.url, w.status, w.is_ordered
        FROM wallet.update_webhook('shop', 'https://shop.example/other', 'active', false) AS w
    $$,
    $$ VALUES ('https://shop.example/other', 'active', false) $$,
    'all can be changed'
);
SELECT is(
    pg_temp.take(), 'Alice 1 2 3 4 5 6 7 8 9 10, Bob 1 2 3 4 5', 'then it goes on where it was'
);
SELECT results_eq(
    $$
        SELECT a.actor, a.details ->> 'status'
        FROM wallet.operator_action AS a
        WHERE a.name = 'update_webhook'
        ORDER BY a.action_id
        LIMIT 1
    $$,
    $$ VALUES ('till-3', 'paused') $$,
    'it is recorded who changed it'
);

SELECT * FROM finish();
ROLLBACK;
