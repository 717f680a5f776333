-- Quickstart: assets, users, what they get and spend, and a retry that does not spend twice.

-- An asset has no decimals unless it says so; GOLD is capped, POINTS are not.
SELECT asset, scale, supply FROM wallet.create_asset('GOLD', 'Gold', p_supply => 1000000);
SELECT asset, scale, supply FROM wallet.create_asset('POINTS', 'Loyalty points', p_scale => 2);

-- A user of yours, by the id that your product knows. Wallets in all assets are there at once.
SELECT user_id AS alice FROM wallet.create_user('customer-17', 'Alice') \gset
SELECT asset, balance, held, available FROM wallet.list_balances(:'alice');

-- Credit what was paid for outside, and debit what is used up. The receipt has the new balance.
SELECT kind, asset, amount, balance, is_replay
FROM wallet.topup(:'alice', 'GOLD', 1000, p_idempotency_key => 'payment-4711');
SELECT kind, asset, amount, balance, is_replay
FROM wallet.spend(:'alice', 'GOLD', 30, 'order-1', p_reference => 'an iron sword');

-- The answer got lost and the same request comes again: nothing moves, and the receipt is the same.
SELECT kind, asset, amount, balance, is_replay
FROM wallet.spend(:'alice', 'GOLD', 30, 'order-1', p_reference => 'an iron sword');

-- Another request under that key is a mistake of the caller's, and so is spending what isn't there.
SELECT wallet.spend(:'alice', 'GOLD', 31, 'order-1', p_reference => 'an iron sword');
\echo :SQLSTATE
SELECT wallet.spend(:'alice', 'GOLD', 5000, 'order-2');
\echo :SQLSTATE

-- Both sides of the books.
SELECT entry_type, account, asset, amount, balance_after, kind
FROM wallet.list_ledger_entries(:'alice');
SELECT * FROM wallet.treasury();
SELECT * FROM wallet.verify();
