-- The data model. Every table that grows with users has user_id in its keys, so the same schema
-- runs on one PostgreSQL and, distributed by user_id, on many.
--
-- Amounts are numeric in units of the asset, always written at the asset's scale.

-- ---------------------------------------------------------------------------------------------
-- Catalogue
-- ---------------------------------------------------------------------------------------------

CREATE TABLE wallet_private.asset (
    asset_id integer GENERATED ALWAYS AS IDENTITY,
    code text NOT NULL,
    name text NOT NULL,
    scale integer NOT NULL,
    supply numeric,
    sign_up_bonus numeric,
    is_purchasable boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    archived_at timestamptz,
    CONSTRAINT asset_pkey PRIMARY KEY (asset_id),
    CONSTRAINT asset_code_key UNIQUE (code),
    CONSTRAINT asset_code_is_upper_snake_case_check CHECK (code ~ '^[A-Z][A-Z0-9_]{1,31}$'),
    CONSTRAINT asset_scale_is_0_to_8_check CHECK (scale BETWEEN 0 AND 8),
    CONSTRAINT asset_supply_is_positive_check CHECK (supply > 0),
    CONSTRAINT asset_sign_up_bonus_is_positive_check CHECK (sign_up_bonus > 0)
);
COMMENT ON COLUMN wallet_private.asset.supply IS 'The cap on what users hold; NULL = uncapped.';
COMMENT ON COLUMN wallet_private.asset.sign_up_bonus IS 'What a new sign-up gets; NULL = nothing.';

-- What may still be issued of a capped asset, in stripes so that credits don't queue for one row.
CREATE TABLE wallet_private.supply (
    asset_id integer NOT NULL,
    stripe integer NOT NULL,
    available numeric NOT NULL,
    CONSTRAINT supply_pkey PRIMARY KEY (asset_id, stripe),
    CONSTRAINT supply_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset,
    CONSTRAINT supply_available_is_not_negative_check CHECK (available >= 0)
) WITH (fillfactor = 50);

CREATE TABLE wallet_private.conversion_rate (
    rate_id bigint GENERATED ALWAYS AS IDENTITY,
    from_asset_id integer NOT NULL,
    to_asset_id integer NOT NULL,
    from_amount numeric NOT NULL,
    to_amount numeric NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by text NOT NULL,
    replaced_at timestamptz,
    CONSTRAINT conversion_rate_pkey PRIMARY KEY (rate_id),
    CONSTRAINT conversion_rate_from_asset_id_fkey
    FOREIGN KEY (from_asset_id) REFERENCES wallet_private.asset,
    CONSTRAINT conversion_rate_to_asset_id_fkey
    FOREIGN KEY (to_asset_id) REFERENCES wallet_private.asset,
    CONSTRAINT conversion_rate_assets_differ_check CHECK (from_asset_id <> to_asset_id),
    CONSTRAINT conversion_rate_amounts_are_positive_check CHECK (from_amount > 0 AND to_amount > 0)
);
-- Rates are versioned: a new one replaces the old one, which stays for the receipts that name it.
CREATE UNIQUE INDEX conversion_rate_current_idx
ON wallet_private.conversion_rate (from_asset_id, to_asset_id) WHERE replaced_at IS NULL;

CREATE TABLE wallet_private.task (
    task_id bigint GENERATED ALWAYS AS IDENTITY,
    code text NOT NULL,
    name text NOT NULL,
    asset_id integer NOT NULL,
    reward numeric NOT NULL,
    max_completions integer,
    cooldown interval,
    is_self_service boolean NOT NULL DEFAULT false,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT task_pkey PRIMARY KEY (task_id),
    CONSTRAINT task_code_key UNIQUE (code),
    CONSTRAINT task_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset,
    CONSTRAINT task_reward_is_positive_check CHECK (reward > 0),
    CONSTRAINT task_max_completions_is_positive_check CHECK (max_completions > 0),
    CONSTRAINT task_cooldown_is_positive_check CHECK (cooldown > interval '0')
);

