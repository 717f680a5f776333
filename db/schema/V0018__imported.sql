-- What another wallet held: its movements are brought into wallets that have none yet.

-- A line of a file. It names its user by the first that is given of user_id, external_id and email.
CREATE TYPE wallet_private.history_line AS (
    user_id uuid,
    external_id text,
    email text,
    asset text,
    kind text,
    amount numeric,
    created_at timestamptz,
    idempotency_key text,
    reference text,
    metadata jsonb
);

-- A line as it was read, and what it would be in the ledger.
CREATE TYPE wallet_private.history_item AS (
    ord integer,
    user_id uuid,
    asset_id integer,
    seq bigint,
    kind text,
    amount numeric,
    balance_after numeric,
    created_at timestamptz,
    idempotency_key text,
    reference text,
    metadata jsonb,
    last_at timestamptz,
    first_ord integer,
    is_taken boolean,
    is_new boolean,
    is_replay boolean,
    is_sound boolean
);

CREATE TYPE wallet_private.history_result AS (
    users integer,
    lines integer,
    replays integer,
    issued jsonb,
    refusals wallet.refusal[]
);
