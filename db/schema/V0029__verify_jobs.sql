-- squawk-ignore-file ban-drop-function
-- Several processes share the pages of verify.

DROP FUNCTION IF EXISTS wallet.verify_page(uuid, integer);
