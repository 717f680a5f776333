SELECT wallet.expire_lots(100);
