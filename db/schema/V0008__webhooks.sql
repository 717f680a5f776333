-- Webhooks: subscriptions whose events are sent to an address, instead of being read.
--
-- What has been sent is known by the subscription's place alone. Only an event that was not
-- accepted at its first try has a row of its own, until it is accepted or somebody has dealt with
-- it.
CREATE TABLE wallet_private.webhook (
    subscription_id integer NOT NULL,
    url text NOT NULL,
    secret text NOT NULL,
    old_secret text,
    old_secret_ends_at timestamptz,
    status text NOT NULL DEFAULT 'active',
    is_ordered boolean NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    rest_ends_at timestamptz,
    claim uuid,
    claim_ends_at timestamptz,
    claimed_place wallet_private.feed_place,
    claimed_events integer,
    taken_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT webhook_pkey PRIMARY KEY (subscription_id),
    CONSTRAINT webhook_subscription_id_fkey FOREIGN KEY (subscription_id)
    REFERENCES wallet_private.subscription ON DELETE CASCADE,
    CONSTRAINT webhook_status_is_known_check CHECK (status IN ('active', 'paused', 'gone'))
) WITH (fillfactor = 50);
COMMENT ON COLUMN wallet_private.webhook.old_secret
IS 'Signs beside secret until old_secret_ends_at.';
COMMENT ON COLUMN wallet_private.webhook.is_ordered
IS 'Whether an event waits for the ones before it in its wallet.';
COMMENT ON COLUMN wallet_private.webhook.failures
IS 'How often in a row the receiver was away or asked for less.';
COMMENT ON COLUMN wallet_private.webhook.rest_ends_at IS 'Nothing is sent to the receiver before.';
COMMENT ON COLUMN wallet_private.webhook.claim
IS 'Who sends what lies between the subscription''s place and claimed_place; until claim_ends_at.';

CREATE TABLE wallet_private.webhook_event (
    subscription_id integer NOT NULL,
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    seq bigint NOT NULL,
    tries integer NOT NULL,
    next_try_at timestamptz,
    tried_at timestamptz,
    status_code integer,
    error text,
    claim uuid,
    claim_ends_at timestamptz,
    CONSTRAINT webhook_event_pkey PRIMARY KEY (subscription_id, user_id, asset_id, seq),
    CONSTRAINT webhook_event_subscription_id_fkey FOREIGN KEY (subscription_id)
    REFERENCES wallet_private.webhook ON DELETE CASCADE
) WITH (fillfactor = 80);
COMMENT ON COLUMN wallet_private.webhook_event.next_try_at IS 'NULL: it is parked.';
COMMENT ON COLUMN wallet_private.webhook_event.claim IS 'Who sends it now, until claim_ends_at.';
CREATE INDEX webhook_event_next_try_at_idx
ON wallet_private.webhook_event (subscription_id, next_try_at) WHERE next_try_at IS NOT NULL;

CREATE TYPE wallet.webhook AS (
    subscription text,
    url text,
    status text,
    is_ordered boolean,
    secret text,
    old_secret_ends_at timestamptz,
    waiting bigint,
    parked bigint,
    oldest_at timestamptz,
    failures integer,
    rest_ends_at timestamptz,
    created_at timestamptz
);

CREATE TYPE wallet.webhook_failure AS (
    transaction_id uuid,
    leg integer,
    kind text,
    user_id uuid,
    asset text,
    seq bigint,
    status text,
    tries integer,
    tried_at timestamptz,
    next_try_at timestamptz,
    status_code integer,
    error text,
    cursor text
);

CREATE TYPE wallet.webhook_batch AS (
    subscription text,
    claim uuid,
    lease interval,
    url text,
    secrets text[],
    is_ordered boolean,
    events wallet.event[]
);

CREATE TYPE wallet.webhook_result AS (
    user_id uuid,
    asset text,
    seq bigint,
    outcome text,
    status_code integer,
    error text,
    retry_after integer
);

-- Live: what listeners to their own wallets are told.
CREATE TYPE wallet.news AS (
    reader integer,
    is_cut_off boolean,
    asset text,
    seq bigint,
    balance numeric,
    events wallet.event[]
);
