-- squawk-ignore-file ban-drop-function
-- A spend of an asset with lots plans before it locks: one function plans, and one settles.
DROP FUNCTION IF EXISTS wallet_private.plan(wallet_private.transfer, numeric);
DROP FUNCTION IF EXISTS wallet_private.plan_lots(wallet_private.transfer, numeric);
DROP FUNCTION IF EXISTS wallet_private.move_carefully(
    text, numeric, uuid, text, numeric, text, text, jsonb, text, timestamptz, integer
);
DROP FUNCTION IF EXISTS wallet_private.settle_lots(wallet_private.transfer, numeric);
DROP FUNCTION IF EXISTS wallet_private.lot_rank(wallet_private.lot, text, bigint);
