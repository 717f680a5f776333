-- Conversions: exact, at a rate that has versions, and no round trip gains.
SELECT asset FROM wallet.create_asset('SILVER', 'Silver');
SELECT asset FROM wallet.create_asset('GOLD', 'Gold');
SELECT user_id AS alice FROM wallet.create_user('alice') \gset
SELECT balance FROM wallet.topup(:'alice', 'SILVER', 1000, 'payment-1');

-- 50 SILVER for 1 GOLD, and 40 SILVER back for it.
SELECT from_asset, to_asset, from_amount, to_amount
FROM wallet.set_conversion_rate('SILVER', 'GOLD', 50, 1);
SELECT from_asset, to_asset, from_amount, to_amount
FROM wallet.set_conversion_rate('GOLD', 'SILVER', 1, 40);

SELECT from_amount, from_asset, from_balance, to_amount, to_asset, to_balance
FROM wallet.convert(:'alice', 'SILVER', 'GOLD', 150, 'convert-1');
SELECT from_amount, from_asset, from_balance, to_amount, to_asset, to_balance
FROM wallet.convert(:'alice', 'GOLD', 'SILVER', 1, 'convert-2');

-- What would leave a remainder is refused, with the nearest amounts that don't.
SELECT wallet.convert(:'alice', 'SILVER', 'GOLD', 75, 'convert-3');

-- So is a rate at which a round trip would gain.
SELECT wallet.set_conversion_rate('GOLD', 'SILVER', 1, 60);

-- A client sends the rate that it was shown, and is told when it has changed meanwhile.
SELECT rate_id AS quoted FROM wallet.list_conversion_rates() WHERE from_asset = 'SILVER' \gset
SELECT from_amount, to_amount FROM wallet.set_conversion_rate('SILVER', 'GOLD', 60, 1);
SELECT wallet.convert(:'alice', 'SILVER', 'GOLD', 300, 'convert-4', p_rate_id => :quoted);
SELECT from_amount, from_balance, to_amount, to_balance
FROM wallet.convert(:'alice', 'SILVER', 'GOLD', 300, 'convert-4');