CREATE TABLE wallet_private.item (
    item_id bigint GENERATED ALWAYS AS IDENTITY,
    code text NOT NULL,
    name text NOT NULL,
    asset_id integer NOT NULL,
    price numeric NOT NULL,
    stock bigint,
    max_per_user integer,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT item_pkey PRIMARY KEY (item_id),
    CONSTRAINT item_code_key UNIQUE (code),
    CONSTRAINT item_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset,
    CONSTRAINT item_price_is_positive_check CHECK (price > 0),
    CONSTRAINT item_stock_is_not_negative_check CHECK (stock >= 0),
    CONSTRAINT item_max_per_user_is_positive_check CHECK (max_per_user > 0)
) WITH (fillfactor = 50);
COMMENT ON COLUMN wallet_private.item.stock IS 'Units left; NULL = unlimited.';

-- ---------------------------------------------------------------------------------------------
-- Users: who they are stands apart from what they own, so a person can go and history stays.
-- ---------------------------------------------------------------------------------------------

CREATE TABLE wallet_private.user_account (
    user_id uuid NOT NULL,
    external_id text,
    name text,
    email text,
    phone text,
    role text NOT NULL DEFAULT 'user',
    status text NOT NULL DEFAULT 'active',
    status_reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_account_pkey PRIMARY KEY (user_id),
    CONSTRAINT user_account_external_id_key UNIQUE (external_id),
    CONSTRAINT user_account_role_is_known_check CHECK (role IN ('user', 'service', 'admin')),
    CONSTRAINT user_account_status_is_known_check CHECK (status IN ('active', 'frozen', 'closed'))
);
CREATE UNIQUE INDEX user_account_email_idx ON wallet_private.user_account (lower(email));

CREATE TABLE wallet_private.credential (
    user_id uuid NOT NULL,
    password_hash text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT credential_pkey PRIMARY KEY (user_id),
    CONSTRAINT credential_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES wallet_private.user_account ON DELETE CASCADE
);

-- ---------------------------------------------------------------------------------------------
-- The wallet and its ledger
-- ---------------------------------------------------------------------------------------------

-- What is checked of the two tables that every movement writes stands in domains: their checks are
-- compiled once a session, whereas a table's are parsed anew by each statement, which was a quarter
-- of all that a movement cost. What needs two columns is in the WHERE of the functions' updates,
-- and wallet.verify looks for it.
CREATE DOMAIN wallet_private.quantity AS numeric
CONSTRAINT quantity_is_not_negative_check CHECK (value >= 0);

CREATE DOMAIN wallet_private.kind AS text
CONSTRAINT kind_is_known_check CHECK (value IN (
    'TOPUP', 'BONUS', 'SPEND', 'CONVERT', 'TASK', 'PURCHASE', 'CAPTURE', 'REVERSAL', 'ADJUST',
    'HOLD', 'RELEASE'
));

-- One user's balance in one asset: the only row that a movement locks. No column but the key is
-- indexed and pages are left a third empty, so an update stays on its page (HOT).
CREATE TABLE wallet_private.wallet (
    user_id uuid NOT NULL,
    seq bigint NOT NULL DEFAULT 0,
    moved_at timestamptz NOT NULL DEFAULT '-infinity',
    asset_id integer NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    is_capped boolean NOT NULL DEFAULT false,
    balance wallet_private.quantity NOT NULL DEFAULT 0,
    held wallet_private.quantity NOT NULL DEFAULT 0,
    head bytea NOT NULL DEFAULT '',
    CONSTRAINT wallet_pkey PRIMARY KEY (user_id, asset_id),
    CONSTRAINT wallet_user_id_fkey FOREIGN KEY (user_id) REFERENCES wallet_private.user_account,
    CONSTRAINT wallet_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset
) WITH (
    fillfactor = 66,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 1000
);
COMMENT ON COLUMN wallet_private.wallet.seq IS 'Transfers so far; the seq of the last one.';
COMMENT ON COLUMN wallet_private.wallet.moved_at IS 'created_at of the last transfer.';
COMMENT ON COLUMN wallet_private.wallet.head IS 'Hash of the last transfer: the head of the chain.';
COMMENT ON COLUMN wallet_private.wallet.is_active
IS 'The account''s status, here so that a movement checks it in the row it locks anyway.';
COMMENT ON COLUMN wallet_private.wallet.is_capped
IS 'Whether the asset has, or once had, a cap: whether a movement has to look at its supply.';

