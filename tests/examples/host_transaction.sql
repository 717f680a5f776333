-- The host's transaction: the wallet moves with the application's own tables, or neither does.
SELECT asset FROM wallet.create_asset('GOLD', 'Gold');
SELECT user_id AS alice FROM wallet.create_user('customer-17') \gset
SELECT balance FROM wallet.topup(:'alice', 'GOLD', 100, 'payment-1');

CREATE SCHEMA shop;
CREATE TABLE shop.purchase (
    purchase_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer text NOT NULL,
    product text NOT NULL,
    paid_by uuid
);

-- Sold: the purchase and the movement are committed together. The key is what the shop calls it.
BEGIN;
INSERT INTO shop.purchase (customer, product, paid_by)
SELECT 'customer-17' AS customer, 'sword' AS product, transaction_id AS paid_by
FROM wallet.spend(:'alice', 'GOLD', 30, 'shop-cart-1', 'sword');
COMMIT;
SELECT customer, product FROM shop.purchase;
SELECT balance FROM wallet.get_balance(:'alice', 'GOLD');

-- The shop changes its mind: the movement goes with the rest, and its key is free again.
BEGIN;
SELECT balance FROM wallet.spend(:'alice', 'GOLD', 45, 'shop-cart-2', 'shield');
INSERT INTO shop.purchase (customer, product) VALUES ('customer-17', 'shield');
ROLLBACK;
SELECT customer, product FROM shop.purchase;
SELECT balance FROM wallet.get_balance(:'alice', 'GOLD');

-- Refused by the wallet: what the shop had written goes too.
BEGIN;
INSERT INTO shop.purchase (customer, product) VALUES ('customer-17', 'castle');
SELECT wallet.spend(:'alice', 'GOLD', 5000, 'shop-cart-2', 'castle');
COMMIT;
SELECT customer, product FROM shop.purchase;
SELECT * FROM wallet.verify();
