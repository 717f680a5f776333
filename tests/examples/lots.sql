-- Lots: each credit stays apart until debits have used it up, what expires first before the rest.
SELECT asset, lot_order FROM wallet.create_asset(
    'POINTS', 'Points', p_lot_order => 'expiring_first', p_expires_in => interval '365 days'
);
SELECT user_id AS alice FROM wallet.create_user('alice') \gset
SELECT balance FROM wallet.topup(:'alice', 'POINTS', 100, 'payment-1');
SELECT balance FROM wallet.bonus(:'alice', 'POINTS', 20, 'birthday');
SELECT balance FROM wallet.bonus(
    :'alice', 'POINTS', 5, 'flash', p_expires_at => clock_timestamp() + interval '2 seconds'
);

-- What was paid for does not expire. The rest does: as the call says, or else as the asset.
SELECT origin, remaining, expires_at IS NOT NULL AS expires
FROM wallet.list_lots(:'alice', 'POINTS');
SELECT balance, paid, free, expiring FROM wallet.get_balance(:'alice', 'POINTS');

-- A debit says which lots it used.
SELECT transaction_id AS spend FROM wallet.spend(:'alice', 'POINTS', 12, 'order-1') \gset
SELECT (wallet.get_transaction(:'alice', :'spend')).details;

-- Its reversal gives back to the same lots. What has expired meanwhile expires at once, unless the
-- caller gives a grace.
SELECT pg_sleep(2.1);
SELECT amount, balance FROM wallet.reverse(:'alice', :'spend', 12, 'out of stock', 'back-1');
SELECT origin, remaining FROM wallet.list_lots(:'alice', 'POINTS');
SELECT kind, debit, credit, balance FROM wallet.statement(:'alice', 'POINTS');
