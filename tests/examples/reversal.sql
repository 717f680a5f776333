-- Reversals: history is never edited, a new transaction takes an old one back.
SELECT asset FROM wallet.create_asset('GOLD', 'Gold');
SELECT user_id AS alice FROM wallet.create_user('alice') \gset
SELECT transaction_id AS payment FROM wallet.topup(:'alice', 'GOLD', 100, 'payment-1') \gset
SELECT transaction_id AS order_1 FROM wallet.spend(:'alice', 'GOLD', 30, 'order-1') \gset

-- A part of the order comes back; then the rest of it (NULL), which is 20.
SELECT kind, amount, balance, reason
FROM wallet.reverse(:'alice', :'order_1', 10, 'a third was broken', 'refund-1');
SELECT kind, amount, balance, reason
FROM wallet.reverse(:'alice', :'order_1', NULL, 'the rest too', 'refund-2');

-- Never more than that.
SELECT wallet.reverse(:'alice', :'order_1', 1, 'once more', 'refund-3');

-- A payment is charged back after it was spent in part: refused, or as much as there is.
SELECT balance FROM wallet.spend(:'alice', 'GOLD', 80, 'order-2');
SELECT wallet.reverse(:'alice', :'payment', NULL, 'charged back', 'chargeback-1');
SELECT amount, shortfall, balance
FROM wallet.reverse(
    :'alice', :'payment', NULL, 'charged back', 'chargeback-1', p_policy => 'clamp'
);

-- Both can be seen from either.
SELECT kind, amount, cardinality(reversed_by) AS times_reversed
FROM wallet.get_transaction(:'alice', :'order_1');
SELECT kind, amount, entry_type, balance FROM wallet.list_transactions(:'alice');
