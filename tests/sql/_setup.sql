-- What most tests begin with, by \ir: the assets GOLD (of which there are 1000 at most), SILVER and
-- POINTS (with two decimals), :'alice' who has 100 GOLD and 20.50 POINTS, :'bob' who has nothing,
-- and :'nobody', a user that does not exist.
SELECT count(*) AS assets FROM (
    VALUES
    ('GOLD', 0, 1000),
    ('SILVER', 0, NULL),
    ('POINTS', 2, NULL)
) AS a (code, scale, supply)
CROSS JOIN LATERAL wallet.create_asset(a.code, initcap(a.code), a.scale, a.supply) \gset

SELECT user_id AS alice FROM wallet.create_user('alice', 'Alice', 'alice@example.com') \gset
SELECT user_id AS bob FROM wallet.create_user('bob', 'Bob', 'bob@example.com') \gset
SELECT '00000000-0000-4000-8000-000000000000' AS nobody \gset

SELECT count(*) AS bonuses FROM (
    VALUES
    ('GOLD', 100),
    ('POINTS', 20.50)
) AS b (asset, amount)
CROSS JOIN LATERAL wallet.bonus(:'alice', b.asset, b.amount, 'first ' || b.asset) \gset
