-- Drops what only calls of 0.1 could still ask for while 0.2 was installed. No function of 0.2 calls
-- these two.
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS wallet_private.page_transfers(
    uuid, text, text, integer, timestamptz, integer
);
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS wallet_private.to_instant(text);
