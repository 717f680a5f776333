BEGIN;
SELECT plan(9);
\ir ../../support/_books.sql

-- POINTS have two decimals and no cap; alice has 20.50 of them.
SELECT is(
    (wallet.change_supply('POINTS', 30.01, 'till-3')).supply, 30.01, 'an asset can get a cap'
);
SELECT throws_ok(
    format('SELECT wallet.bonus(%L, %L, 9.52, %L)', :'bob', 'POINTS', 'key'), 'WA402',
    'the supply is exhausted', 'what is there already counts'
);
SELECT is((wallet.bonus(:'bob', 'POINTS', 9.51, 'key')).balance, 9.51, 'to the last cent');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound with a cap');

SELECT is((wallet.change_supply('POINTS', NULL)).supply, NULL::numeric, 'a cap can be lifted');
SELECT is(
    (wallet.bonus(:'bob', 'POINTS', 1000, 'key-2')).balance, 1009.51, 'then there is no end'
);
SELECT results_eq(
    'SELECT outstanding, supply, remaining FROM wallet.treasury(''POINTS'')',
    'VALUES (1030.01, NULL::numeric, NULL::numeric)', 'and nothing remains'
);
SELECT results_eq(
    $$
        SELECT nullif(o.actor, session_user COLLATE "default"), o.subject, o.details ->> 'supply'
        FROM wallet.operator_action AS o
        WHERE o.name = 'change_supply' ORDER BY o.action_id
    $$,
    $$VALUES ('till-3', 'POINTS', '30.01'), (NULL, 'POINTS', NULL)$$,
    'who changed it is written down'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound without');

SELECT * FROM finish();
ROLLBACK;
