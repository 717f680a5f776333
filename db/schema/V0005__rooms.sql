-- Drops two helpers that only calls of 0.1 needed, while 0.2 was installed. No function of 0.2
-- calls them.

-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS wallet_private.page_transfers(
    uuid, text, text, integer, timestamptz, integer
);
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS wallet_private.to_instant(text);
