-- A history's cursor says how far each wallet has been read. What looked for it by time is gone; no
-- function but a history's lists called these.

-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS wallet_private.page_transfers(
    uuid, text, text, integer, timestamptz, integer
);
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS wallet_private.to_instant(text);
