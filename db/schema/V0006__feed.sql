-- The feed: the ledger read by others, in an order in which nothing is missed.
--
-- A transfer's place in it is its feed_position: the number of the transaction that wrote it, or
-- that of the transfer before it in its wallet, where that is higher. So along a wallet it never
-- falls, and it is never lower than its writer's number. A reader takes what is below the oldest
-- transaction that is under way: all of that has ended, and whatever comes later comes behind it.

-- In the order in which a movement takes them, so that one that is under way can end.
LOCK TABLE wallet_private.asset, wallet_private.wallet, wallet_private.transfer
IN ACCESS EXCLUSIVE MODE;

ALTER TABLE wallet_private.wallet ADD COLUMN feed_position bigint;
COMMENT ON COLUMN wallet_private.wallet.feed_position
IS 'feed_position of the last transfer; NULL where that has none.';

-- NULL in what is there already, so nothing is written anew. The default is for calls of the
-- release before that are under way now and do not name the column.
ALTER TABLE wallet_private.transfer ADD COLUMN feed_position bigint;
ALTER TABLE wallet_private.transfer
ALTER COLUMN feed_position SET DEFAULT txid_current();
COMMENT ON COLUMN wallet_private.transfer.feed_position
IS 'Its place in the feed; NULL: it is older than the feed.';

-- Not where that would take long: wallet.create_subscription then says how to make it, while the
-- wallet is in use.
DO $$
BEGIN
    IF pg_relation_size('wallet_private.transfer') < 2 ^ 30 THEN
        CREATE INDEX IF NOT EXISTS transfer_feed_position_idx
        ON wallet_private.transfer (feed_position);
    END IF;
END
$$;

-- A server gives its transactions numbers of its own. So what was dumped and restored elsewhere
-- counts on from base, which is renewed by the first movement there.
CREATE TABLE wallet_private.feed (
    is_only boolean NOT NULL DEFAULT true,
    base bigint NOT NULL DEFAULT 0,
    system_identifier bigint NOT NULL,
    is_whole boolean NOT NULL,
    CONSTRAINT feed_pkey PRIMARY KEY (is_only),
    CONSTRAINT feed_is_one_row_check CHECK (is_only)
);
COMMENT ON COLUMN wallet_private.feed.base
IS 'Added to the number of a transaction: more than any feed_position of an earlier server.';
COMMENT ON COLUMN wallet_private.feed.system_identifier IS 'Of the server that base is for.';
COMMENT ON COLUMN wallet_private.feed.is_whole IS 'Whether every transfer has a position.';

INSERT INTO wallet_private.feed (system_identifier, is_whole)
SELECT
    c.system_identifier,
    NOT EXISTS (SELECT FROM wallet_private.transfer) AS is_whole
FROM pg_control_system() AS c;

ALTER TABLE wallet_private.asset ADD COLUMN feed_base bigint;
ALTER TABLE wallet_private.asset ADD COLUMN server_started_at timestamptz;
COMMENT ON COLUMN wallet_private.asset.feed_base
IS 'As in feed, here so that a movement finds it in the row it reads anyway; NULL: look there.';
COMMENT ON COLUMN wallet_private.asset.server_started_at
IS 'The start of the server on which feed_base was looked up: after another start, another look.';

-- Where a reader is: behind this transfer. Those without a position come first, as of position 0.
CREATE TYPE wallet_private.feed_place AS (
    feed_position bigint,
    user_id uuid,
    asset_id integer,
    seq bigint
);

CREATE TABLE wallet_private.subscription (
    subscription_id integer GENERATED ALWAYS AS IDENTITY,
    code text COLLATE "C" NOT NULL,
    asset_ids integer[],
    kinds text[],
    user_id uuid,
    place wallet_private.feed_place NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    acknowledged_at timestamptz,
    CONSTRAINT subscription_pkey PRIMARY KEY (subscription_id),
    CONSTRAINT subscription_code_key UNIQUE (code)
) WITH (fillfactor = 50);
COMMENT ON COLUMN wallet_private.subscription.asset_ids IS 'Only these; NULL = all.';
COMMENT ON COLUMN wallet_private.subscription.kinds IS 'Only these; NULL = all.';
COMMENT ON COLUMN wallet_private.subscription.user_id IS 'Only this one''s; NULL = everyone''s.';
COMMENT ON COLUMN wallet_private.subscription.place IS 'Up to here all has arrived.';

CREATE TYPE wallet.subscription AS (
    subscription text,
    assets text[],
    kinds text[],
    user_id uuid,
    acknowledged_cursor text,
    behind bigint,
    oldest_at timestamptz,
    created_at timestamptz,
    acknowledged_at timestamptz
);

CREATE TYPE wallet.event AS (
    transaction_id uuid,
    leg integer,
    kind text,
    user_id uuid,
    asset text,
    amount numeric,
    entry_type text,
    balance numeric,
    seq bigint,
    reference text,
    metadata jsonb,
    details jsonb,
    actor text,
    created_at timestamptz,
    cursor text
);

CREATE TYPE wallet.event_page AS (
    events wallet.event[],
    next_cursor text,
    is_last boolean
);
