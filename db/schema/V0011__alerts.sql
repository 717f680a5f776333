-- squawk-ignore-file ban-drop-function
-- Alerts: what operators want to be told of. They are found by looking at the feed: no movement
-- does anything for them.

-- How far whoever looks has got. Its row is the lock: one looks at a time.
CREATE TABLE wallet_private.alert_feed (
    is_only boolean NOT NULL DEFAULT true,
    place wallet_private.feed_place,
    feed_position bigint NOT NULL DEFAULT 0,
    CONSTRAINT alert_feed_pkey PRIMARY KEY (is_only),
    CONSTRAINT alert_feed_is_one_row_check CHECK (is_only)
) WITH (fillfactor = 50);
COMMENT ON COLUMN wallet_private.alert_feed.place IS 'Up to here all transfers were looked at.';
COMMENT ON COLUMN wallet_private.alert_feed.feed_position
IS 'Of the last alert_event: later ones are not before it.';
INSERT INTO wallet_private.alert_feed DEFAULT VALUES;

CREATE TABLE wallet_private.alert (
    alert_id integer GENERATED ALWAYS AS IDENTITY,
    code text COLLATE "C" NOT NULL,
    measure text NOT NULL,
    asset_id integer NOT NULL,
    campaign_id integer,
    user_id uuid,
    direction text,
    threshold wallet_private.quantity,
    margin wallet_private.quantity,
    is_share boolean,
    within interval,
    feed_position bigint NOT NULL,
    outstanding wallet_private.quantity,
    value wallet_private.amount,
    told_until_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT alert_pkey PRIMARY KEY (alert_id),
    CONSTRAINT alert_code_key UNIQUE (code),
    CONSTRAINT alert_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset,
    CONSTRAINT alert_campaign_id_fkey
    FOREIGN KEY (campaign_id) REFERENCES wallet_private.campaign,
    CONSTRAINT alert_measure_is_known_check
    CHECK (measure IN ('balance', 'outstanding', 'supply', 'budget', 'expiring')),
    CONSTRAINT alert_direction_is_known_check CHECK (direction IN ('below', 'above'))
) WITH (fillfactor = 50);
COMMENT ON COLUMN wallet_private.alert.user_id IS 'Only this one''s; NULL = everyone''s.';
COMMENT ON COLUMN wallet_private.alert.margin
IS 'How far back the value has to come before the alert can be raised again.';
COMMENT ON COLUMN wallet_private.alert.is_share
IS 'Whether threshold and margin are shares of the cap or the budget.';
COMMENT ON COLUMN wallet_private.alert.feed_position
IS 'Transfers from here on count; those before were there when it was made.';
COMMENT ON COLUMN wallet_private.alert.outstanding
IS 'What users held, by the transfers that were looked at.';
COMMENT ON COLUMN wallet_private.alert.value
IS 'What it measured last; NULL where each wallet has its own.';
COMMENT ON COLUMN wallet_private.alert.told_until_at
IS 'Lots that expire up to then were told when they came so near.';

-- Whose value has crossed the threshold and has not come back by the margin. Of a value that is not
-- a user's, the user is nobody: 00000000-0000-0000-0000-000000000000.
CREATE TABLE wallet_private.alert_crossing (
    alert_id integer NOT NULL,
    user_id uuid NOT NULL,
    CONSTRAINT alert_crossing_pkey PRIMARY KEY (alert_id, user_id),
    CONSTRAINT alert_crossing_alert_id_fkey
    FOREIGN KEY (alert_id) REFERENCES wallet_private.alert ON DELETE CASCADE
);

-- Lots of which the user was told, until they expire.
CREATE TABLE wallet_private.alert_lot (
    alert_id integer NOT NULL,
    user_id uuid NOT NULL,
    lot_id bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT alert_lot_pkey PRIMARY KEY (alert_id, user_id, lot_id, expires_at),
    CONSTRAINT alert_lot_alert_id_fkey
    FOREIGN KEY (alert_id) REFERENCES wallet_private.alert ON DELETE CASCADE
);
CREATE INDEX alert_lot_expires_at_idx ON wallet_private.alert_lot (expires_at);

-- An alert that was raised: an event of the feed beside the transfers, with a place in the same
-- order. Its seq is more than any wallet's, so it is named as a transfer is.
CREATE TABLE wallet_private.alert_event (
    seq bigint GENERATED ALWAYS AS IDENTITY (START WITH 1000000000000000),
    event_id uuid NOT NULL DEFAULT gen_random_uuid(),
    feed_position bigint NOT NULL,
    alert text COLLATE "C" NOT NULL,
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    value wallet_private.amount NOT NULL,
    details jsonb NOT NULL,
    actor text NOT NULL DEFAULT session_user,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT alert_event_pkey PRIMARY KEY (seq),
    CONSTRAINT alert_event_event_id_key UNIQUE (event_id)
);
COMMENT ON COLUMN wallet_private.alert_event.user_id IS 'Nobody where it is not a user''s.';
CREATE INDEX alert_event_feed_position_idx
ON wallet_private.alert_event (feed_position, user_id, asset_id, seq);

ALTER TABLE wallet_private.subscription ADD COLUMN alerts text[];
COMMENT ON COLUMN wallet_private.subscription.alerts
IS 'Only these of the alerts; NULL = all, if the kinds name ALERT, or else none.';
ALTER TYPE wallet.subscription ADD ATTRIBUTE alerts text[];

CREATE TYPE wallet.alert AS (
    alert text,
    measure text,
    asset text,
    campaign text,
    user_id uuid,
    direction text,
    threshold numeric,
    margin numeric,
    is_share boolean,
    within interval,
    value numeric,
    crossed bigint,
    created_at timestamptz
);

CREATE TYPE wallet.alert_check AS (
    alerts integer,
    transfers integer,
    is_last boolean
);

-- These get more parameters, which have defaults.
DROP FUNCTION IF EXISTS wallet.create_subscription(text, text[], text[], uuid, text, text);
DROP FUNCTION IF EXISTS wallet.update_subscription(text, text[], text[], text);