-- The ledger: one immutable row for each leg of each movement, balanced in itself (the user's
-- side, the counterparty and the amount). Its unique key on (user_id, idempotency_key) is what
-- makes retries safe, for ever and at no extra write. HOLD and RELEASE move nothing (amount 0) but
-- stand here too: so they are chained, and share the one namespace of keys.
-- There is no foreign key to wallet: the functions insert only after updating that very row.
CREATE TABLE wallet_private.transfer (
    user_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    seq bigint NOT NULL,
    created_at timestamptz NOT NULL,
    asset_id integer NOT NULL,
    leg smallint NOT NULL DEFAULT 1,
    kind wallet_private.kind NOT NULL,
    amount numeric NOT NULL,
    balance_after wallet_private.quantity NOT NULL,
    counterparty text NOT NULL DEFAULT 'TREASURY',
    idempotency_key text,
    reference text,
    details jsonb,
    metadata jsonb,
    actor text NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT transfer_pkey PRIMARY KEY (user_id, asset_id, seq),
    CONSTRAINT transfer_idempotency_key_key UNIQUE (user_id, idempotency_key)
);
CREATE INDEX transfer_transaction_id_idx ON wallet_private.transfer (transaction_id);
COMMENT ON COLUMN wallet_private.transfer.seq IS 'Gapless in a wallet: the order of the ledger.';
COMMENT ON COLUMN wallet_private.transfer.amount IS 'As the user sees it: + credit, - debit.';
COMMENT ON COLUMN wallet_private.transfer.details
IS 'What the request asked beyond the columns (a replay is compared with it) and what came of it.';

-- A version 7 uuid, which sorts by time: 48 bits of milliseconds, the 7, 12 bits more of time, the
-- rest random. By hand before PostgreSQL 18, which makes them itself.
CREATE FUNCTION wallet_private.transaction_id() RETURNS uuid
LANGUAGE sql
VOLATILE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT overlay(gen_random_uuid()::text PLACING overlay(
        lpad(to_hex(floor(EXTRACT(EPOCH FROM clock_timestamp()) * 4096000)::bigint), 15, '0')
        PLACING '7' FROM 13 FOR 0
    ) FROM 1 FOR 18)::uuid
$$;
DO $$
BEGIN
    IF current_setting('server_version_num')::integer >= 180000 THEN
        CREATE OR REPLACE FUNCTION wallet_private.transaction_id() RETURNS uuid
        LANGUAGE sql
        VOLATILE
        PARALLEL SAFE
        SECURITY INVOKER
        AS 'SELECT uuidv7()';
    END IF;
END
$$;

CREATE TABLE wallet_private.task_completion (
    user_id uuid NOT NULL,
    task_id bigint NOT NULL,
    ordinal integer NOT NULL,
    transaction_id uuid NOT NULL,
    completed_at timestamptz NOT NULL,
    CONSTRAINT task_completion_pkey PRIMARY KEY (user_id, task_id, ordinal),
    CONSTRAINT task_completion_task_id_fkey FOREIGN KEY (task_id) REFERENCES wallet_private.task
);
COMMENT ON COLUMN wallet_private.task_completion.ordinal
IS 'This user''s how-manieth completion: unique, so a limit can''t be passed by a race.';

CREATE TABLE wallet_private.purchase (
    user_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    item_id bigint NOT NULL,
    quantity integer NOT NULL,
    returned integer NOT NULL DEFAULT 0,
    unit_price numeric NOT NULL,
    purchased_at timestamptz NOT NULL,
    CONSTRAINT purchase_pkey PRIMARY KEY (user_id, transaction_id),
    CONSTRAINT purchase_item_id_fkey FOREIGN KEY (item_id) REFERENCES wallet_private.item,
    CONSTRAINT purchase_quantity_is_positive_check CHECK (quantity > 0),
    CONSTRAINT purchase_returned_is_within_quantity_check CHECK (returned BETWEEN 0 AND quantity)
);
CREATE INDEX purchase_user_id_item_id_idx ON wallet_private.purchase (user_id, item_id);

