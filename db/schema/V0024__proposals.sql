-- Changes that wait for a second operator: from which size on, and what has been proposed.

CREATE TABLE wallet_private.threshold (
    function text COLLATE "C" NOT NULL,
    asset_id integer NOT NULL,
    most wallet_private.quantity NOT NULL,
    CONSTRAINT threshold_pkey PRIMARY KEY (function, asset_id),
    CONSTRAINT threshold_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset
);
COMMENT ON COLUMN wallet_private.threshold.most
IS 'What one operator may do with one call of the function. More waits for a second one.';

CREATE TABLE wallet_private.proposal (
    proposal_id uuid NOT NULL,
    function text NOT NULL,
    arguments jsonb NOT NULL,
    user_id uuid,
    reason text,
    proposed_by text COLLATE "C" NOT NULL,
    idempotency_key text COLLATE "C" NOT NULL,
    forecast jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    status text NOT NULL,
    decided_by text,
    decision_key text,
    decision_reason text,
    decided_at timestamptz,
    result jsonb,
    CONSTRAINT proposal_pkey PRIMARY KEY (proposal_id),
    CONSTRAINT proposal_proposed_by_idempotency_key_key UNIQUE (proposed_by, idempotency_key),
    CONSTRAINT proposal_user_id_fkey FOREIGN KEY (user_id) REFERENCES wallet_private.user_account,
    CONSTRAINT proposal_status_is_known_check
    CHECK (status IN ('pending', 'running', 'approved', 'rejected')),
    CONSTRAINT proposal_result_is_of_approved_check
    CHECK ((result IS NOT NULL) = (status = 'approved'))
);
COMMENT ON COLUMN wallet_private.proposal.function IS 'Of the schema wallet. It is called once.';
COMMENT ON COLUMN wallet_private.proposal.arguments
IS 'By name, without p_, and without the actor and the idempotency key.';
COMMENT ON COLUMN wallet_private.proposal.user_id IS 'Whom the call is about. NULL: nobody.';
COMMENT ON COLUMN wallet_private.proposal.reason IS 'NULL: the user was erased.';
COMMENT ON COLUMN wallet_private.proposal.forecast
IS 'What the call would have returned when it was proposed.';
COMMENT ON COLUMN wallet_private.proposal.status
IS 'running only within the transaction that runs the call, so no other transaction sees it.';
COMMENT ON COLUMN wallet_private.proposal.result IS 'What the call returned.';
-- At most one row, and only while its call runs.
CREATE INDEX proposal_running_idx ON wallet_private.proposal (proposal_id)
WHERE status = 'running';
CREATE INDEX proposal_user_id_idx ON wallet_private.proposal (user_id) WHERE user_id IS NOT NULL;

CREATE TYPE wallet.threshold AS (
    function text,
    asset text,
    most numeric
);

CREATE TYPE wallet.proposal AS (
    proposal_id uuid,
    function text,
    arguments jsonb,
    user_id uuid,
    reason text,
    proposed_by text,
    forecast jsonb,
    created_at timestamptz,
    expires_at timestamptz,
    status text,
    decided_by text,
    decision_reason text,
    decided_at timestamptz,
    result jsonb,
    is_replay boolean
);

CREATE TYPE wallet.proposal_item AS (
    proposal_id uuid,
    function text,
    arguments jsonb,
    user_id uuid,
    reason text,
    proposed_by text,
    forecast jsonb,
    created_at timestamptz,
    expires_at timestamptz,
    status text,
    decided_by text,
    decision_reason text,
    decided_at timestamptz,
    result jsonb,
    cursor text
);
