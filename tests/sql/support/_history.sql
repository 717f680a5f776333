-- What _books.sql makes, and a history of movements of every kind: alice's, in three assets, with
-- some in between that are not hers, nor movements at all. Bob's GOLD is in it too.
\ir _books.sql

SELECT item_id FROM wallet.create_item('sword', 'Sword', 'GOLD', 10, 5) \gset
SELECT task_id FROM wallet.create_task('visit', 'Visit', 'SILVER', 75) \gset

SELECT transaction_id AS topup
FROM wallet.topup(:'alice', 'SILVER', 100, 'topup', 'order-1', '{"shop": "n"}', 'till-3') \gset
SELECT transaction_id AS task FROM wallet.complete_task(:'alice', :task_id, 'task') \gset
SELECT transaction_id AS conversion
FROM wallet.convert(:'alice', 'SILVER', 'GOLD', 150, 'conversion') \gset
SELECT transaction_id AS purchase
FROM wallet.buy_item(:'alice', :item_id, 3, 10, 'purchase') \gset
SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 5, 'gold') \gset
SELECT hold_id AS hold FROM wallet.place_hold(:'alice', 'GOLD', 20, '1 hour', 'hold') \gset
SELECT transaction_id AS capture FROM wallet.capture_hold(:'alice', :'hold', 15, 'capture') \gset
SELECT status AS released FROM wallet.release_hold(:'alice', :'hold', 'release') \gset
SELECT transaction_id AS spend FROM wallet.spend(:'alice', 'POINTS', 0.50, 'spend') \gset
SELECT transaction_id AS adjustment
FROM wallet.adjust(:'alice', 'POINTS', 5, 'adjustment', 'a fault') \gset
SELECT transaction_id AS reversal
FROM wallet.reverse(:'alice', :'purchase', 10, 'broken', 'reversal') \gset
SELECT transaction_id AS reversal_of_both
FROM wallet.reverse(:'alice', :'conversion', 50, 'a mistake', 'reversal-2') \gset
SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 6, 'gold-2') \gset

-- What no cursor names as a place in it.
CREATE TEMPORARY TABLE no_place AS
SELECT v.place FROM (
    VALUES
    ('{}'), ('{"1": -1}'), ('{"1": 1"2": 1}'), ('{"1": 1, }'), ('{"1": 01}'), ('{"01": 1}'),
    ('{"1": 9999999999999999999}')
) AS v (place);
