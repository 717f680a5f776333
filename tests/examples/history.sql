-- History: a balance as it was at any moment, and a statement of account between two.
SELECT asset FROM wallet.create_asset('GOLD', 'Gold');
SELECT user_id AS alice FROM wallet.create_user('alice') \gset

SELECT balance FROM wallet.topup(:'alice', 'GOLD', 100, 'payment-1', 'card');
SELECT balance FROM wallet.spend(:'alice', 'GOLD', 30, 'order-1', 'sword');
SELECT clock_timestamp() AS noon \gset
SELECT balance FROM wallet.topup(:'alice', 'GOLD', 50, 'payment-2', 'card');
SELECT balance FROM wallet.spend(:'alice', 'GOLD', 45, 'order-2', 'shield');
SELECT clock_timestamp() AS evening \gset
SELECT balance FROM wallet.spend(:'alice', 'GOLD', 5, 'order-3', 'ale');

-- It takes a few looks at an index, however long the history is.
SELECT balance FROM wallet.get_balance(:'alice', 'GOLD');
SELECT balance FROM wallet.get_balance_at(:'alice', 'GOLD', :'noon');
SELECT outstanding, balance FROM wallet.treasury('GOLD', p_at => :'noon');

-- The afternoon, and all of it.
SELECT kind, reference, debit, credit, balance
FROM wallet.statement(:'alice', 'GOLD', p_from => :'noon', p_until => :'evening');
SELECT kind, reference, debit, credit, balance FROM wallet.statement(:'alice', 'GOLD');

-- For users there are pages, the newest first: each row's cursor continues after it.
SELECT kind, amount, entry_type, balance, cursor IS NOT NULL AS is_followed
FROM wallet.list_transactions(:'alice', p_limit => 3);
SELECT cursor FROM wallet.list_transactions(:'alice', p_limit => 3)
WHERE cursor IS NOT NULL \gset
SELECT kind, amount, entry_type, balance, cursor IS NOT NULL AS is_followed
FROM wallet.list_transactions(:'alice', p_limit => 3, p_cursor => :'cursor');
