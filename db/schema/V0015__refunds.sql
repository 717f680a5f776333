-- squawk-ignore-file ban-drop-function
-- Refunds by stores, and what users owe when they have spent what is refunded.
-- squawk-ignore ban-drop-constraint
ALTER DOMAIN wallet_private.kind DROP CONSTRAINT kind_is_known_check;
-- It allows what the one before allowed, and more: nothing that is there needs to be looked at.
-- squawk-ignore ban-alter-domain-with-add-constraint
ALTER DOMAIN wallet_private.kind ADD CONSTRAINT kind_is_known_check CHECK (value IN (
    'TOPUP', 'BONUS', 'SPEND', 'CONVERT', 'TASK', 'PURCHASE', 'CAPTURE', 'REVERSAL', 'ADJUST',
    'EXPIRE', 'REFUND', 'REPAY', 'FORGIVE', 'HOLD', 'RELEASE'
)) NOT VALID;

ALTER TABLE wallet_private.asset ADD COLUMN is_debt_blocking boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN wallet_private.asset.is_debt_blocking
IS 'Whether who owes some of it can''t spend it, nor what holds have set aside.';

COMMENT ON COLUMN wallet_private.wallet.is_plain
IS 'Whether a movement changes the balance and no more: see wallet_private.is_plain_wallet.';

-- What a store has said of a transaction: how much of it is refunded in all, as of a moment. The
-- newest row counts. The transfer refund_id says the same.
CREATE TABLE wallet_private.refund (
    user_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    signed_at timestamptz NOT NULL,
    refund_id uuid NOT NULL,
    refunded wallet_private.quantity NOT NULL,
    taken wallet_private.quantity NOT NULL,
    CONSTRAINT refund_pkey PRIMARY KEY (user_id, transaction_id, signed_at),
    CONSTRAINT refund_refund_id_key UNIQUE (user_id, refund_id),
    CONSTRAINT refund_taken_is_within_refunded_check CHECK (taken <= refunded)
);
COMMENT ON COLUMN wallet_private.refund.taken
IS 'What is taken back of the transaction by refunds, in all: it left the balance or is owed.';

CREATE TRIGGER refund_refuse_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_private.refund
FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();
ALTER TABLE wallet_private.refund ENABLE ALWAYS TRIGGER refund_refuse_change;

-- What a user owes of an asset. Who owes nothing has no row.
CREATE TABLE wallet_private.debt (
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    amount wallet_private.amount NOT NULL,
    CONSTRAINT debt_pkey PRIMARY KEY (user_id, asset_id),
    CONSTRAINT debt_amount_is_positive_check CHECK (amount > 0)
);

CREATE TYPE wallet.refund_receipt AS (
    transaction_id uuid,
    kind text,
    user_id uuid,
    asset text,
    amount numeric,
    balance numeric,
    reference text,
    metadata jsonb,
    created_at timestamptz,
    refunds uuid,
    refunded numeric,
    signed_at timestamptz,
    outcome text,
    shortfall numeric,
    owed numeric,
    debt numeric
);

CREATE TYPE wallet.debt_receipt AS (
    transaction_id uuid,
    kind text,
    user_id uuid,
    asset text,
    amount numeric,
    debt numeric,
    balance numeric,
    reason text,
    metadata jsonb,
    created_at timestamptz,
    is_replay boolean
);

CREATE TYPE wallet.consumption AS (
    user_id uuid,
    transaction_id uuid,
    asset text,
    amount numeric,
    consumed numeric,
    taken_back numeric,
    expired numeric,
    remaining numeric,
    rule text
);

ALTER TYPE wallet.asset ADD ATTRIBUTE is_debt_blocking boolean;
ALTER TYPE wallet.balance_item ADD ATTRIBUTE debt numeric;
ALTER TYPE wallet.transaction_detail
ADD ATTRIBUTE refunds uuid,
ADD ATTRIBUTE refunded_by uuid[];

-- These get one more parameter, which has a default. On a new server there are none of them yet.
DROP FUNCTION IF EXISTS wallet.create_asset(
    text, text, integer, numeric, numeric, boolean, text, text, interval, boolean
);
DROP FUNCTION IF EXISTS wallet.update_asset(
    text, text, numeric, boolean, boolean, text, text, interval, boolean
);
