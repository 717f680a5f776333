-- Batches post requests of assets with lots together too.

-- It gets a parameter, which has a default.
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS
wallet_private.post_runs(wallet_private.batch_item[], wallet.batch_result[]);
