SELECT * FROM wallet.list_transactions(md5('1')::uuid, p_cursor => :cursor);