CREATE TABLE wallet_private.hold (
    user_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    asset_id integer NOT NULL,
    status text NOT NULL DEFAULT 'open',
    amount numeric NOT NULL,
    captured numeric NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT hold_pkey PRIMARY KEY (user_id, hold_id),
    CONSTRAINT hold_status_is_known_check
    CHECK (status IN ('open', 'captured', 'released', 'expired')),
    CONSTRAINT hold_amount_is_positive_check CHECK (amount > 0),
    CONSTRAINT hold_captured_is_within_amount_check CHECK (captured BETWEEN 0 AND amount),
    CONSTRAINT hold_is_captured_when_used_up_check
    CHECK ((status = 'captured') = (captured = amount)),
    CONSTRAINT hold_is_open_until_closed_check CHECK ((status = 'open') = (closed_at IS NULL))
);
CREATE INDEX hold_open_idx ON wallet_private.hold (user_id, asset_id, expires_at)
WHERE status = 'open';
CREATE INDEX hold_expires_at_idx ON wallet_private.hold (expires_at) WHERE status = 'open';

-- What was captured of which hold, and when.
CREATE TABLE wallet_private.hold_capture (
    user_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    amount numeric NOT NULL,
    captured_at timestamptz NOT NULL,
    CONSTRAINT hold_capture_pkey PRIMARY KEY (user_id, hold_id, transaction_id),
    CONSTRAINT hold_capture_hold_id_fkey
    FOREIGN KEY (user_id, hold_id) REFERENCES wallet_private.hold,
    CONSTRAINT hold_capture_amount_is_positive_check CHECK (amount > 0)
);

-- Which transactions took back how much of which: the link both ways.
CREATE TABLE wallet_private.reversal (
    user_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    reversal_id uuid NOT NULL,
    amount numeric NOT NULL,
    CONSTRAINT reversal_pkey PRIMARY KEY (user_id, transaction_id, reversal_id),
    CONSTRAINT reversal_reversal_id_key UNIQUE (user_id, reversal_id),
    CONSTRAINT reversal_amount_is_positive_check CHECK (amount > 0)
);
COMMENT ON COLUMN wallet_private.reversal.amount IS 'Of the original''s first leg, unsigned.';

-- ---------------------------------------------------------------------------------------------
-- Proof: the heads of all chains as they once were, under one root that is kept elsewhere too.
-- ---------------------------------------------------------------------------------------------

CREATE TABLE wallet_private.checkpoint (
    checkpoint_id bigint GENERATED ALWAYS AS IDENTITY,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    wallets bigint NOT NULL,
    transfers numeric NOT NULL,
    root bytea NOT NULL,
    CONSTRAINT checkpoint_pkey PRIMARY KEY (checkpoint_id)
);

