BEGIN;
SELECT plan(11);
\ir ../../support/_books.sql

SELECT budget FROM wallet.create_campaign('SPRING', 'POINTS', 10) \gset
SELECT user_id AS carol FROM wallet.create_user('carol') \gset
SELECT user_id AS dave FROM wallet.create_user('dave') \gset
SELECT user_id AS erin FROM wallet.create_user('erin') \gset

SELECT results_eq(
    $$
        SELECT r.users, r.amount, r.refusals
        FROM wallet.grant_batch('SPRING', ARRAY[
            (NULL, 'alice', NULL, 6, NULL), (NULL, 'bob', NULL, 5, NULL),
            (NULL, 'carol', NULL, 3, NULL)
        ]::wallet.grant_request[]) AS r
    $$,
    $$
        VALUES (2, 9.00, ARRAY[ROW(
            2, 'WA410', 'the budget is used up', 'The campaign has 1.00 left, 5 is needed.',
            'An operator can raise the budget with wallet.change_budget.'
        )::wallet.refusal])
    $$, 'who does not fit is refused, who comes later and fits is not'
);
-- The frozen one would take the last unit.
SELECT results_eq(
    $$
        SELECT r.users, r.amount, ARRAY(SELECT f.code FROM unnest(r.refusals) AS f)
        FROM wallet.grant_batch('SPRING', ARRAY[
            (NULL, 'frozen', NULL, 1, NULL), (NULL, 'bob', NULL, 0.5, NULL),
            (NULL, 'dave', NULL, 0.75, NULL)
        ]::wallet.grant_request[]) AS r
    $$,
    $$ VALUES (1, 0.50, ARRAY['WA501', 'WA410']) $$,
    'who is refused for another reason leaves it to the others'
);
SELECT results_eq(
    $$
        SELECT r.users, r.replays, ARRAY(SELECT f.code FROM unnest(r.refusals) AS f)
        FROM wallet.grant_batch('SPRING', ARRAY[
            (NULL, 'alice', NULL, 6, NULL), (NULL, 'dave', NULL, 0.5, NULL),
            (NULL, 'carol', NULL, 3, NULL), (NULL, 'bob', NULL, 0.5, NULL)
        ]::wallet.grant_request[]) AS r
    $$,
    $$ VALUES (1, 3, ARRAY[]::text[]) $$, 'who was paid before costs nothing'
);
SELECT results_eq(
    'SELECT c.granted, c.remaining, c.users FROM wallet.list_campaigns() AS c',
    'VALUES (10.00, 0.00, 4::bigint)', 'all of it is gone, and no more'
);
SELECT results_eq(
    $$
        SELECT r.users, ARRAY(SELECT f.code FROM unnest(r.refusals) AS f)
        FROM wallet.grant_batch('SPRING', ARRAY[
            (NULL, 'closed', NULL, 0.01, NULL), (NULL, 'nobody', NULL, 0.01, NULL),
            (NULL, 'erin', NULL, 0.01, NULL)
        ]::wallet.grant_request[]) AS r
    $$,
    $$ VALUES (0, ARRAY['WA501', 'WA201', 'WA410']) $$, 'then all are refused'
);

-- No amount that is none makes room.
SELECT budget FROM wallet.create_campaign('SUMMER', 'POINTS', 1) \gset
SELECT results_eq(
    $$
        SELECT r.users, r.amount, ARRAY(SELECT f.code FROM unnest(r.refusals) AS f)
        FROM wallet.grant_batch('SUMMER', ARRAY[
            (NULL, 'alice', NULL, -100, NULL), (NULL, 'bob', NULL, NULL, NULL),
            (NULL, 'carol', NULL, 'NaN', NULL), (NULL, 'dave', NULL, 1.01, NULL)
        ]::wallet.grant_request[]) AS r
    $$,
    $$ VALUES (0, 0::numeric, ARRAY['WA102', 'WA101', 'WA102', 'WA410']) $$,
    'not a negative one either'
);
-- A capped asset's cap holds as well.
SELECT budget FROM wallet.create_campaign('AUTUMN', 'GOLD', 2000) \gset
SELECT results_eq(
    $$
        SELECT r.users, r.amount, ARRAY(SELECT f.code FROM unnest(r.refusals) AS f)
        FROM wallet.grant_batch('AUTUMN', ARRAY[
            (NULL, 'alice', NULL, 900, NULL), (NULL, 'bob', NULL, 1, NULL)
        ]::wallet.grant_request[]) AS r
    $$,
    $$ VALUES (1, 900::numeric, ARRAY['WA402']) $$, 'nor is the supply passed'
);
SELECT is(
    (
        SELECT c.granted FROM wallet.list_campaigns() AS c
        WHERE c.campaign = 'AUTUMN'
    ),
    900::numeric, 'and what that refused was not granted'
);
SELECT budget FROM wallet.create_campaign('WINTER', 'GOLD', 8000) \gset
SELECT is(
    ((wallet.grant_batch('WINTER', ARRAY[
        (NULL, 'bob', NULL, 1, NULL)
    ]::wallet.grant_request[])).refusals[1]).code, 'WA402', 'nor where a stripe has enough'
);
SELECT is(
    (
        SELECT c.remaining FROM wallet.list_campaigns() AS c
        WHERE c.campaign = 'WINTER'
    ), 8000::numeric, 'and what was taken for nothing is given back'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
