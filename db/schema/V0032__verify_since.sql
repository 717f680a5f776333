-- squawk-ignore-file ban-drop-function
-- The books are checked since a checkpoint.

DROP FUNCTION IF EXISTS wallet.verify_page(uuid, integer, uuid);
DROP FUNCTION IF EXISTS wallet_private.verify_users(uuid, uuid);
DROP FUNCTION IF EXISTS wallet_private.verify_chains(uuid, uuid);
DROP FUNCTION IF EXISTS wallet_private.verify_wallets(uuid, uuid);
DROP FUNCTION IF EXISTS wallet_private.verify_books();
DROP FUNCTION IF EXISTS wallet_private.verify_assets();
DROP FUNCTION IF EXISTS wallet_private.verify_campaigns();
