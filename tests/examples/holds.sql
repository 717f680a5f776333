-- Holds: an amount set aside now, captured in parts when it is due, and the rest released.
SELECT asset FROM wallet.create_asset('GOLD', 'Gold');
SELECT user_id AS alice FROM wallet.create_user('alice') \gset
SELECT balance FROM wallet.topup(:'alice', 'GOLD', 100, 'payment-1');

SELECT amount, captured, remaining, status
FROM wallet.place_hold(:'alice', 'GOLD', 60, interval '1 hour', 'bid-1', 'auction 7');
SELECT hold_id AS bid FROM wallet.list_holds(:'alice') \gset

-- What is held is hers, but she can't spend it.
SELECT balance, held, available FROM wallet.get_balance(:'alice', 'GOLD');
SELECT wallet.spend(:'alice', 'GOLD', 50, 'order-1');

-- 25 are due, which moves them; then all that is left is given up.
SELECT kind, amount, balance, remaining
FROM wallet.capture_hold(:'alice', :'bid', 25, 'capture-1');
SELECT balance, held, available FROM wallet.get_balance(:'alice', 'GOLD');
SELECT amount, captured, remaining, status
FROM wallet.release_hold(:'alice', :'bid', 'release-1');
SELECT balance, held, available FROM wallet.get_balance(:'alice', 'GOLD');

-- A hold that is closed stays closed, and one that expires holds nothing from that moment on.
SELECT wallet.capture_hold(:'alice', :'bid', 1, 'capture-2');
SELECT amount, status FROM wallet.place_hold(:'alice', 'GOLD', 70, interval '1 second', 'bid-2');
SELECT held, available FROM wallet.get_balance(:'alice', 'GOLD');
SELECT pg_sleep(1.1);
SELECT held, available FROM wallet.get_balance(:'alice', 'GOLD');
SELECT amount, captured, remaining, status FROM wallet.list_holds(:'alice');
