BEGIN;
SELECT plan(1);
\ir ../../_setup.sql

SELECT budget FROM wallet.create_campaign('SPRING', 'POINTS') \gset
SELECT budget FROM wallet.create_campaign('EASTER', 'GOLD', 10) \gset
SELECT (wallet.grant_batch('SPRING', ARRAY[
    (:'alice', NULL, NULL, 7, NULL), (:'bob', NULL, NULL, 0.5, NULL)
]::wallet.grant_request[])).users \gset
SELECT results_eq(
    $$
        SELECT c.campaign, c.asset, c.budget, c.granted, c.remaining, c.users
        FROM wallet.list_campaigns() AS c
    $$,
    $$
        VALUES
        ('EASTER', 'GOLD', 10::numeric, 0::numeric, 10::numeric, 0::bigint),
        ('SPRING', 'POINTS', NULL, 7.50, NULL, 2)
    $$,
    'what each gave and has left'
);

SELECT * FROM finish();
ROLLBACK;
