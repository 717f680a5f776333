SELECT * FROM wallet.verify(wallet.get_user_id('verified'));
