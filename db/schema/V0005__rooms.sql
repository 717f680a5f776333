-- Drops two helpers that 0.2 kept for calls of 0.1 that were under way. No function calls them.

-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS wallet_private.page_transfers(
    uuid, text, text, integer, timestamptz, integer
);
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS wallet_private.to_instant(text);
