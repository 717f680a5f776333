BEGIN;
SELECT plan(5);
\ir ../../support/_lots.sql

-- Example 10 on IFRS 15 of KPMG's handbook on revenue. 10,000 points were issued, and 9,000 of the
-- price were allocated to them. 4,500 are redeemed in a year, and 4,000 in the next one. Revenue is
-- the allocated price by points redeemed over points expected to be redeemed, less what was
-- recognised before. The wallet knows what was redeemed; what is expected is the caller's.
SELECT asset FROM wallet.create_asset(
    'MILE', 'Mile', p_lot_order => 'expiring_first', p_expires_in => '1500 days'
) \gset
SELECT balance FROM wallet.bonus(:'alice', 'MILE', 6000, 'earned') \gset
SELECT balance FROM wallet.bonus(:'bob', 'MILE', 4000, 'earned') \gset
CALL pg_temp.let_pass('360 days');
SELECT balance FROM wallet.spend(:'alice', 'MILE', 2500, 'redeemed') \gset
SELECT transaction_id AS mistake FROM wallet.spend(:'bob', 'MILE', 2500, 'redeemed') \gset
SELECT amount FROM wallet.reverse(:'bob', :'mistake', 500, 'a mistake', 'reversal') \gset
CALL pg_temp.let_pass('360 days');
SELECT balance FROM wallet.spend(:'alice', 'MILE', 3000, 'redeemed-2') \gset
SELECT balance FROM wallet.spend(:'bob', 'MILE', 1000, 'redeemed-2') \gset

CREATE FUNCTION pg_temp.recognised(p_years integer, p_expected numeric) RETURNS numeric
LANGUAGE sql
STABLE
AS $$
    SELECT round(9000 * sum(i.used) / p_expected)
    FROM wallet.liability('MILE', now() - make_interval(days => 360 * p_years) + '1 day') AS i
$$;
SELECT is(pg_temp.recognised(2, 9700), 0::numeric, 'nothing when they were issued');
SELECT is(pg_temp.recognised(1, 9700), 4175::numeric, 'in the next year with 9,700 expected');
SELECT is(
    pg_temp.recognised(0, 9900) - pg_temp.recognised(1, 9700), 3552::numeric,
    'in the third with 9,900 expected'
);
SELECT is(
    pg_temp.recognised(0, 9200) - pg_temp.recognised(1, 9700), 4140::numeric,
    'or with 9,200 expected'
);
SELECT results_eq(
    'SELECT i.origin, i.issued, i.used, i.expired, i.reversed, i.outstanding '
    'FROM wallet.liability(''MILE'') AS i',
    'VALUES (''free'', 10000::numeric, 8500::numeric, 0::numeric, 0::numeric, 1500::numeric)',
    'the rest is outstanding'
);

SELECT * FROM finish();
ROLLBACK;
