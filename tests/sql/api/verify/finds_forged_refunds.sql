BEGIN;
SELECT plan(18);
\ir ../../support/_refunds.sql

-- bob has 4 COIN on hold and owes 36 of them; alice's refund came from her lots.
SELECT transaction_id AS paid_coins FROM wallet.topup(:'bob', 'COIN', 100, 'pay') \gset
SELECT hold_id FROM wallet.place_hold(:'bob', 'COIN', 4, '1 hour', 'hold') \gset
SELECT amount FROM wallet.spend(:'bob', 'COIN', 40, 'spend') \gset
SELECT pg_temp.notice(:'bob', :'paid_coins', 20, 1) AS first_notice \gset
SELECT pg_temp.notice(:'bob', :'paid_coins', 10, 2) AS second_notice \gset
SELECT pg_temp.notice(:'bob', :'paid_coins', 100, 3, 'debt') AS third_notice \gset
SELECT amount FROM wallet.bonus(:'bob', 'COIN', 6, 'gift') \gset
SELECT debt FROM wallet.forgive_debt(:'bob', 'COIN', 2, 'a gesture', 'forgive') \gset
SELECT pg_temp.notice(:'alice', :'paid', 70, 1) AS first_lots \gset
SELECT pg_temp.notice(:'alice', :'paid', 10, 2) AS second_lots \gset
SELECT is(pg_temp.state(:'bob', 'COIN'), '4, owes 36', 'what there is');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');
CALL pg_temp.unlock();

CREATE FUNCTION pg_temp.found_after(p_forgery text) RETURNS text[]
LANGUAGE plpgsql
AS $$
DECLARE
    v_checks text[];
BEGIN
    EXECUTE p_forgery;
    CALL pg_temp.rechain();
    v_checks := ARRAY(SELECT DISTINCT f.check FROM wallet.verify() AS f ORDER BY f.check);
    RAISE SQLSTATE 'PT000';
EXCEPTION WHEN SQLSTATE 'PT000' THEN
    RETURN v_checks;
END
$$;
-- Changes the details of the transfer of alice or bob that is chosen.
CREATE FUNCTION pg_temp.edit(p_path text, p_value text, p_which text) RETURNS text
LANGUAGE sql
AS $$
    SELECT format(
        'UPDATE wallet_private.transfer SET details = jsonb_set(details, %L, %L) WHERE %s',
        p_path, p_value, p_which
    )
$$;

-- All hashes are made anew: so it is not the chain that tells.
SELECT is(pg_temp.found_after(v.forgery), v.checks, v.description) FROM (
    VALUES
    (
        'UPDATE wallet_private.debt SET amount = 35', '{debt is what the ledger says}'::text[],
        'a smaller debt'
    ),
    (
        'DELETE FROM wallet_private.debt',
        '{debt is what the ledger says,is_plain if nothing is special}', 'a debt that is gone'
    ),
    (
        'INSERT INTO wallet_private.debt SELECT w.user_id, w.asset_id, 1 '
        'FROM wallet_private.wallet AS w WHERE w.balance = 0 AND w.seq = 0 AND w.is_plain LIMIT 1',
        '{debt is what the ledger says,is_plain if nothing is special}', 'a debt out of nowhere'
    ),
    (
        'UPDATE wallet_private.wallet SET is_plain = true WHERE balance = 4',
        '{is_plain if nothing is special}', 'a debtor who pretends to be plain'
    ),
    (
        pg_temp.edit('{result,debt}', '30', 'kind = ''REPAY'''),
        '{a debt is what the one before left}', 'a repayment that says less is left'
    ),
    (
        pg_temp.edit('{result,owed}', '-10', 'kind = ''REPAY'''),
        '{a debt is what the one before left,debt is what the ledger says,'
        'what is repaid is owed no more}', 'a repayment that repaid more than it took'
    ),
    (
        pg_temp.edit('{result,owed}', '-12', 'kind = ''FORGIVE''') || '; '
        'UPDATE wallet_private.debt SET amount = 26',
        '{a debt is what the one before left}', 'more forgiven'
    ),
    (
        pg_temp.edit(
            '{result,owed}', '34', 'kind = ''REFUND'' AND details @> ''{"refunded": 100}'''
        ) || '; UPDATE wallet_private.debt SET amount = 26',
        '{a debt is what the one before left,a refund takes what it says}', 'less owed'
    ),
    (
        'UPDATE wallet_private.transfer SET kind = ''SPEND'', idempotency_key = ''k'', '
        'details = NULL WHERE kind = ''REPAY''; '
        'UPDATE wallet_private.debt SET amount = 42; '
        || pg_temp.edit('{result,debt}', '42', 'kind = ''FORGIVE'''),
        '{who owes does not spend}', 'a spend in debt'
    ),
    (
        'UPDATE wallet_private.wallet SET held = 3 WHERE balance = 4; '
        'UPDATE wallet_private.hold SET amount = 3; '
        'UPDATE wallet_private.transfer SET details = details || ''{"amount": 3}'' '
        'WHERE kind = ''HOLD''',
        '{who owes has nothing available}', 'a hold that holds less'
    ),
    (
        'UPDATE wallet_private.refund SET refunded = 101 WHERE refunded = 100',
        '{refund is backed by its transfer}', 'another total'
    ),
    (
        'UPDATE wallet_private.refund SET taken = 5 WHERE refunded = 10 AND taken = 10 '
        'AND refund_id IN (SELECT t.transaction_id FROM wallet_private.transfer AS t '
        'WHERE t.amount = 10)',
        '{a higher total takes no more than the difference,a lower total gives back,'
        'a refund takes what it says,refund is backed by its transfer}', 'less taken'
    ),
    (
        'UPDATE wallet_private.refund SET signed_at = ''2026-01-02'' WHERE refunded = 20',
        '{a refund takes what it says,notices came in their order,'
        'refund is backed by its transfer}', 'a notice that came later'
    ),
    (
        'DELETE FROM wallet_private.refund WHERE refunded = 100',
        '{refund is backed by its transfer}', 'a notice that is gone'
    ),
    (
        'INSERT INTO wallet_private.reversal SELECT r.user_id, r.transaction_id, '
        'r.refund_id, 5 FROM wallet_private.refund AS r WHERE r.refunded = 100',
        '{no more is refunded than there was,reversal is backed by its transfer}',
        'a reversal beside it'
    ),
    (
        pg_temp.edit(
            '{result,lots}', '[{"lot": 2, "amount": 60}]', 'kind = ''REFUND'' AND amount = 60'
        ),
        '{a lot is as its transfers left it,what is reversed goes back to its lots}',
        'what is given back to another lot'
    )
) AS v (forgery, checks, description);

SELECT * FROM finish();
ROLLBACK;
