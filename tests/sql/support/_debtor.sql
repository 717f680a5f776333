-- What _refunds.sql makes, and COIN blocks who owes: :'bob' has 10 COIN, all of it in :'hold_id',
-- and owes 25. :'item_id' costs 1.
\ir _refunds.sql

SELECT is_debt_blocking FROM wallet.update_asset('COIN', p_is_debt_blocking => true) \gset
SELECT item_id FROM wallet.create_item('hat', 'Hat', 'COIN', 1) \gset
SELECT transaction_id AS paid FROM wallet.topup(:'bob', 'COIN', 30, 'pay') \gset
SELECT hold_id FROM wallet.place_hold(:'bob', 'COIN', 10, '1 hour', 'hold') \gset
SELECT amount FROM wallet.spend(:'bob', 'COIN', 15, 'spend') \gset
SELECT pg_temp.notice(:'bob', :'paid', 30, 1, 'debt') AS owed \gset
