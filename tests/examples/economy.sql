-- The economy: what is in circulation, where it comes from and where it goes, and who set it so.
SELECT asset FROM wallet.create_asset('GOLD', 'Gold', p_supply => 10000);
SELECT asset FROM wallet.create_asset('GEMS', 'Gems');
SELECT from_amount, to_amount FROM wallet.set_conversion_rate('GOLD', 'GEMS', 10, 1);
SELECT user_id AS alice FROM wallet.create_user('alice') \gset
SELECT user_id AS bob FROM wallet.create_user('bob') \gset

SELECT ord, kind, asset, amount, balance, code
FROM wallet.post_batch(ARRAY[
    ROW(:'alice', 'TOPUP', 'GOLD', 500, 'payment-1', NULL, NULL),
    ROW(:'alice', 'SPEND', 'GOLD', 120, 'order-1', NULL, NULL),
    ROW(:'bob', 'BONUS', 'GOLD', 50, 'welcome', NULL, NULL),
    ROW(:'bob', 'SPEND', 'GOLD', 70, 'order-1', NULL, NULL)
]::wallet.request[]);
SELECT from_balance, to_balance FROM wallet.convert(:'alice', 'GOLD', 'GEMS', 80, 'convert-1');

-- Who holds what, and the other side: what was issued is what users hold.
SELECT asset, balance, held, available FROM wallet.balance ORDER BY asset, balance;
SELECT * FROM wallet.treasury_balance ORDER BY asset;

-- Faucets and sinks, by day and kind.
SELECT asset, issued, removed, outstanding, issued_by_kind, removed_by_kind
FROM wallet.economy_daily ORDER BY day, asset;

-- A cap can't go below what is out; whoever changes what, it is written down.
SELECT wallet.change_supply('GOLD', 100);
SELECT asset, supply FROM wallet.change_supply('GOLD', 20000, p_actor => 'carol');
SELECT actor, name, subject, details ->> 'supply' AS supply
FROM wallet.operator_action WHERE actor = 'carol';
