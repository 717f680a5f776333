BEGIN;
SELECT plan(7);
\ir ../../support/_batches.sql

-- GOLD has a cap of 1000, alice has 100 of it and 900 are left. RUBY has the same cap, and of
-- the users only the young one has a wallet in it.
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby', p_supply => 1000) \gset
SELECT user_id AS young FROM wallet.create_user('young') \gset
CREATE TEMPORARY TABLE batch AS
SELECT
    v.description,
    v.requests
FROM (
    VALUES
    (
        'who comes first gets it, also with a key twice',
        ARRAY[
            (:'alice', 'BONUS', 'GOLD', 600, 'key-1', NULL, NULL),
            (:'alice', 'BONUS', 'GOLD', 600, 'key-1', NULL, NULL),
            (:'bob', 'BONUS', 'GOLD', 600, 'key-1', NULL, NULL)
        ]::wallet.request[]
    ),
    (
        'who comes first gets it, also beside a request that is wrong',
        ARRAY[
            (:'alice', 'SPEND', 'GOLD', 0, 'key-1', NULL, NULL),
            (:'alice', 'BONUS', 'GOLD', 600, 'key-2', NULL, NULL),
            (:'bob', 'BONUS', 'GOLD', 600, 'key-1', NULL, NULL)
        ]::wallet.request[]
    ),
    (
        'what is given back can be had by who comes later',
        ARRAY[
            (:'alice', 'SPEND', 'GOLD', 100, 'key-1', NULL, NULL),
            (:'bob', 'BONUS', 'GOLD', 1000, 'key-1', NULL, NULL)
        ]::wallet.request[]
    ),
    (
        'and not by who came before',
        ARRAY[
            (:'bob', 'BONUS', 'GOLD', 1000, 'key-1', NULL, NULL),
            (:'alice', 'SPEND', 'GOLD', 100, 'key-1', NULL, NULL)
        ]::wallet.request[]
    ),
    (
        'one too many does not take others with it',
        ARRAY[
            (:'bob', 'BONUS', 'GOLD', 500, 'key-1', NULL, NULL),
            (:'alice', 'BONUS', 'GOLD', 401, 'key-1', NULL, NULL),
            (:'bob', 'TOPUP', 'POINTS', 1, 'key-2', NULL, NULL),
            (:'bob', 'BONUS', 'GOLD', 400, 'key-3', NULL, NULL)
        ]::wallet.request[]
    ),
    (
        'a wallet that is to be opened first has its turn',
        ARRAY[
            (:'bob', 'BONUS', 'RUBY', 600, 'key-1', NULL, NULL),
            (:'young', 'BONUS', 'RUBY', 600, 'key-1', NULL, NULL)
        ]::wallet.request[]
    )
) AS v (description, requests);

SELECT is_empty(
    format('SELECT * FROM pg_temp.difference(%L)', b.requests), b.description
) FROM batch AS b;
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
