BEGIN;
SELECT plan(6);
\ir ../../support/_feed.sql

SELECT subscription FROM wallet.create_subscription(
    'warehouse', '{GOLD}', '{SPEND}', p_start => 'beginning'
) \gset
SELECT results_eq(
    $$ SELECT s.assets, s.kinds FROM wallet.update_subscription('warehouse', '{SILVER}') AS s $$,
    $$ VALUES ('{SILVER}'::text[], '{SPEND}'::text[]) $$,
    'what is not given stays'
);
SELECT results_eq(
    $$
        SELECT s.assets, s.kinds
        FROM wallet.update_subscription('warehouse', '{}', '{TASK}', 'till-3') AS s
    $$,
    $$ VALUES (NULL::text[], '{TASK}'::text[]) $$,
    'an empty array lets all through'
);
SELECT results_eq(
    $$ SELECT e.kind, e.asset FROM pg_temp.read('warehouse', 1000) AS e $$,
    $$ VALUES ('TASK', 'SILVER') $$,
    'what is read then is what the filter lets through then'
);
SELECT is(
    (
        SELECT a.actor FROM wallet.operator_action AS a
        WHERE a.name = 'update_subscription'
        ORDER BY a.action_id DESC
        LIMIT 1
    ), 'till-3', 'it is recorded who did it'
);
SELECT results_eq(
    $$ SELECT s.assets, s.kinds FROM wallet.update_subscription('warehouse') AS s $$,
    $$ VALUES (NULL::text[], '{TASK}'::text[]) $$,
    'nothing given, nothing changed'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
