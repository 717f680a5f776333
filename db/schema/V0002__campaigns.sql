-- Campaigns: what many users are given, each of them once and all together within a budget.

CREATE TABLE wallet_private.campaign (
    campaign_id integer GENERATED ALWAYS AS IDENTITY,
    code text NOT NULL,
    asset_id integer NOT NULL,
    budget numeric,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT campaign_pkey PRIMARY KEY (campaign_id),
    CONSTRAINT campaign_code_key UNIQUE (code),
    CONSTRAINT campaign_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset,
    CONSTRAINT campaign_budget_is_positive_check CHECK (budget > 0)
);
COMMENT ON COLUMN wallet_private.campaign.budget IS 'The most it may give; NULL = no limit.';

-- What a campaign may still give and has given, in stripes so that calls don't queue for one row.
-- A call holds its stripe while it posts: it is locked before any wallet.
CREATE TABLE wallet_private.budget (
    campaign_id integer NOT NULL,
    stripe integer NOT NULL,
    available numeric,
    granted numeric NOT NULL DEFAULT 0,
    users bigint NOT NULL DEFAULT 0,
    CONSTRAINT budget_pkey PRIMARY KEY (campaign_id, stripe),
    CONSTRAINT budget_campaign_id_fkey
    FOREIGN KEY (campaign_id) REFERENCES wallet_private.campaign,
    CONSTRAINT budget_available_is_not_negative_check CHECK (available >= 0)
) WITH (fillfactor = 50);
COMMENT ON COLUMN wallet_private.budget.available IS 'NULL = no limit.';
COMMENT ON COLUMN wallet_private.budget.granted
IS 'What it has given; what was reversed since is given still.';

CREATE TYPE wallet.campaign AS (
    campaign text,
    asset text,
    budget numeric,
    granted numeric,
    remaining numeric,
    users bigint,
    created_at timestamptz
);

CREATE TYPE wallet.grant_request AS (
    user_id uuid,
    external_id text,
    email text,
    amount numeric,
    reference text
);

CREATE TYPE wallet.user_request AS (
    external_id text,
    name text,
    email text,
    phone text
);

CREATE TYPE wallet.refusal AS (
    ord integer,
    code text,
    message text,
    detail text,
    hint text
);

CREATE TYPE wallet.grant_result AS (
    users integer,
    amount numeric,
    replays integer,
    refusals wallet.refusal[]
);

CREATE TYPE wallet.import_result AS (
    users integer,
    replays integer,
    refusals wallet.refusal[]
);
