-- Days: what has moved of each asset on each day, counted once along the feed.

-- What has moved of an asset on each day (UTC), by kind: the transfers up to a place in the feed.
-- The rest is read from the ledger.
CREATE TABLE wallet_private.daily (
    asset_id integer NOT NULL,
    day date NOT NULL,
    kind text COLLATE "C" NOT NULL,
    transfers bigint NOT NULL,
    issued wallet_private.amount NOT NULL,
    removed wallet_private.amount NOT NULL,
    movers bigint NOT NULL,
    new_users bigint NOT NULL,
    CONSTRAINT daily_pkey PRIMARY KEY (asset_id, day, kind)
) WITH (fillfactor = 50);
COMMENT ON COLUMN wallet_private.daily.movers
IS 'Transfers that were the first of their day in their wallet.';
COMMENT ON COLUMN wallet_private.daily.new_users
IS 'Transfers that were the first in their wallet.';

CREATE TABLE wallet_private.fold (
    is_only boolean NOT NULL DEFAULT true,
    place wallet_private.feed_place NOT NULL,
    CONSTRAINT fold_pkey PRIMARY KEY (is_only),
    CONSTRAINT fold_is_one_row_check CHECK (is_only)
);
COMMENT ON COLUMN wallet_private.fold.place
IS 'Up to here the transfers are in daily. Those that were brought over are there at once.';

-- As wallet_private.feed_start('beginning').
INSERT INTO wallet_private.fold (place)
SELECT
    ROW(
        CASE WHEN f.is_whole THEN 1 ELSE 0 END, '00000000-0000-0000-0000-000000000000', 0, 0
    )::wallet_private.feed_place AS place
FROM wallet_private.feed AS f;

-- Some of the ledger behind a place, counted; and the place behind that.
CREATE TYPE wallet_private.fold_step AS (
    place wallet_private.feed_place,
    days wallet_private.daily[],
    transfers integer,
    is_last boolean
);

CREATE TYPE wallet.economy_day AS (
    asset text,
    day date,
    issued numeric,
    removed numeric,
    outstanding numeric,
    issued_by_kind jsonb,
    removed_by_kind jsonb,
    transfers bigint,
    movers bigint,
    new_users bigint
);
