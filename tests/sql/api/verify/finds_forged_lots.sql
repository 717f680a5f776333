BEGIN;
SELECT plan(19);
\ir ../../support/_lots.sql

SELECT transaction_id FROM wallet.spend(:'alice', 'STAR', 60, 'spend') \gset
SELECT hold_id FROM wallet.place_hold(:'alice', 'STAR', 5, '40 days', 'hold') \gset
CALL pg_temp.let_pass('21 days');
SELECT balance FROM wallet.spend(:'alice', 'STAR', 1, 'after') \gset
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

-- All hashes are made anew: so it is not the chain that tells.
SELECT is(pg_temp.found_after(v.forgery), v.checks, v.description) FROM (
    VALUES
    (
        'UPDATE wallet_private.lot SET remaining = remaining + 1 WHERE lot_id = 1',
        '{a lot is as its transfers left it,lots add up to the balance}'::text[], 'more left'
    ),
    (
        'UPDATE wallet_private.lot SET held = held - 1 WHERE held > 0',
        '{a lot is as its transfers left it,lots hold what is held}', 'less held'
    ),
    (
        'UPDATE wallet_private.lot SET expires_at = ''infinity'' WHERE lot_id = 4',
        '{a lot is as its transfers left it}', 'a longer life'
    ),
    (
        'UPDATE wallet_private.lot SET origin = ''free'' WHERE lot_id = 1',
        '{a lot is as its transfers left it}', 'another origin'
    ),
    (
        'UPDATE wallet_private.lot SET is_open = false WHERE lot_id = 1',
        '{a lot is as its transfers left it}', 'a lot out of sight'
    ),
    (
        'DELETE FROM wallet_private.lot WHERE lot_id = 1',
        '{a lot is as its transfers left it,lots add up to the balance}', 'a lot that is gone'
    ),
    (
        'UPDATE wallet_private.wallet SET is_plain = true', '{is_plain if nothing is special}',
        'a wallet that pretends to be plain'
    ),
    (
        'UPDATE wallet_private.hold SET lots = ''[{"lot": 1, "amount": 5}]''',
        '{hold has the lots of its transfer}', 'a hold of other lots'
    ),
    (
        'UPDATE wallet_private.transfer SET details = jsonb_set(details, ''{result,lots}'', '
        '''[{"lot": 3, "amount": 30}, {"lot": 2, "amount": 30}]'') '
        'WHERE idempotency_key = ''spend''',
        '{a lot is as its transfers left it,a lot was left when it had expired,'
        'the order of use is kept}',
        'a debit out of order'
    ),
    (
        'UPDATE wallet_private.transfer SET details = jsonb_set(details, '
        '''{result,lots,0,amount}'', ''40'') WHERE idempotency_key = ''spend''',
        '{a lot is as its transfers left it,a lot was left when it had expired,'
        'lots used make the amount,the order of use is kept}',
        'a debit that used less than its amount'
    ),
    (
        'UPDATE wallet_private.transfer SET details = NULL WHERE idempotency_key = ''after''',
        '{a lot is as its transfers left it,lots used make the amount,the order of use is kept}',
        'a debit that used none'
    ),
    (
        'UPDATE wallet_private.transfer SET details = details || '
        '''{"result": {"lot": {"origin": "free"}}}'' WHERE idempotency_key = ''paid''',
        '{a lot is as its transfers left it,a lot is paid if it was topped up}',
        'a top-up that is free'
    ),
    (
        'UPDATE wallet_private.transfer SET details = '
        '''{"result": {"lot": {"origin": "paid", "expires_at": 1}}}'' '
        'WHERE idempotency_key = ''paid''',
        '{a lot is as its transfers left it,a lot was left when it had expired,'
        'the order of use is kept,what was paid for does not expire}',
        'a top-up that expires'
    ),
    (
        'UPDATE wallet_private.transfer SET details = details #- ''{result,lot}'' '
        'WHERE idempotency_key = ''last''',
        '{a credit makes a lot or gives back,a lot is as its transfers left it,'
        'lots used make the amount,the order of use is kept}', 'a credit that made no lot'
    ),
    (
        'UPDATE wallet_private.transfer SET details = jsonb_set(details, '
        '''{result,lot,expires_at}'', ''4000000000'') WHERE idempotency_key = ''later''; '
        'UPDATE wallet_private.lot SET expires_at = wallet_private.to_instant(''4000000000'') '
        'WHERE lot_id = 3',
        '{a lot expired early,the order of use is kept}', 'a lot that expired before its time'
    ),
    (
        'UPDATE wallet_private.transfer SET details = jsonb_set(details, '
        '''{result,lot,expires_at}'', ''1'') WHERE idempotency_key = ''last''; '
        'UPDATE wallet_private.lot SET expires_at = wallet_private.to_instant(''1'') '
        'WHERE lot_id = 4',
        '{a lot was left when it had expired,the order of use is kept}',
        'a lot that was used when it had expired'
    ),
    (
        'UPDATE wallet_private.lot SET remaining = remaining - 1 WHERE lot_id = 1; '
        'UPDATE wallet_private.lot SET remaining = remaining + 1 WHERE lot_id = 4',
        '{a lot is as its transfers left it}', 'what was moved from one lot to another'
    )
) AS v (forgery, checks, description);
UPDATE wallet_private.transfer AS t
SET details = jsonb_set(t.details, '{result,lots,0,lot}', '1')
WHERE t.idempotency_key = 'spend';
SELECT is(
    (
        SELECT count(*) FROM wallet.verify() AS f
        WHERE f.check = 'chain is intact'
    ), 1::bigint,
    'and which lots a debit used is in its hash'
);

SELECT * FROM finish();
ROLLBACK;