CREATE TABLE wallet_private.checkpoint_head (
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    checkpoint_id bigint NOT NULL,
    seq bigint NOT NULL,
    head bytea NOT NULL,
    CONSTRAINT checkpoint_head_pkey PRIMARY KEY (user_id, asset_id, checkpoint_id),
    CONSTRAINT checkpoint_head_checkpoint_id_fkey
    FOREIGN KEY (checkpoint_id) REFERENCES wallet_private.checkpoint
    DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE wallet_private.checkpoint_head
IS 'A wallet''s head at a checkpoint; only wallets that moved since the one before have a row.';

-- What operators did: changes of the catalogue and of accounts, which move nothing.
CREATE TABLE wallet_private.action (
    action_id bigint GENERATED ALWAYS AS IDENTITY,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    details jsonb NOT NULL,
    CONSTRAINT action_pkey PRIMARY KEY (action_id)
);
COMMENT ON COLUMN wallet_private.action.details IS 'What it left behind; nothing personal.';

-- ---------------------------------------------------------------------------------------------
-- History is append-only, for its owner too.
-- ---------------------------------------------------------------------------------------------

CREATE FUNCTION wallet_private.refuse_change() RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only'
        USING ERRCODE = 'WA902',
            DETAIL = format('%s on %I.%I was refused.', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME),
            HINT = 'Correct a movement by another one: wallet.reverse or wallet.adjust.';
END
$$;

CREATE TRIGGER transfer_refuse_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_private.transfer
FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();
ALTER TABLE wallet_private.transfer ENABLE ALWAYS TRIGGER transfer_refuse_change;

CREATE TRIGGER hold_capture_refuse_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_private.hold_capture
FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();
ALTER TABLE wallet_private.hold_capture ENABLE ALWAYS TRIGGER hold_capture_refuse_change;

CREATE TRIGGER reversal_refuse_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_private.reversal
FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();
ALTER TABLE wallet_private.reversal ENABLE ALWAYS TRIGGER reversal_refuse_change;

CREATE TRIGGER checkpoint_refuse_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_private.checkpoint
FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();
ALTER TABLE wallet_private.checkpoint ENABLE ALWAYS TRIGGER checkpoint_refuse_change;

CREATE TRIGGER checkpoint_head_refuse_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_private.checkpoint_head
FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();
ALTER TABLE wallet_private.checkpoint_head ENABLE ALWAYS TRIGGER checkpoint_head_refuse_change;

CREATE TRIGGER action_refuse_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_private.action
FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();
ALTER TABLE wallet_private.action ENABLE ALWAYS TRIGGER action_refuse_change;

-- ---------------------------------------------------------------------------------------------
-- What the functions answer with
-- ---------------------------------------------------------------------------------------------

CREATE TYPE wallet.receipt AS (
    transaction_id uuid,
    kind text,
    user_id uuid,
    asset text,
    amount numeric,
    balance numeric,
    reference text,
    metadata jsonb,
    created_at timestamptz,
    is_replay boolean
);

CREATE TYPE wallet.conversion_receipt AS (
    transaction_id uuid,
    kind text,
    user_id uuid,
    from_asset text,
    from_amount numeric,
    from_balance numeric,
    to_asset text,
    to_amount numeric,
    to_balance numeric,
    rate_id bigint,
    metadata jsonb,
    created_at timestamptz,
    is_replay boolean
);

CREATE TYPE wallet.task_receipt AS (
    transaction_id uuid,
    kind text,
    user_id uuid,
    asset text,
    amount numeric,
    balance numeric,
    reference text,
    metadata jsonb,
    created_at timestamptz,
    is_replay boolean,
    task_id bigint
);

CREATE TYPE wallet.purchase_receipt AS (
    transaction_id uuid,
    kind text,
    user_id uuid,
    asset text,
    amount numeric,
    balance numeric,
    reference text,
    metadata jsonb,
    created_at timestamptz,
    is_replay boolean,
    item_id bigint,
    quantity integer,
    unit_price numeric
);

CREATE TYPE wallet.capture_receipt AS (
    transaction_id uuid,
    kind text,
    user_id uuid,
    asset text,
    amount numeric,
    balance numeric,
    reference text,
    metadata jsonb,
    created_at timestamptz,
    is_replay boolean,
    hold_id uuid,
    remaining numeric
);

CREATE TYPE wallet.reversal_receipt AS (
    transaction_id uuid,
    kind text,
    user_id uuid,
    asset text,
    amount numeric,
    balance numeric,
    reference text,
    metadata jsonb,
    created_at timestamptz,
    is_replay boolean,
    reverses uuid,
    reason text,
    shortfall numeric,
    counter_asset text,
    counter_amount numeric,
    counter_balance numeric
);

CREATE TYPE wallet.hold AS (
    hold_id uuid,
    user_id uuid,
    asset text,
    amount numeric,
    captured numeric,
    remaining numeric,
    status text,
    reference text,
    metadata jsonb,
    expires_at timestamptz,
    created_at timestamptz,
    is_replay boolean
);

CREATE TYPE wallet.hold_item AS (
    hold_id uuid,
    user_id uuid,
    asset text,
    amount numeric,
    captured numeric,
    remaining numeric,
    status text,
    reference text,
    metadata jsonb,
    expires_at timestamptz,
    created_at timestamptz,
    cursor text
);

CREATE TYPE wallet.request AS (
    user_id uuid,
    kind text,
    asset text,
    amount numeric,
    idempotency_key text,
    reference text,
    metadata jsonb
);

CREATE TYPE wallet_private.batch_item AS (
    ord integer,
    asset text,
    is_sound boolean,
    is_plain boolean,
    run_length integer,
    transfer wallet_private.transfer
);

CREATE TYPE wallet.batch_result AS (
    ord integer,
    transaction_id uuid,
    kind text,
    user_id uuid,
    asset text,
    amount numeric,
    balance numeric,
    reference text,
    metadata jsonb,
    created_at timestamptz,
    is_replay boolean,
    code text,
    message text,
    detail text,
    hint text
);

CREATE TYPE wallet.user AS (
    user_id uuid,
    external_id text,
    name text,
    email text,
    phone text,
    role text,
    status text,
    created_at timestamptz
);

CREATE TYPE wallet.credential AS (
    user_id uuid,
    role text,
    status text,
    password_hash text
);

CREATE TYPE wallet.balance_item AS (
    user_id uuid,
    asset text,
    balance numeric,
    held numeric,
    available numeric
);

CREATE TYPE wallet.sign_up_result AS (
    user_id uuid,
    name text,
    email text,
    balances wallet.balance_item[]
);

CREATE TYPE wallet.transaction_item AS (
    transaction_id uuid,
    leg integer,
    kind text,
    user_id uuid,
    asset text,
    amount numeric,
    entry_type text,
    balance numeric,
    reference text,
    metadata jsonb,
    created_at timestamptz,
    cursor text
);

CREATE TYPE wallet.entry AS (
    transaction_id uuid,
    leg integer,
    entry_type text,
    account text,
    asset text,
    amount numeric,
    balance_after numeric,
    kind text,
    created_at timestamptz
);

CREATE TYPE wallet.entry_item AS (
    transaction_id uuid,
    leg integer,
    entry_type text,
    account text,
    asset text,
    amount numeric,
    balance_after numeric,
    kind text,
    created_at timestamptz,
    cursor text
);

CREATE TYPE wallet.transaction_detail AS (
    transaction_id uuid,
    kind text,
    user_id uuid,
    asset text,
    amount numeric,
    balance numeric,
    reference text,
    metadata jsonb,
    details jsonb,
    idempotency_key text,
    actor text,
    created_at timestamptz,
    entries wallet.entry[],
    reverses uuid,
    reversed_by uuid[]
);

CREATE TYPE wallet.asset AS (
    asset text,
    name text,
    scale integer,
    supply numeric,
    sign_up_bonus numeric,
    is_purchasable boolean,
    is_archived boolean,
    created_at timestamptz
);

CREATE TYPE wallet.conversion_rate AS (
    rate_id bigint,
    from_asset text,
    to_asset text,
    from_amount numeric,
    to_amount numeric,
    created_at timestamptz
);

CREATE TYPE wallet.task AS (
    task_id bigint,
    code text,
    name text,
    asset text,
    reward numeric,
    max_completions integer,
    cooldown interval,
    is_self_service boolean,
    is_active boolean,
    created_at timestamptz
);

CREATE TYPE wallet.item AS (
    item_id bigint,
    code text,
    name text,
    asset text,
    price numeric,
    stock bigint,
    max_per_user integer,
    is_active boolean,
    created_at timestamptz
);

CREATE TYPE wallet.treasury_item AS (
    asset text,
    outstanding numeric,
    balance numeric,
    supply numeric,
    remaining numeric
);

CREATE TYPE wallet.finding AS (
    "check" text,
    subject text,
    expected text,
    found text
);

CREATE TYPE wallet.verify_page AS (
    next_user_id uuid,
    users bigint,
    findings wallet.finding[]
);

CREATE TYPE wallet.statement_line AS (
    created_at timestamptz,
    transaction_id uuid,
    kind text,
    reference text,
    debit numeric,
    credit numeric,
    balance numeric
);

CREATE TYPE wallet.checkpoint AS (
    checkpoint_id bigint,
    created_at timestamptz,
    wallets bigint,
    transfers numeric,
    root text
);
