BEGIN;
SELECT plan(1);
\ir ../../support/_books.sql

SELECT asset FROM wallet.create_asset('BRASS', 'Brass', 3, NULL, 0.125, false) \gset
SELECT results_eq(
    $$
        SELECT
            a.asset, a.name, a.scale, a.supply, a.sign_up_bonus, a.is_purchasable, a.is_archived
        FROM wallet.list_assets() AS a
    $$,
    $$
        VALUES
        ('BRASS', 'Brass', 3, NULL::numeric, 0.125, false, false),
        ('COPPER', 'Copper', 0, NULL, NULL, true, true),
        ('GOLD', 'Gold', 0, 1000, NULL, true, false),
        ('POINTS', 'Points', 2, NULL, NULL, true, false),
        ('SILVER', 'Silver', 0, NULL, NULL, true, false)
    $$,
    'all of them, archived ones too'
);

SELECT * FROM finish();
ROLLBACK;
