\set at random(:since, :until)
SELECT * FROM wallet.get_balance_at(md5('1')::uuid, 'SILVER', to_timestamp(:at / 1000000.0));
