-- squawk-ignore-file ban-drop-function
-- What is outstanding, for reports: by origin, month of issue and month of expiry.
ALTER TABLE wallet_private.asset ADD COLUMN got_lots_at timestamptz;
COMMENT ON COLUMN wallet_private.asset.got_lots_at
IS 'When it got lots; NULL = it has none.';

CREATE TYPE wallet.liability_item AS (
    asset text,
    origin text,
    issue_month date,
    expiry_month date,
    issued numeric,
    used numeric,
    expired numeric,
    reversed numeric,
    outstanding numeric
);
UPDATE wallet_private.asset SET got_lots_at = created_at
WHERE lot_order IS NOT NULL;

-- These have other parameters now.
DROP FUNCTION IF EXISTS wallet_private.post(wallet_private.transfer, numeric, boolean);
DROP FUNCTION IF EXISTS wallet_private.pick_lots(wallet_private.lot[], text, numeric, bigint);
DROP FUNCTION IF EXISTS wallet_private.lot_rank(wallet_private.lot, text);
DROP FUNCTION IF EXISTS wallet_private.move_carefully(
    text, numeric, uuid, text, numeric, text, text, jsonb, text, timestamptz
);
