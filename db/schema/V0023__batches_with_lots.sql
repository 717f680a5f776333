-- squawk-ignore-file ban-drop-function
-- Batches post requests of assets with lots together too, and say when what they credit expires.

-- These get more parameters. Who calls wallet.post_batch as before calls the new one.
DROP FUNCTION IF EXISTS wallet.post_batch(wallet.request[], text, text[]);
DROP FUNCTION IF EXISTS wallet_private.post_part(wallet.request[], text[], integer[]);
DROP FUNCTION IF EXISTS wallet_private.post_one(integer, wallet.request, text);
DROP FUNCTION IF EXISTS wallet_private.post_together(wallet.request[], text[], integer);
DROP FUNCTION IF EXISTS
wallet_private.post_runs(wallet_private.batch_item[], wallet.batch_result[]);
