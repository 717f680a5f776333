-- squawk-ignore-file ban-drop-function
-- Lots: an asset can keep each credit apart until it is used up, with an origin and an expiry.
-- squawk-ignore ban-drop-constraint
ALTER DOMAIN wallet_private.kind DROP CONSTRAINT kind_is_known_check;
-- It allows what the one before allowed, and EXPIRE: nothing that is there needs to be looked at.
-- squawk-ignore ban-alter-domain-with-add-constraint
ALTER DOMAIN wallet_private.kind ADD CONSTRAINT kind_is_known_check CHECK (value IN (
    'TOPUP', 'BONUS', 'SPEND', 'CONVERT', 'TASK', 'PURCHASE', 'CAPTURE', 'REVERSAL', 'ADJUST',
    'EXPIRE', 'HOLD', 'RELEASE'
)) NOT VALID;

ALTER TABLE wallet_private.asset
ADD COLUMN lot_order text,
ADD COLUMN expires_in interval,
ADD COLUMN is_paid_expiring boolean NOT NULL DEFAULT false;
ALTER TABLE wallet_private.asset
ADD CONSTRAINT asset_lot_order_is_known_check
CHECK (lot_order IN ('expiring_first', 'free_first', 'paid_first')) NOT VALID,
ADD CONSTRAINT asset_without_lots_does_not_expire_check
CHECK (lot_order IS NOT NULL OR (expires_in IS NULL AND NOT is_paid_expiring)) NOT VALID;
COMMENT ON COLUMN wallet_private.asset.lot_order
IS 'Which lots a debit uses first; NULL = the asset has no lots.';
COMMENT ON COLUMN wallet_private.asset.expires_in
IS 'How long a credit lives if nothing else says; NULL = for ever.';
COMMENT ON COLUMN wallet_private.asset.is_paid_expiring
IS 'Whether what was paid for may expire too.';

ALTER TABLE wallet_private.task ADD COLUMN expires_in interval;
COMMENT ON COLUMN wallet_private.task.expires_in
IS 'How long its reward lives; NULL = as the asset says.';
ALTER TABLE wallet_private.campaign ADD COLUMN expires_in interval;
COMMENT ON COLUMN wallet_private.campaign.expires_in
IS 'How long its grants live; NULL = as the asset says.';

ALTER TABLE wallet_private.wallet ADD COLUMN is_plain boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN wallet_private.wallet.is_plain
IS 'Whether a movement changes the balance and no more: the asset has no lots.';

-- Every debit of an asset with lots writes them, so what is checked of them stands in domains.
CREATE DOMAIN wallet_private.origin AS text
CONSTRAINT origin_is_known_check CHECK (value IN ('paid', 'free'));

-- A credit of an asset with lots, and what is left of it. It is born of one transfer, whose seq is
-- its lot_id. A row stays when it is used up: a reversal may give back to it.
CREATE TABLE wallet_private.lot (
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    lot_id bigint NOT NULL,
    origin wallet_private.origin NOT NULL,
    amount wallet_private.amount NOT NULL,
    remaining wallet_private.quantity NOT NULL,
    held wallet_private.quantity NOT NULL DEFAULT 0,
    expires_at timestamptz,
    is_open boolean NOT NULL DEFAULT true,
    CONSTRAINT lot_pkey PRIMARY KEY (user_id, asset_id, lot_id)
) WITH (fillfactor = 66);
COMMENT ON COLUMN wallet_private.lot.remaining IS 'What of the amount is left, held or not.';
COMMENT ON COLUMN wallet_private.lot.held IS 'What of the rest open holds set aside.';
COMMENT ON COLUMN wallet_private.lot.expires_at IS 'NULL = never.';
COMMENT ON COLUMN wallet_private.lot.is_open IS 'Whether anything is left.';
-- What is used up is in no index but the key; a lot that is used in part changes none.
CREATE INDEX lot_open_idx ON wallet_private.lot (user_id, asset_id) WHERE is_open;
CREATE INDEX lot_expires_at_idx ON wallet_private.lot (expires_at)
WHERE is_open AND expires_at IS NOT NULL;

ALTER TABLE wallet_private.hold ADD COLUMN lots jsonb;
COMMENT ON COLUMN wallet_private.hold.lots
IS 'Which lots it holds, in the order in which captures use them: [{"lot", "amount"}].';

CREATE TYPE wallet.lot AS (
    user_id uuid,
    asset text,
    lot_id bigint,
    origin text,
    amount numeric,
    remaining numeric,
    held numeric,
    expires_at timestamptz,
    transaction_id uuid,
    created_at timestamptz
);

ALTER TYPE wallet.asset
ADD ATTRIBUTE lot_order text,
ADD ATTRIBUTE expires_in interval,
ADD ATTRIBUTE is_paid_expiring boolean;
ALTER TYPE wallet.task ADD ATTRIBUTE expires_in interval;
ALTER TYPE wallet.campaign ADD ATTRIBUTE expires_in interval;
ALTER TYPE wallet.balance_item
ADD ATTRIBUTE paid numeric,
ADD ATTRIBUTE free numeric,
ADD ATTRIBUTE expiring numeric,
ADD ATTRIBUTE expires_at timestamptz;

-- These get more parameters, which have defaults, and lock_wallet gets a result. Who calls them as
-- before calls the new ones. On a new server there are none of them yet.
DROP FUNCTION IF EXISTS wallet.topup(uuid, text, numeric, text, text, jsonb, text);
DROP FUNCTION IF EXISTS wallet.bonus(uuid, text, numeric, text, text, jsonb, text);
DROP FUNCTION IF EXISTS wallet.adjust(uuid, text, numeric, text, text, jsonb, text);
DROP FUNCTION IF EXISTS wallet.reverse(uuid, uuid, numeric, text, text, text, jsonb, text);
DROP FUNCTION IF EXISTS wallet.create_asset(text, text, integer, numeric, numeric, boolean, text);
DROP FUNCTION IF EXISTS wallet.update_asset(text, text, numeric, boolean, boolean, text);
DROP FUNCTION IF EXISTS
wallet.create_task(text, text, text, numeric, integer, interval, boolean, text);
DROP FUNCTION IF EXISTS
wallet.update_task(bigint, text, numeric, integer, interval, boolean, boolean, text);
DROP FUNCTION IF EXISTS wallet.create_campaign(text, text, numeric, text);
DROP FUNCTION IF EXISTS
wallet_private.move(text, numeric, uuid, text, numeric, text, text, jsonb, text);
DROP FUNCTION IF EXISTS
wallet_private.move_carefully(text, numeric, uuid, text, numeric, text, text, jsonb, text);
DROP FUNCTION IF EXISTS wallet_private.lock_wallet(uuid, integer);
DROP FUNCTION IF EXISTS wallet_private.expire_holds(uuid, integer);
